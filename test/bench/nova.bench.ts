import { logIn } from '../server-process.js';
import { ApiClient } from './api-client.js';
import type { BenchRow } from './bench-row.js';
import { rate, residentMb, serve } from './bench-server.js';
import { cycles, load, type Load } from './http-load.js';
import type { BenchOptions } from './options.js';
import { emptyServerLoad, fdatasyncRate } from './raw-limits.js';

function hosts(count: number): string {
  const lines = Array.from({ length: count }, (_, n) => `  - name: node-${String(n).padStart(5, '0')}`);
  return `simulatedHosts:\n${lines.join('\n')}\n`;
}

/** Rows of the Nova face against a server in a process of its own (design §13). */
export async function novaRows({ seconds }: Pick<BenchOptions, 'seconds'>): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const emptyGet = await emptyServerLoad('GET', 64, 3);
  const emptyPost = await emptyServerLoad('POST', 16, 3);
  const three = await serve({ configuration: hosts(3) });
  try {
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const idle = residentMb(three.server.pid);
    rows.push({ name: 'memory, idle', value: Math.round(idle), unit: 'MB', bar: '≤ 200 MB', reached: idle <= 200 });
    const headers = { 'x-auth-token': three.token };
    const base = `${three.server.url}/compute/v2.1`;
    await load({ url: `${base}/os-hypervisors/detail`, connections: 64, seconds: 2, headers });
    const detail = await load({ url: `${base}/os-hypervisors/detail`, connections: 64, seconds, headers });
    rows.push(rate('GET os-hypervisors/detail, 3 hosts, 64 connections', detail, 8000, emptyGet, 'no-op GET'));
    const client = new ApiClient(three.server.url, headers, 16);
    for (let n = 0; n < 100; n += 1) {
      const name = `rack-${String(n)}`;
      await client.ask('POST', '/compute/v2.1/os-aggregates', {
        aggregate: { name, availability_zone: `hall-${String(n % 4)}` },
      });
    }
    await load({ url: `${base}/os-aggregates`, connections: 64, seconds: 1, headers });
    const list = await load({ url: `${base}/os-aggregates`, connections: 64, seconds, headers });
    rows.push(rate('GET os-aggregates, 100 aggregates, 64 connections', list, 3000, emptyGet, 'no-op GET'));
    for (const connections of [1, 16]) rows.push(await aggregateCycles(client, connections, seconds, emptyPost));
    rows.push(await logins(three.server.url, seconds, emptyPost));
    await client.close();
  } finally {
    await three.close();
  }
  rows.push(...(await tenThousand(seconds)));
  return rows;
}

async function aggregateCycles(
  client: ApiClient,
  connections: number,
  seconds: number,
  emptyPost: Load,
): Promise<BenchRow> {
  const path = '/compute/v2.1/os-aggregates';
  const disk = fdatasyncRate();
  const measured = await cycles(connections, seconds, async (writer, n) => {
    const name = `c${String(connections)}-${String(writer)}-${String(n)}`;
    const { aggregate } = await client.ask<{ aggregate: { id: number } }>('POST', path, { aggregate: { name } });
    const host = { host: `node-0000${String(writer % 3)}` };
    await client.ask('POST', `${path}/${String(aggregate.id)}/action`, { add_host: host });
    await client.ask('POST', `${path}/${String(aggregate.id)}/action`, { remove_host: host });
    await client.ask('DELETE', `${path}/${String(aggregate.id)}`);
  });
  const row = rate(
    `aggregate create + add + remove + delete, ${String(connections)} connections`,
    measured,
    connections === 16 ? 600 : undefined,
    emptyPost,
    'no-op POST',
  );
  return {
    ...row,
    raw: { name: 'fdatasync of 300 B', value: Math.round(disk), unit: '/s' },
    ratio: measured.perSecond / disk,
  };
}

async function logins(url: string, seconds: number, emptyPost: Load): Promise<BenchRow> {
  const measured = await cycles(8, seconds, async () => {
    await logIn(url);
  });
  return rate('log in with a password verified before, 8 connections', measured, undefined, emptyPost, 'no-op POST');
}

async function tenThousand(seconds: number): Promise<BenchRow[]> {
  const bench = await serve({ configuration: hosts(10_000) });
  try {
    const headers = { 'x-auth-token': bench.token, 'openstack-api-version': 'compute 2.88' };
    const url = `${bench.server.url}/compute/v2.1/os-hypervisors/detail?limit=1000`;
    const one = await load({ url, connections: 1, seconds, headers });
    const row: BenchRow = {
      name: '10,000 hypervisors: page of 1,000, one connection',
      value: Math.round(one.p50Ms * 10) / 10,
      unit: `ms (p99 ${one.p99Ms.toFixed(1)} ms, ${String(one.failures)} failures)`,
      bar: '≤ 150 ms',
      reached: one.p99Ms <= 150,
    };
    return [row, { name: '10,000 hypervisors: memory', value: Math.round(residentMb(bench.server.pid)), unit: 'MB' }];
  } finally {
    await bench.close();
  }
}
