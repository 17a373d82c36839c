import { describe, expect, it } from '@jest/globals';
import { violations } from '../leases-history/checker.js';
import { runHistory } from '../leases-history/run-history.js';
import { readLog } from '../services/event-store/stopped-log.js';

const histories = Number(process.env.LEASEBOOK_TEST_HISTORIES ?? 50);

describe(`${String(histories)} histories of leases with kills`, () => {
  it('lets no two leases have one host, and leaves nothing held', async () => {
    const found: { seed: number; violations: readonly string[] }[] = [];
    for (let n = 0; n < histories; n += 1) {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const partitions = n % 2 === 0 ? 1 : 2;
      const history = await runHistory({ seed, clients: 16, operations: 6_000, partitions, readLog });
      const wrong = violations(history);
      console.log(
        `history ${String(n)}: seed ${String(seed)}, ${String(history.kills)} kills, ${String(wrong.length)} violations`,
      );
      if (wrong.length > 0) found.push({ seed, violations: wrong });
    }
    expect(found).toEqual([]);
  });
});
