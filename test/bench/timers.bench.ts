import type { Timer } from '#timers';
import { createInProcessTimers } from '#timers/adapters/in-process';
import type { BenchRow } from './bench-row.js';

const timer = (n: number, dueAt: number): Timer => ({
  id: `lease.${String(n)}.end.${String(dueAt)}`,
  dueAt,
  kind: 'lease-end',
  payload: { lease: n },
});

interface Lateness {
  readonly armUs: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly early: number;
}

/** All of them due within some seconds, on the clock of the machine. */
async function measure(count: number, spreadMs: number): Promise<Lateness> {
  const timers = createInProcessTimers();
  const late: number[] = [];
  await timers.start(async ({ dueAt }) => {
    late.push(Date.now() - dueAt);
  });
  const first = Date.now() + 1000;
  const armed = Array.from({ length: count }, (_, n) => [timer(n, first + ((n * 7919) % spreadMs))]);
  // A server that arms timers has done so before.
  const before = armed.slice(0, 5000).map(([one]) => ({ ...timer(0, 0), ...one, id: `before.${one?.id ?? ''}` }));
  for (const one of before) await timers.schedule([one]);
  await timers.cancel(before.map(({ id }) => id));
  const busy = process.threadCpuUsage();
  for (const one of armed) await timers.schedule(one);
  const { user, system } = process.threadCpuUsage(busy);
  const armUs = (user + system) / count;
  while ((await timers.count()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  await timers.stop();
  late.sort((a, b) => a - b);
  const share = (part: number): number => late[Math.min(Math.floor(late.length * part), late.length - 1)] ?? NaN;
  return { armUs, p50: share(0.5), p99: share(0.99), max: share(1), early: late.filter((ms) => ms < 0).length };
}

/** Timers in the process (design §13: 100,000 pending, lateness p99 ≤ 250 ms, none early). */
export async function timersRows(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const count of [10_000, 100_000]) {
    const { armUs, p50, p99, max, early } = await measure(count, 5000);
    rows.push(
      {
        name: `arm one of ${String(count)} timers`,
        value: Number(armUs.toFixed(2)),
        unit: 'us CPU',
        bar: '≤ 2 us',
        reached: armUs <= 2,
      },
      {
        name: `lateness p99, ${String(count)} timers due within 5 s`,
        value: p99,
        unit: `ms (p50 ${String(p50)}, at most ${String(max)})`,
        bar: '≤ 250 ms',
        reached: p99 <= 250,
      },
      { name: `fired early, of ${String(count)}`, value: early, unit: 'timers', bar: 'none', reached: early === 0 },
    );
  }
  return rows;
}
