import type { EventCatalog, EventEnvelope, Json, Mention } from '#kernel';
import type { Change, DocumentRef, Documents, Projection } from '#read-store';
import {
  auditCollection,
  bareType,
  entryKey,
  positionKey,
  resourcesCollection,
  timelineCollection,
  type AuditDocument,
  type FieldChange,
  type ResourceDocument,
  type TimelineDocument,
} from './audit-trail.document.js';
import { mentionsOf, type Timelines } from './mentions.js';

/** Every event, searchable, and what each did to which resource. Grows with the log, so it is kept on disk. */
export function auditTrailProjection(catalogs: readonly EventCatalog[], timelines: Timelines): Projection {
  // Asked for twice for each event: by `wants`, then by `fold`.
  const known = new WeakMap<EventEnvelope, readonly Mention[]>();
  const mentions = (envelope: EventEnvelope): readonly Mention[] => {
    let found = known.get(envelope);
    if (found === undefined) known.set(envelope, (found = mentionsOf(timelines, envelope)));
    return found;
  };
  return {
    name: 'auditTrail',
    version: 2,
    keeps: 'history',
    collections: [auditCollection, timelineCollection, resourcesCollection],
    catalogs,
    events: '*',
    wants: (envelope) => mentions(envelope).map(resourceRef),
    fold: (envelope, documents) => fold(envelope, documents, mentions(envelope)),
  };
}

function resourceRef(mention: Mention): DocumentRef {
  return { collection: resourcesCollection.name, id: `${mention.kind}/${mention.id}` };
}

function fold(envelope: EventEnvelope, documents: Documents, mentions: readonly Mention[]): readonly Change[] {
  const changes: Change[] = [
    { put: { collection: auditCollection.name, document: auditDocument(envelope, mentions) } },
  ];
  const fieldsOf = new Map<string, ResourceDocument['fields']>();
  mentions.forEach((mention, index) => {
    const ref = resourceRef(mention);
    const before = fieldsOf.get(ref.id) ?? documents.get<ResourceDocument>(ref.collection, ref.id)?.fields ?? [];
    const { fields, changed } = assign(before, mention);
    fieldsOf.set(ref.id, fields);
    const entry: TimelineDocument = {
      _id: entryKey(envelope.position, index),
      resource: ref.id,
      at: envelope.position,
      what: mention.what,
      changes: changed,
    };
    changes.push({ put: { collection: timelineCollection.name, document: entry } });
  });
  for (const [id, fields] of fieldsOf) {
    const document: ResourceDocument = { _id: id, fields };
    changes.push({ put: { collection: resourcesCollection.name, document } });
  }
  return changes;
}

interface Assigned {
  readonly fields: ResourceDocument['fields'];
  readonly changed: readonly FieldChange[];
}

/**
 * Null stands for "has none", also for a field never heard of. A resource that ends has no fields left. What does not
 * change is shared with the fields before: a hypervisor has one for each of its guests.
 */
function assign(before: ResourceDocument['fields'], mention: Mention): Assigned {
  let fields = before;
  const changed: FieldChange[] = [];
  for (const [field, to] of Object.entries(mention.sets ?? {})) {
    const at = fields.findIndex(({ name }) => name === field);
    const from = fields[at]?.value ?? null;
    if (isSame(from, to)) continue;
    changed.push({ field, from, to });
    if (to === null) fields = fields.toSpliced(at, 1);
    else fields = at < 0 ? [...fields, { name: field, value: to }] : fields.with(at, { name: field, value: to });
  }
  if (mention.ends === true) {
    for (const { name, value } of fields) changed.push({ field: name, from: value, to: null });
    fields = [];
  }
  return { fields: changed.length === 0 ? before : fields, changed };
}

function isSame(a: Json, b: Json): boolean {
  if (a === b) return true;
  // Scalars are the same only when they are equal; the text of a list or an object tells.
  return typeof a === 'object' && typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b);
}

function auditDocument(envelope: EventEnvelope, mentions: readonly Mention[]): AuditDocument {
  const { metadata } = envelope;
  return {
    _id: positionKey(envelope.position),
    at: envelope.position,
    event: envelope.id,
    stream: envelope.stream,
    revision: envelope.revision,
    type: envelope.storedType,
    name: bareType(envelope.storedType),
    time: Date.parse(metadata.time),
    recordedAt: envelope.recordedAt,
    actor: metadata.actor.user,
    project: metadata.actor.project,
    method: metadata.actor.method,
    sealedName: metadata.actor.name,
    sealedAddress: metadata.client,
    facade: metadata.facade,
    request: metadata.request,
    command: metadata.command,
    causation: metadata.causation,
    correlation: metadata.correlation,
    resources: [...new Set(mentions.map((mention) => `${mention.kind}/${mention.id}`))],
    data: JSON.stringify(envelope.event.data),
  };
}
