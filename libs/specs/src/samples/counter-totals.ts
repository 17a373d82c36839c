import type { Document, Projection } from '#read-store';
import { counterCatalog } from './counter.js';

export interface CounterTotal extends Document {
  /** The counter's stream. */
  readonly _id: string;
  readonly total: number;
  readonly revision: number;
}

export const counterTotals = {
  name: 'counterTotals',
  indexes: [{ name: 'total', fields: ['total'] }],
} as const;

/** Each counter's total, as a read model: derived from the revision, so that folding twice changes nothing. */
export function counterTotalsProjection(changes: Partial<Projection> = {}): Projection {
  return {
    name: 'counterTotals',
    version: 1,
    keeps: 'state',
    collections: [counterTotals],
    catalogs: [counterCatalog],
    events: ['specs/Added', 'specs/Emptied'],
    wants: ({ stream }) => [{ collection: counterTotals.name, id: stream }],
    fold: ({ stream, revision, event }, documents) => {
      const before = documents.get<CounterTotal>(counterTotals.name, stream);
      if (before !== undefined && before.revision >= revision) return [];
      const amount = event.type === 'Added' ? (event.data as { amount: number }).amount : -(before?.total ?? 0);
      const document: CounterTotal = { _id: stream, total: (before?.total ?? 0) + amount, revision };
      return [{ put: { collection: counterTotals.name, document } }];
    },
    ...changes,
  };
}

/** Every event by its id, as stored: a read model that grows. */
export function counterEventsProjection(changes: Partial<Projection> = {}): Projection {
  return {
    name: 'counterEvents',
    version: 1,
    keeps: 'history',
    collections: [{ name: 'counterEvents', indexes: [{ name: 'stream', fields: ['stream', 'revision'] }] }],
    catalogs: [counterCatalog],
    events: '*',
    wants: () => [],
    fold: ({ id, stream, revision, storedType }) => [
      { put: { collection: 'counterEvents', document: { _id: id, stream, revision, storedType } as Document } },
    ],
    ...changes,
  };
}
