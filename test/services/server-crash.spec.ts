import { describe, expect, it } from '@jest/globals';
import { crashRounds } from '../crash-rounds.js';

describe('kill -9 under load from 16 writers', () => {
  it('loses nothing that was acknowledged, and doubles nothing', async () => {
    const rounds = Number(process.env.LEASEBOOK_TEST_CRASHES ?? 10);
    const report = await crashRounds(rounds, 'dist', Math.random);
    process.stdout.write(`crashes: ${JSON.stringify(report)}\n`);
    expect(report).toMatchObject({ rounds, lost: [], duplicated: [], resurrected: [] });
    expect(report.acknowledged).toBeGreaterThan(0);
  }, 600_000);
});
