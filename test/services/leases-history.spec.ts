import { describe, expect, it } from '@jest/globals';
import { violations } from '../leases-history/checker.js';
import { runHistory } from '../leases-history/run-history.js';
import { readLog } from './event-store/stopped-log.js';

describe('16 clients, 100 hosts, kills and restarts', () => {
  it.each([1, 2] as const)(
    'lets no two leases have one host, with %i calendars',
    async (partitions) => {
      const seed = Number(process.env.LEASEBOOK_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
      process.stdout.write(`leases history: seed ${String(seed)}\n`);
      const history = await runHistory({
        seed,
        clients: 16,
        operations: partitions === 1 ? 6_000 : 2_000,
        partitions,
        readLog,
      });
      const created = history.operations.filter(({ kind }) => kind === 'create');
      const count = (answered: number | undefined) => created.filter((each) => each.answered === answered).length;
      process.stdout.write(
        `leases history: ${JSON.stringify({ seed, partitions, kills: history.kills, operations: history.operations.length, creations: created.length, created: count(202), refused: count(500), unheard: count(undefined), events: history.log.length })}\n`,
      );
      expect(violations(history)).toEqual([]);
      // Otherwise nothing was tried.
      expect(history.kills).toBeGreaterThanOrEqual(2);
      expect(count(202)).toBeGreaterThan(100);
      expect(count(500)).toBeGreaterThan(0);
    },
    600_000,
  );
});
