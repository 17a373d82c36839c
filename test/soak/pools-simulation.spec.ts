import { describe, expect, it } from '@jest/globals';
import { simulate } from '../simulation/pools/run-simulation.js';

const seeds = Number(process.env.LEASEBOOK_TEST_SEEDS ?? 10_000);
const first = Number(process.env.LEASEBOOK_TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));

describe(`pools under ${String(seeds)} seeds from ${String(first)}`, () => {
  it('give no machine twice, all or nothing, and leave nothing held or lost', async () => {
    const bad: { seed: number; violations: readonly string[] }[] = [];
    let [given, deaths] = [0, 0];
    for (let n = 0; n < seeds; n += 1) {
      const report = await simulate(first + n);
      given += report.given;
      deaths += report.deaths;
      if (report.violations.length > 0) bad.push({ seed: report.seed, violations: report.violations });
      if ((n + 1) % 1000 === 0)
        console.log(
          `${String(n + 1)} seeds: ${String(given)} checkouts, ${String(deaths)} deaths, ${String(bad.length)} bad`,
        );
    }
    expect(bad).toEqual([]);
  });
});
