import { describe, expect, it } from '@jest/globals';
import { simulate } from '../simulation/leases/run-simulation.js';

const seeds = Number(process.env.LEASEBOOK_TEST_SEEDS ?? 100);
const first = Number(process.env.LEASEBOOK_TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));

/** More of what `npm test` does with a few. */
describe(`thirty days of leases under ${String(seeds)} seeds from ${String(first)}`, () => {
  it('let no two have one host, begin and end each once and never early, and leave nothing held or lost', async () => {
    const bad: { seed: number; violations: readonly string[] }[] = [];
    let [created, deaths] = [0, 0];
    for (let n = 0; n < seeds; n += 1) {
      const report = await simulate(first + n);
      created += report.created;
      deaths += report.deaths;
      if (report.violations.length > 0) bad.push({ seed: report.seed, violations: report.violations });
    }
    expect(bad).toEqual([]);
    // Otherwise nothing was tried.
    expect(created).toBeGreaterThan(20 * seeds);
    expect(deaths).toBeGreaterThan(5 * seeds);
  }, 1_200_000);
});
