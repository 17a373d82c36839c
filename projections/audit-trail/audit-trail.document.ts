import type { Json } from '#kernel';
import type { CollectionDefinition, Document } from '#read-store';

/** A position as text of fixed width, so that the order of texts is the order of the log. */
export function positionKey(position: number): string {
  return String(position).padStart(16, '0');
}

/** `inventory/AggregateCreated@1` → `AggregateCreated`. */
export function bareType(storedType: string): string {
  const name = storedType.slice(storedType.lastIndexOf('/') + 1);
  return name.split('@', 1)[0] ?? name;
}

/** Where one of several entries of one event stands: positions and indexes have a fixed width. */
export function entryKey(position: number, index: number): string {
  return `${positionKey(position)}.${String(index).padStart(4, '0')}`;
}

/** One event of the log, ready to be searched. `_id` is the position's key. */
export interface AuditDocument extends Document {
  readonly at: number;
  readonly event: string;
  readonly stream: string;
  readonly revision: number;
  /** Stored name with version: `inventory/AggregateCreated@1`. */
  readonly type: string;
  /** The same without context and version, since that is what people type. */
  readonly name: string;
  /** Milliseconds since 1970: of the command, and of the store. */
  readonly time: number;
  readonly recordedAt: number;
  readonly actor: string;
  readonly project: string | null;
  readonly method: string;
  /** Sealed: only the actor's key opens them (C20). */
  readonly sealedName: string | null;
  readonly sealedAddress: string | null;
  readonly facade: string;
  readonly request: string;
  readonly command: string;
  readonly causation: string | null;
  readonly correlation: string;
  /** `kind/id` of everything that the event concerns. */
  readonly resources: readonly string[];
  /** The payload as JSON text: its keys are not ours to restrict. */
  readonly data: string;
}

export interface FieldChange {
  readonly field: string;
  readonly from: Json;
  readonly to: Json;
}

/** What one event did to one resource. `_id` is the position's key and the mention's index in the event. */
export interface TimelineDocument extends Document {
  readonly resource: string;
  readonly at: number;
  readonly what: string;
  readonly changes: readonly FieldChange[];
}

/** The last known fields of a resource: where the next `from` comes from. `_id` is `kind/id`. */
export interface ResourceDocument extends Document {
  /** A list, since names of fields may hold dots. */
  readonly fields: readonly { readonly name: string; readonly value: Json }[];
}

export const auditCollection: CollectionDefinition<AuditDocument> = {
  name: 'auditTrail',
  indexes: [
    { name: 'byStream', fields: ['stream'] },
    { name: 'byName', fields: ['name'] },
    { name: 'byActor', fields: ['actor'] },
    { name: 'byProject', fields: ['project'] },
    { name: 'byCorrelation', fields: ['correlation'] },
    { name: 'byTime', fields: ['recordedAt'] },
  ],
};

export const timelineCollection: CollectionDefinition<TimelineDocument> = {
  name: 'timeline',
  indexes: [{ name: 'byResource', fields: ['resource'] }],
};

export const resourcesCollection: CollectionDefinition<ResourceDocument> = { name: 'resources', indexes: [] };
