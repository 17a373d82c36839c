import { expect } from '@jest/globals';
import type { EventEnvelope } from '#kernel';
import { refKey, type Document, type Documents, type Projection } from '#read-store';

/**
 * The documents that a read model makes of these events, by `collection/id`. They are folded once in order, and once
 * more with every event twice in a row, and the whole twice: all must give the same (C17). A fold that reads a document
 * which `wants` did not name fails, as do documents that are no plain JSON or have a dot in a key.
 */
export function documentsOf(
  projection: Projection,
  envelopes: readonly EventEnvelope[],
): Readonly<Record<string, Document>> {
  const once = foldAll(projection, envelopes);
  expect(
    foldAll(
      projection,
      envelopes.flatMap((envelope) => [envelope, envelope]),
    ),
  ).toEqual(once);
  expect(JSON.parse(JSON.stringify(once))).toEqual(once);
  for (const document of Object.values(once)) checkKeys(document);
  return once;
}

function foldAll(projection: Projection, envelopes: readonly EventEnvelope[]): Record<string, Document> {
  // Without the store's guard (a write is kept only above the position of the former): the fold itself must stand a repeat.
  const kept = new Map<string, Document | undefined>();
  for (const envelope of envelopes) {
    if (!concerns(projection, envelope)) continue;
    const wanted = new Set(projection.wants(envelope).map(refKey));
    const documents: Documents = {
      get: (collection, id) => {
        const key = refKey({ collection, id });
        if (!wanted.has(key))
          throw new Error(`${projection.name} reads ${key} at ${envelope.storedType} without wanting it`);
        return frozen(kept.get(key)) as never;
      },
    };
    for (const change of projection.fold(envelope, documents)) {
      const put = 'put' in change ? change.put : undefined;
      const ref = 'put' in change ? { collection: change.put.collection, id: change.put.document._id } : change.delete;
      const known = projection.collections.some(({ name }) => name === ref.collection);
      if (!known) throw new Error(`${projection.name} writes into ${ref.collection}, which is none of its collections`);
      kept.set(refKey(ref), put?.document);
    }
  }
  const present = [...kept].flatMap(([key, document]) => (document === undefined ? [] : [[key, document] as const]));
  return Object.fromEntries(present.sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function concerns({ events }: Projection, { storedType }: EventEnvelope): boolean {
  return events === '*' || events.includes(storedType.slice(0, storedType.lastIndexOf('@')));
}

/** Stored documents are nobody's to change. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

function checkKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    if (key.includes('.')) throw new Error(`a key with a dot cannot be stored everywhere: ${key}`);
    checkKeys(inner);
  }
}
