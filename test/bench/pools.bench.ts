import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServerProcess, testAdminPassword } from '../server-process.js';
import { ApiClient } from './api-client.js';
import type { BenchRow } from './bench-row.js';
import { besideDisk, residentMb } from './bench-server.js';
import { cycles, load, type Load } from './http-load.js';
import type { BenchOptions } from './options.js';
import { livePastDays } from './past-days.js';
import { emptyServerLoad } from './raw-limits.js';

interface Lab {
  readonly server: ServerProcess;
  readonly client: ApiClient;
  readonly close: () => Promise<void>;
}

interface LabOptions {
  /** Clones at a time, and how long one takes: a moment; or none at all. */
  readonly supply: 'steady' | 'instant';
  /** Days that are over, with so many machines each. */
  readonly past?: { readonly days: number; readonly machines: number };
}

const supplies = {
  // About 100 machines a second: far more than a cloud gives, and so little that bursts of checkouts are what is measured.
  steady:
    'taskLimit: 10\nsimulatedVms: { cloneSeconds: { min: 0.05, max: 0.05 }, bootSeconds: { min: 0.05, max: 0.05 } }\n',
  instant: 'taskLimit: 64\n',
};

/** `sizes`: of pools `pool-0`, `pool-1` … */
async function lab(sizes: readonly number[], { supply, past }: LabOptions): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'leasebook-bench-'));
  const host = (name: string): string => `  - { name: ${name}, vcpus: 4096, memoryMb: 67108864, localGb: 1048576 }`;
  const hosts = Array.from({ length: 8 }, (_, n) => `kvm-${String(n)}`);
  const pools = sizes.map(
    (size, n) =>
      `  - { name: pool-${String(n)}, size: ${String(size)}, template: t/p, hosts: [${hosts.join(', ')}], vcpus: 1, memoryMb: 512, diskGb: 1 }`,
  );
  const file = join(folder, 'leasebook.yaml');
  writeFileSync(
    file,
    `simulatedHosts:\n${hosts.map(host).join('\n')}\npools:\n${pools.join('\n')}\n${supplies[supply]}experimentalFeatures: true\n`,
  );
  if (past !== undefined) await livePastDays({ configurationFile: file, dataDir: join(folder, 'data'), ...past });
  const server = await ServerProcess.start({
    dataDir: join(folder, 'data'),
    from: 'dist',
    logFile: join(folder, 'log'),
    environment: { LEASEBOOK_LOG_LEVEL: 'info', LEASEBOOK_CONFIG: file },
  });
  const token = await poolToken(server.url);
  const client = new ApiClient(server.url, { 'x-auth-token': token }, 64);
  return {
    server,
    client,
    close: async () => {
      await client.close();
      await server.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

async function poolToken(url: string): Promise<string> {
  const authorization = `Basic ${Buffer.from(`admin:${testAdminPassword}`).toString('base64')}`;
  const answer = await fetch(`${url}/api/v3/token`, { method: 'POST', headers: { authorization } });
  return ((await answer.json()) as { token: string }).token;
}

interface Status {
  readonly capacity: { readonly current: number; readonly total: number };
  readonly queue: { readonly pending: number; readonly completed: number };
}

/** Fulfilled when all pools are full and nothing is being destroyed; how long that took, in seconds. */
async function untilFull(client: ApiClient): Promise<number> {
  const began = performance.now();
  for (;;) {
    const { capacity, queue } = await client.ask<Status>('GET', '/api/v3/status');
    if (capacity.current === capacity.total && queue.pending === 0 && queue.completed === 0) break;
    if (performance.now() - began > 600_000) throw new Error(`not full: ${JSON.stringify({ capacity, queue })}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return (performance.now() - began) / 1000;
}

type Taken = Readonly<Record<string, { hostname: string | string[] } | boolean>>;

function namesOf(taken: Taken): readonly string[] {
  return Object.values(taken).flatMap((each) =>
    typeof each === 'boolean' ? [] : [each.hostname].flat().map((name) => name.split('.')[0] ?? name),
  );
}

/** Checkouts and returns by so many connections, in bursts that leave machines in the queue; the pauses to refill are not counted. */
async function checkoutCycles(
  client: ApiClient,
  connections: number,
  seconds: number,
  path: string,
  ready: number,
): Promise<Load> {
  const rounds: Load[] = [];
  const burst = Math.floor(ready * 0.8);
  let measured = 0;
  for (let round = 0; round < 50 && measured < seconds; round += 1) {
    await untilFull(client);
    let left = burst;
    rounds.push(
      await cycles(connections, seconds - measured, async () => {
        left -= 1;
        if (left < 0) return false;
        const vms = namesOf(await client.ask<Taken>('POST', path));
        for (const vm of vms) await client.ask('DELETE', `/api/v3/vm/${vm}`);
        return true;
      }),
    );
    measured += rounds.at(-1)?.seconds ?? 0;
  }
  return together(rounds);
}

function together(rounds: readonly Load[]): Load {
  const done = rounds.reduce((sum, { perSecond, seconds }) => sum + perSecond * seconds, 0);
  const took = rounds.reduce((sum, { seconds }) => sum + seconds, 0);
  const worst = (of: (load: Load) => number): number => Math.max(...rounds.map(of));
  return {
    perSecond: done / took,
    seconds: took,
    p50Ms: worst(({ p50Ms }) => p50Ms),
    p99Ms: worst(({ p99Ms }) => p99Ms),
    failures: rounds.reduce((sum, { failures }) => sum + failures, 0),
  };
}

function cycleRow(
  name: string,
  measured: Load,
  bar?: { readonly perSecond: number; readonly p99Ms: number },
): BenchRow {
  return besideDisk({
    name,
    value: Math.round(measured.perSecond),
    unit: `cycles/s (p50 ${measured.p50Ms.toFixed(1)} ms, worst p99 ${measured.p99Ms.toFixed(1)} ms, ${String(measured.failures)} failures)`,
    ...(bar === undefined
      ? {}
      : {
          bar: `≥ ${String(bar.perSecond)}/s, p99 ≤ ${String(bar.p99Ms)} ms`,
          reached: measured.perSecond >= bar.perSecond && measured.p99Ms <= bar.p99Ms,
        }),
  });
}

/** Checkout + delete with so many ready, one VM and one of each of two pools (design §13). */
export async function checkoutRows({ seconds }: Pick<BenchOptions, 'seconds'>): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const ready of [300, 1000, 5000]) {
    const { client, close } = await lab([ready, ready], { supply: 'steady' });
    try {
      await untilFull(client);
      await checkoutCycles(client, 16, 1, '/api/v3/vm/pool-0', ready);
      for (const connections of [1, 16, 64]) {
        const measured = await checkoutCycles(client, connections, seconds, '/api/v3/vm/pool-0', ready);
        const bar = connections === 64 ? { perSecond: 1500, p99Ms: 60 } : undefined;
        rows.push(
          cycleRow(`checkout + delete, ${String(ready)} ready, ${String(connections)} connections`, measured, bar),
        );
      }
      const two = await checkoutCycles(client, 64, seconds, '/api/v3/vm/pool-0+pool-1', ready);
      rows.push(cycleRow(`checkout over two pools + both deleted, ${String(ready)} ready, 64 connections`, two));
    } finally {
      await close();
    }
  }
  return rows;
}

/** Of an empty pool, with machines that boot at once, and what so many cost in memory. */
export async function refillRows(): Promise<BenchRow[]> {
  const size = 5000;
  const { server, client, close } = await lab([size, size], { supply: 'instant' });
  try {
    const first = await untilFull(client);
    const memory = residentMb(server.pid);
    await client.ask('POST', '/api/v3/poolreset', { 'pool-0': '1', 'pool-1': '1' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const again = await untilFull(client);
    const sustained = await cycles(64, 10, async () => {
      const vms = namesOf(await client.ask<Taken>('POST', '/api/v3/vm/pool-0'));
      for (const vm of vms) await client.ask('DELETE', `/api/v3/vm/${vm}`);
    });
    return [
      cycleRow(`checkout + delete for 10 s while all is made anew, ${String(size)} ready, 64 connections`, sustained),
      besideDisk({
        name: `refill from empty to ${String(2 * size)}`,
        value: Math.round((2 * size) / first),
        unit: 'VMs/s',
      }),
      besideDisk({
        name: `reset of ${String(2 * size)}: all destroyed and made again`,
        value: Math.round((2 * size) / (again + 1)),
        unit: 'VMs/s',
      }),
      { name: `memory with ${String(2 * size)} VMs`, value: Math.round(memory), unit: 'MB' },
    ];
  } finally {
    await close();
  }
}

/** Reports: a day with 1,000 boots and clones, and 30 days with as many each. */
export async function reportRows({ seconds }: Pick<BenchOptions, 'seconds'>): Promise<BenchRow[]> {
  const past = { days: 30, machines: 1000 };
  const { server, client, close } = await lab([500, 500], { supply: 'instant', past });
  try {
    await untilFull(client);
    const empty = await emptyServerLoad('GET', 64, 3);
    const rows: BenchRow[] = [];
    const from = new Date(Date.now() - 29 * 86_400_000).toISOString().slice(0, 10);
    const [vm = ''] = namesOf(await client.ask<Taken>('POST', '/api/v3/vm/pool-0'));
    const paths: readonly (readonly [string, string, number | undefined])[] = [
      ['GET /status, 1,000 boots and clones today', '/api/v3/status', 8000],
      ['GET /vm', '/api/v3/vm', undefined],
      ['GET /vm/<host>', `/api/v3/vm/${vm}`, undefined],
      ['GET /summary over 30 days', `/api/v3/summary?from=${from}`, undefined],
    ];
    for (const [name, path, bar] of paths) {
      await load({ url: `${server.url}${path}`, connections: 64, seconds: 1 });
      const measured = await load({ url: `${server.url}${path}`, connections: 64, seconds });
      rows.push({
        name: `${name}, 64 connections`,
        value: Math.round(measured.perSecond),
        unit: `/s (p50 ${measured.p50Ms.toFixed(1)} ms, p99 ${measured.p99Ms.toFixed(1)} ms, ${String(measured.failures)} failures)`,
        raw: { name: 'no-op GET', value: Math.round(empty.perSecond), unit: '/s' },
        ratio: measured.perSecond / empty.perSecond,
        ...(bar === undefined ? {} : { bar: `≥ ${String(bar)}/s`, reached: measured.perSecond >= bar }),
      });
    }
    const after = await checkoutCycles(client, 64, seconds, '/api/v3/vm/pool-1', 500);
    rows.push(cycleRow('checkout + delete after 30 days of 1,000 machines, 500 ready, 64 connections', after));
    return rows;
  } finally {
    await close();
  }
}
