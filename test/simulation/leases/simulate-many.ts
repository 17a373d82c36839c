import { simulate } from './run-simulation.js';

export interface ManyReports {
  readonly created: number;
  readonly deaths: number;
  readonly bad: readonly { readonly seed: number; readonly violations: readonly string[] }[];
}

/** One after the other; `told` after each thousand. */
export async function simulateMany(
  first: number,
  seeds: number,
  told: (line: string) => void = () => undefined,
): Promise<ManyReports> {
  const bad: { seed: number; violations: readonly string[] }[] = [];
  let [created, deaths] = [0, 0];
  for (let n = 0; n < seeds; n += 1) {
    const report = await simulate(first + n);
    created += report.created;
    deaths += report.deaths;
    if (report.violations.length > 0) bad.push({ seed: report.seed, violations: report.violations });
    if ((n + 1) % 1000 === 0)
      told(`${String(n + 1)} seeds: ${String(created)} leases, ${String(deaths)} deaths, ${String(bad.length)} bad`);
  }
  return { created, deaths, bad };
}
