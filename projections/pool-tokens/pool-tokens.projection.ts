import { poolTokenCatalog, type PoolTokenEvent } from '#pools';
import type { EventEnvelope } from '#kernel';
import type { Change, Projection } from '#read-store';
import { poolTokensCollection, type PoolTokenDocument } from './pool-tokens.document.js';

const collection = poolTokensCollection.name;

export const poolTokensProjection: Projection = {
  name: 'poolTokens',
  version: 1,
  keeps: 'state',
  collections: [poolTokensCollection],
  catalogs: [poolTokenCatalog],
  events: ['pools/PoolTokenIssued', 'pools/PoolTokenDeleted'],
  wants: () => [],
  fold,
};

function fold(envelope: EventEnvelope): readonly Change[] {
  const { type, data } = envelope.event as PoolTokenEvent;
  if (type === 'PoolTokenDeleted') return [{ delete: { collection, id: data.tokenHash } }];
  const { tokenHash, userId, sealed, at } = data;
  const document: PoolTokenDocument = { _id: tokenHash, userId, sealed, createdAt: at };
  return [{ put: { collection, document } }];
}
