import { describe, expect, it } from '@jest/globals';
import { simulateMany } from '../simulation/leases/simulate-many.js';

const seeds = Number(process.env.LEASEBOOK_TEST_SEEDS ?? 100);
const first = Number(process.env.LEASEBOOK_TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));

/** More of what `npm test` does with a few. */
describe(`thirty days of leases under ${String(seeds)} seeds from ${String(first)}`, () => {
  it('let no two have one host, begin and end each once and never early, and leave nothing held or lost', async () => {
    const { bad, created, deaths } = await simulateMany(first, seeds);
    expect(bad).toEqual([]);
    // Otherwise nothing was tried.
    expect(created).toBeGreaterThan(20 * seeds);
    expect(deaths).toBeGreaterThan(5 * seeds);
  }, 1_200_000);
});
