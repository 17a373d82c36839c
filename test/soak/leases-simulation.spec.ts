import { describe, expect, it } from '@jest/globals';
import { simulateMany } from '../simulation/leases/simulate-many.js';

const seeds = Number(process.env.LEASEBOOK_TEST_SEEDS ?? 10_000);
const first = Number(process.env.LEASEBOOK_TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));

describe(`thirty days of leases under ${String(seeds)} seeds from ${String(first)}`, () => {
  it('let no two have one host, begin and end each once and never early, and leave nothing held or lost', async () => {
    const { bad } = await simulateMany(first, seeds, console.log);
    expect(bad).toEqual([]);
  });
});
