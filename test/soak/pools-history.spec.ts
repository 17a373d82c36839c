import { describe, expect, it } from '@jest/globals';
import { violations } from '../pools-history/checker.js';
import { runHistory } from '../pools-history/run-history.js';

const histories = Number(process.env.LEASEBOOK_TEST_HISTORIES ?? 50);

describe(`${String(histories)} histories of checkouts with kills`, () => {
  it('hands no machine to two, gives all or nothing, and leaves nothing held', async () => {
    const found: { seed: number; violations: readonly string[] }[] = [];
    for (let n = 0; n < histories; n += 1) {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const history = await runHistory({ seed, clients: 32, operations: 10_000 });
      const wrong = violations(history);
      console.log(
        `history ${String(n)}: seed ${String(seed)}, ${String(history.kills)} kills, ${String(wrong.length)} violations`,
      );
      if (wrong.length > 0) found.push({ seed, violations: wrong });
    }
    expect(found).toEqual([]);
  });
});
