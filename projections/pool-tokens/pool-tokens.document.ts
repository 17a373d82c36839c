import type { CollectionDefinition, Document } from '#read-store';

/** A pool token. `_id`: its SHA-256, hex. What it is stands only in `sealed` (see PoolTokenIssued). */
export interface PoolTokenDocument extends Document {
  readonly userId: string;
  readonly sealed: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export const poolTokensCollection: CollectionDefinition<PoolTokenDocument> = {
  name: 'poolTokens',
  indexes: [{ name: 'byUser', fields: ['userId', 'createdAt'] }],
};
