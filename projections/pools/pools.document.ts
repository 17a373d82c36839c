import type { PoolRules, PoolSettings } from '#pools';
import type { CollectionDefinition, Document } from '#read-store';

/** A pool as it is configured and overridden. `_id`: its name. */
export interface PoolDocument extends Document {
  /** Place in the configuration, from 0. */
  readonly order: number;
  /** False: it left the configuration. */
  readonly configured: boolean;
  readonly settings: PoolSettings;
  readonly rules: PoolRules;
  /** From `/config/*`; null: what the file says. */
  readonly sizeOverride: number | null;
  readonly templateOverride: string | null;
  readonly cloneTargetOverride: string | null;
  /** Of the last machine that became ready or was delivered. */
  readonly lastBootAt: number | null;
  /** Machines that on-demand requests wait to have begun. */
  readonly waiting: number;
}

export const poolsCollection: CollectionDefinition<PoolDocument> = {
  name: 'pools',
  indexes: [{ name: 'byOrder', fields: ['configured', 'order'] }],
};

/** One document, written with every change of any pool: its position tells whether a list still holds. */
export const poolsChangeCollection: CollectionDefinition = { name: 'poolsChange', indexes: [] };

export const poolsChangeId = 'last';
