import { describe, expect, it } from '@jest/globals';
import { poolTokenCatalog, type PoolTokenEvent } from '#pools';
import type { Freshness } from '#read-store';
import { documentsOf, FoldedStore, RecordedHistory } from '#specs';
import { GetPoolTokenHandler, PoolTokensOfUserHandler } from './pool-tokens.handler.js';
import { poolTokensProjection } from './pool-tokens.projection.js';
import { GetPoolToken, PoolTokensOfUser } from './pool-tokens.query.js';

const issued = (tokenHash: string, at: number, userId = 'u-1'): PoolTokenEvent => ({
  type: 'PoolTokenIssued',
  data: { tokenHash, userId, projectId: 'p', sealed: `sealed ${tokenHash}`, at },
});
const deleted = (tokenHash: string): PoolTokenEvent => ({ type: 'PoolTokenDeleted', data: { tokenHash, at: 9 } });
const recorded = (events: readonly PoolTokenEvent[]) => {
  const history = new RecordedHistory(poolTokenCatalog);
  return events.map((event) => history.on(`poolToken-${event.data.tokenHash}`, event));
};

describe('the read model of pool tokens', () => {
  it('has what was issued, and nothing besides', () => {
    expect(documentsOf(poolTokensProjection, recorded([issued('a', 1)]))).toEqual({
      'poolTokens/a': { _id: 'a', userId: 'u-1', sealed: 'sealed a', createdAt: 1 },
    });
  });

  it('has none that was deleted', () => {
    expect(documentsOf(poolTokensProjection, recorded([issued('a', 1), deleted('a'), deleted('b')]))).toEqual({});
  });

  it('lists those of a user in order of issuing, and finds each', async () => {
    const freshness: Freshness = { upToDate: async () => ({ stale: true }) };
    const folded = await FoldedStore.of(poolTokensProjection);
    await folded.add(
      ...recorded([
        issued('c', 1),
        issued('b', 3),
        issued('a', 2),
        issued('x', 2, 'u-2'),
        issued('d', 4),
        deleted('d'),
      ]),
    );
    const { value, stale } = await new PoolTokensOfUserHandler(folded.store, freshness).execute(
      new PoolTokensOfUser('u-1'),
    );
    expect([value.map(({ _id }) => _id), stale]).toEqual([['c', 'a', 'b'], true]);
    const get = (hash: string) => new GetPoolTokenHandler(folded.store, freshness).execute(new GetPoolToken(hash));
    expect((await get('x')).value).toMatchObject({ userId: 'u-2' });
    expect((await get('d')).value).toBeUndefined();
  });
});
