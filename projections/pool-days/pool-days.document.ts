import type { CollectionDefinition, Document } from '#read-store';

/** Seconds, two decimals. */
export interface DurationFigures {
  readonly count: number;
  readonly total: number;
  readonly min: number;
  readonly max: number;
}

/** Boots and clones of a pool on a day of the server's calendar (contracts/vmpooler §7.4). `_id`: `<day>/<pool>`. Kept for ever. */
export interface PoolDayDocument extends Document {
  /** `YYYY-MM-DD`. */
  readonly day: string;
  readonly pool: string;
  readonly boot: DurationFigures | null;
  readonly clone: DurationFigures | null;
}

export const poolDaysCollection: CollectionDefinition<PoolDayDocument> = {
  name: 'poolDays',
  indexes: [{ name: 'byDay', fields: ['day', 'pool'] }],
};

/** One document, written with every change of any day: its position tells whether what was read still holds. */
export const poolDaysChangeCollection: CollectionDefinition = { name: 'poolDaysChange', indexes: [] };

export const poolDaysChangeId = 'last';
