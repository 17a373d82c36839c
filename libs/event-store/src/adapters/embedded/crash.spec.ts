import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crashRounds } from './faults/crash-rounds.js';

/** `npm run soak` has many more. */
const ROUNDS = 3;

describe('a process killed while 16 writers append', () => {
  it('loses nothing that was acknowledged, stores nothing twice, and leaves a whole log', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leasebook-crash-'));
    try {
      const report = await crashRounds(join(folder, 'events.db'), ROUNDS, Math.random);
      expect(report).toMatchObject({ lost: [], duplicated: [], findings: [] });
      expect(report.acknowledged).toBeGreaterThan(0);
      expect(report.stored).toBeGreaterThanOrEqual(report.acknowledged);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 3_600_000);
});
