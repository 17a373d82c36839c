import { describe, expect, it } from '@jest/globals';
import { crashRounds } from '../crash-rounds.js';

const rounds = Number(process.env.LEASEBOOK_TEST_CRASHES ?? 200);

describe(`kill -9 of the server under load from 16 writers, ${String(rounds)} times`, () => {
  it('loses nothing that was acknowledged, doubles nothing, and says how long it took to be ready again', async () => {
    const report = await crashRounds(rounds, 'dist', Math.random);
    console.log(`server crashes: ${JSON.stringify(report)}`);
    expect(report).toMatchObject({ rounds, lost: [], duplicated: [], resurrected: [] });
    // At least one acknowledged change for each crash: otherwise they fell into nothing.
    expect(report.acknowledged).toBeGreaterThan(rounds);
  });
});
