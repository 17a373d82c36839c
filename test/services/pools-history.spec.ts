import { describe, expect, it } from '@jest/globals';
import { violations } from '../pools-history/checker.js';
import { runHistory } from '../pools-history/run-history.js';

describe('32 clients, 50 pools, kills and restarts', () => {
  it('hands no machine to two, gives all or nothing, and leaves nothing held', async () => {
    const seed = Number(process.env.LEASEBOOK_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
    process.stdout.write(`history: seed ${String(seed)}\n`);
    const history = await runHistory({ seed, clients: 32, operations: 10_000 });
    const checkouts = history.operations.filter(({ kind }) => kind === 'check-out');
    const count = (answered: number | undefined) => checkouts.filter((each) => each.answered === answered).length;
    process.stdout.write(
      `history: ${JSON.stringify({ seed, kills: history.kills, operations: history.operations.length, checkouts: checkouts.length, given: count(200), refused: count(503), unheard: count(undefined) })}\n`,
    );
    expect(violations(history)).toEqual([]);
    // Otherwise nothing was tried.
    expect(history.kills).toBeGreaterThanOrEqual(2);
    expect(count(200)).toBeGreaterThan(1000);
  }, 600_000);
});
