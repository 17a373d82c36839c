import {
  refKey,
  type Change,
  type Document,
  type DocumentRef,
  type Documents,
  type DocumentWrite,
  type Projection,
  type ProjectionStore,
  type Stored,
} from '#read-store';
import type { EventEnvelope } from '#kernel';
import { asError } from '../observer.js';
import { EventCodec, withoutVersion } from '../codec.js';
import type { LogEvent } from '../log-event.js';

/** Which events a projection folds, and in which form; worked out once per stored name. */
export class Wanted {
  private readonly codec: EventCodec;
  private readonly names: ReadonlySet<string> | undefined;
  private readonly known = new Map<string, 'no' | 'current' | 'stored'>();

  constructor(projection: Pick<Projection, 'catalogs' | 'events'>) {
    this.codec = new EventCodec(projection.catalogs);
    this.names = projection.events === '*' ? undefined : new Set(projection.events);
  }

  /** Undefined: not for this projection. Throws where it wants the event and cannot read it. */
  envelope(event: LogEvent): EventEnvelope | undefined {
    const { type } = event.recorded;
    let form = this.known.get(type);
    if (form === undefined) {
      if (this.names === undefined) form = this.codec.knows(type) ? 'current' : 'stored';
      else form = this.names.has(withoutVersion(type)) ? 'current' : 'no';
      this.known.set(type, form);
    }
    if (form === 'no') return undefined;
    return form === 'current' ? event.envelope : event.asStored;
  }
}

export interface FoldedGroup {
  readonly writes: readonly DocumentWrite[];
  /** The last event that the writes include; undefined when the very first one failed. */
  readonly through: LogEvent | undefined;
  /** The event at which `wants` or `fold` threw, or which cannot be read. */
  readonly failed: { readonly event: LogEvent; readonly error: Error } | undefined;
}

/** Wanted documents kept from group to group at most. */
const maxCarried = 16_384;

/**
 * What the groups folded before say about documents, so that a group can be folded before the last one is written, and
 * what many events want is read once. Only as good as those groups: to be thrown away when one of them was not kept.
 */
export class CarriedDocuments {
  private readonly wanted = new Map<string, Document | undefined>();
  private last: ReadonlyMap<string, DocumentWrite> = new Map();

  /** Undefined: there is none. `unknown`: those groups did not meet it. */
  get(key: string): Document | undefined | 'unknown' {
    const write = this.last.get(key);
    if (write !== undefined) return documentOf(write);
    const document = this.wanted.get(key);
    return document !== undefined || this.wanted.has(key) ? document : 'unknown';
  }

  /** Nothing is known any more. */
  forget(): void {
    this.wanted.clear();
    this.last = new Map();
  }

  /** `wanted`: of this group, as they were before it; `changed`: all that it changed. */
  carry(wanted: ReadonlyMap<string, Document | undefined>, changed: ReadonlyMap<string, DocumentWrite>): void {
    for (const [key, write] of this.last) if (this.wanted.has(key)) this.wanted.set(key, documentOf(write));
    for (const [key, before] of wanted) {
      const write = changed.get(key);
      this.wanted.delete(key);
      this.wanted.set(key, write === undefined ? before : documentOf(write));
    }
    this.last = changed;
    for (const key of this.wanted.keys()) {
      if (this.wanted.size <= maxCarried) break;
      this.wanted.delete(key);
    }
  }
}

const documentOf = (write: DocumentWrite): Document | undefined => (write.kind === 'put' ? write.document : undefined);

