import { createHash } from 'node:crypto';
import { poolCatalog, type PoolEvent, type TagFigure } from '#pools';
import type { EventEnvelope } from '#kernel';
import type { Change, Projection } from '#read-store';
import { poolDayTagsCollection, type PoolDayTagDocument } from './pool-day-tags.document.js';

const collection = poolDayTagsCollection.name;

export const poolDayTagsProjection: Projection = {
  name: 'poolDayTags',
  version: 1,
  keeps: 'history',
  collections: [poolDayTagsCollection],
  catalogs: [poolCatalog],
  events: ['pools/VmModified'],
  wants: () => [],
  fold,
};

/** The counts come whole with each event: nothing is added up here. */
function fold(envelope: EventEnvelope): readonly Change[] {
  const { pool, figures } = (envelope.event as Extract<PoolEvent, { type: 'VmModified' }>).data;
  return figures.map((figure): Change => {
    const id = idOf(pool, figure);
    if (figure.count === 0) return { delete: { collection, id } };
    const { day, key, value, count } = figure;
    const document: PoolDayTagDocument = { _id: id, day, pool, key, value, count };
    return { put: { collection, document } };
  });
}

/** Values may hold anything, and be of any length. */
function idOf(pool: string, { day, key, value }: TagFigure): string {
  return createHash('sha256')
    .update(JSON.stringify([day, pool, key, value]))
    .digest('hex');
}
