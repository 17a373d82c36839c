import { poolCatalog, type DayFigures, type PoolEvent } from '#pools';
import type { EventEnvelope } from '#kernel';
import type { Change, DocumentRef, Documents, Projection } from '#read-store';
import {
  poolDaysChangeCollection,
  poolDaysChangeId,
  poolDaysCollection,
  type DurationFigures,
  type PoolDayDocument,
} from './pool-days.document.js';

const folded = ['VmCloned', 'VmReady', 'VmDelivered'] as const;
type Folded = Extract<PoolEvent, { type: (typeof folded)[number] }>;

export const poolDaysProjection: Projection = {
  name: 'poolDays',
  version: 1,
  keeps: 'state',
  collections: [poolDaysCollection, poolDaysChangeCollection],
  catalogs: [poolCatalog],
  events: folded.map((type) => `pools/${type}`),
  wants: ({ event }) => [dayOf(event as Folded)],
  fold,
};

function dayOf({ data }: Folded): DocumentRef {
  return { collection: poolDaysCollection.name, id: `${data.figures.day}/${data.pool}` };
}

/** The figures come whole with each event: nothing is added up here. */
function fold(envelope: EventEnvelope, documents: Documents): readonly Change[] {
  const event = envelope.event as Folded;
  const { pool, figures } = event.data;
  const { collection, id } = dayOf(event);
  const { boot = null, clone = null } = documents.get<PoolDayDocument>(collection, id) ?? {};
  const told = event.type === 'VmCloned' ? { boot, clone: durations(figures) } : { boot: durations(figures), clone };
  const document: PoolDayDocument = { _id: id, day: figures.day, pool, ...told };
  return [
    { put: { collection, document } },
    { put: { collection: poolDaysChangeCollection.name, document: { _id: poolDaysChangeId } } },
  ];
}

function durations({ count, total, min, max }: DayFigures): DurationFigures {
  return { count, total, min, max };
}