/** Folds a group of events: one look for all documents wanted, then event by event over what the earlier ones made. */
export async function foldGroup(
  projection: Projection,
  wanted: Wanted,
  store: ProjectionStore,
  group: readonly LogEvent[],
  skipped: ReadonlySet<string>,
  carried = new CarriedDocuments(),
): Promise<FoldedGroup> {
  const refs = new Map<string, DocumentRef>();
  const steps: { readonly index: number; readonly envelope: EventEnvelope }[] = [];
  let failedAt: { readonly index: number; readonly error: Error } | undefined;
  for (const [index, event] of group.entries()) {
    try {
      const envelope = wanted.envelope(event);
      if (envelope === undefined || skipped.has(event.recorded.id)) continue;
      for (const ref of projection.wants(envelope)) refs.set(refKey(ref), ref);
      steps.push({ index, envelope });
    } catch (error) {
      if (skipped.has(event.recorded.id)) continue;
      failedAt = { index, error: asError(error) };
      break;
    }
  }
  const before = await lookUp(refs, store, carried);
  const overlay = new Overlay(projection, before);
  for (const { index, envelope } of steps) {
    try {
      overlay.take(projection.fold(envelope, overlay), envelope.position);
    } catch (error) {
      failedAt = { index, error: asError(error) };
      break;
    }
  }
  if (isAhead(before, group)) carried.forget();
  else carried.carry(before, overlay.changed);
  const through = failedAt === undefined ? group.at(-1) : group[failedAt.index - 1];
  const event = failedAt && group[failedAt.index];
  return { writes: overlay.writes(), through, failed: event && failedAt && { event, error: failedAt.error } };
}

/**
 * Another writer of these documents has come further. What this group makes of them is refused by the store (C17), and
 * says nothing about what is there for the groups to come.
 */
function isAhead(documents: ReadonlyMap<string, Document | undefined>, [first]: readonly LogEvent[]): boolean {
  if (first === undefined) return false;
  for (const document of documents.values())
    if (document !== undefined && '_position' in document && (document as Stored<Document>)._position >= first.position)
      return true;
  return false;
}

/** The documents as they are before the group; undefined where there is none. */
async function lookUp(
  refs: ReadonlyMap<string, DocumentRef>,
  store: ProjectionStore,
  carried: CarriedDocuments,
): Promise<ReadonlyMap<string, Document | undefined>> {
  const before = new Map<string, Document | undefined>();
  const unknown: DocumentRef[] = [];
  for (const [key, ref] of refs) {
    const document = carried.get(key);
    if (document === 'unknown') unknown.push(ref);
    else before.set(key, document);
  }
  if (unknown.length === 0) return before;
  const found = await store.getMany(unknown);
  for (const ref of unknown) before.set(refKey(ref), found.get(refKey(ref)));
  return before;
}

class Overlay implements Documents {
  /** The last write of each document, in the order of the first. */
  readonly changed = new Map<string, DocumentWrite>();
  private readonly every: DocumentWrite[] = [];
  /** Where a unique index watches, intermediate writes matter: a name may go from one document to another. */
  private readonly keepsEvery: boolean;

  constructor(
    projection: Projection,
    private readonly before: ReadonlyMap<string, Document | undefined>,
  ) {
    this.keepsEvery = projection.collections.some(({ indexes }) => indexes.some(({ unique }) => unique === true));
  }

  get<D extends Document>(collection: string, id: string): Stored<D> | D | undefined {
    return this.latest(refKey({ collection, id })) as Stored<D> | D | undefined;
  }

  take(changes: readonly Change[], position: number): void {
    for (const change of changes) {
      if ('put' in change) {
        const { collection } = change.put;
        const document = withoutPosition(change.put.document);
        this.note(refKey({ collection, id: document._id }), { kind: 'put', collection, position, document });
      } else {
        this.note(refKey(change.delete), { kind: 'delete', ...change.delete, position });
      }
    }
  }

  writes(): readonly DocumentWrite[] {
    return this.keepsEvery ? this.every : [...this.changed.values()];
  }

  private latest(key: string): Document | undefined {
    const write = this.changed.get(key);
    if (write !== undefined) return documentOf(write);
    return this.before.get(key);
  }

  private note(key: string, write: DocumentWrite): void {
    this.changed.set(key, write);
    if (this.keepsEvery) this.every.push(write);
  }
}

/** A fold may spread a stored document; where it stood is the store's business. */
function withoutPosition(document: Document): Document {
  if (!Object.hasOwn(document, '_position')) return document;
  const { _position, ...rest } = document as Stored<Document>;
  return rest;
}
