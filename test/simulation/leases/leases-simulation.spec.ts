import { describe, expect, it } from '@jest/globals';
import { simulate, type SimulationReport } from './run-simulation.js';

const seeds = Number(process.env.LEASEBOOK_TEST_SEEDS ?? 20);
const first = Number(process.env.LEASEBOOK_TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));

describe(`thirty days of leases under ${String(seeds)} seeds from ${String(first)}`, () => {
  it('let no two have one host, begin and end each once and never early, and leave nothing held or lost', async () => {
    const reports: SimulationReport[] = [];
    for (let n = 0; n < seeds; n += 1) reports.push(await simulate(first + n));
    const bad = reports.filter(({ violations }) => violations.length > 0);
    expect(bad.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
    const sum = (of: (report: SimulationReport) => number): number =>
      reports.reduce((total, each) => total + of(each), 0);
    // Otherwise nothing was tried.
    expect(sum(({ created }) => created)).toBeGreaterThan(10 * seeds);
    expect(sum(({ deaths }) => deaths)).toBeGreaterThan(seeds);
  }, 600_000);

  it.each(Array.from({ length: Math.min(seeds, 4) }, (_, n) => first + n))(
    'go the same way again with seed %i',
    async (seed) => {
      const [one, two] = [await simulate(seed), await simulate(seed)];
      expect(two).toEqual(one);
    },
    60_000,
  );
});
