import type { CollectionDefinition, Document } from '#read-store';

/** So many machines of a pool had that value of that tag set on that day. `_id`: a hash of the four. Kept for ever. */
export interface PoolDayTagDocument extends Document {
  readonly day: string;
  readonly pool: string;
  readonly key: string;
  readonly value: string;
  readonly count: number;
}

export const poolDayTagsCollection: CollectionDefinition<PoolDayTagDocument> = {
  name: 'poolDayTags',
  indexes: [
    { name: 'byDay', fields: ['day', 'pool', 'key', 'value'] },
    { name: 'byKey', fields: ['key', 'day', 'pool', 'value'] },
  ],
};
