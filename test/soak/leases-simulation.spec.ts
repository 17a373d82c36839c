import { describe, expect, it } from '@jest/globals';
import { simulate } from '../simulation/leases/run-simulation.js';

const seeds = Number(process.env.LEASEBOOK_TEST_SEEDS ?? 10_000);
const first = Number(process.env.LEASEBOOK_TEST_SEED ?? Math.floor(Math.random() * 2 ** 30));

describe(`thirty days of leases under ${String(seeds)} seeds from ${String(first)}`, () => {
  it('let no two have one host, begin and end each once and never early, and leave nothing held or lost', async () => {
    const bad: { seed: number; violations: readonly string[] }[] = [];
    let [created, deaths] = [0, 0];
    for (let n = 0; n < seeds; n += 1) {
      const report = await simulate(first + n);
      created += report.created;
      deaths += report.deaths;
      if (report.violations.length > 0) bad.push({ seed: report.seed, violations: report.violations });
      if ((n + 1) % 1000 === 0)
        console.log(
          `${String(n + 1)} seeds: ${String(created)} leases, ${String(deaths)} deaths, ${String(bad.length)} bad`,
        );
    }
    expect(bad).toEqual([]);
  });
});
