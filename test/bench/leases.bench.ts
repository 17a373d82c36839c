import { join } from 'node:path';
import { EmbeddedEventStore } from '#event-store/adapters/embedded';
import { ApiClient } from './api-client.js';
import type { BenchRow } from './bench-row.js';
import { besideDisk, rate, residentMb, serve } from './bench-server.js';
import { cycles, load } from './http-load.js';
import type { BenchOptions } from './options.js';
import { overdueLeases, type Overdue } from './overdue-leases.js';
import { emptyServerLoad } from './raw-limits.js';

const minute = 60_000;

function hosts(count: number): string {
  const lines = Array.from({ length: count }, (_, n) => `  - name: node-${String(n).padStart(4, '0')}`);
  return `simulatedHosts:\n${lines.join('\n')}\n`;
}

async function enrol(client: ApiClient, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1)
    await client.ask('POST', '/v1/os-hosts', { name: `node-${String(n).padStart(4, '0')}` });
}

const dateText = (time: number): string => new Date(time).toISOString().slice(0, 16).replace('T', ' ');

/** The same however long it takes: hours that began at different minutes would overlap those of others. */
const tomorrow = Math.ceil(Date.now() / minute) * minute + 86_400_000;

/** The n-th hour from tomorrow on. */
function leaseAt(name: string, slot: number): object {
  const from = tomorrow + slot * 60 * minute;
  const reservation = {
    ...{ resource_type: 'physical:host', min: 1, max: 1, before_end: 'default' },
    ...{ hypervisor_properties: '', resource_properties: '' },
  };
  return {
    name,
    start_date: dateText(from),
    end_date: dateText(from + 60 * minute),
    reservations: [reservation],
    events: [],
  };
}

/** Rows of the reservation face against a server in a process of its own (design §13). */
export async function leaseRows({ seconds }: Pick<BenchOptions, 'seconds'>): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const emptyGet = await emptyServerLoad('GET', 16, 3);
  const { server, token, close } = await serve({ configuration: hosts(1) });
  const client = new ApiClient(server.url, { 'x-auth-token': token }, 16);
  try {
    await enrol(client, 1);
    for (const connections of [1, 16]) {
      const measured = await cycles(connections, seconds, async (writer, n) => {
        const name = `bench ${String(writer)} ${String(n)}`;
        const { lease } = await client.ask<{ lease: { id: string } }>('POST', '/v1/leases', leaseAt(name, writer));
        await client.ask('DELETE', `/v1/leases/${lease.id}`);
      });
      rows.push(
        besideDisk({
          name: `lease create + delete, one host, ${String(connections)} connections`,
          value: Math.round(measured.perSecond),
          unit: `cycles/s (p50 ${measured.p50Ms.toFixed(1)} ms, p99 ${measured.p99Ms.toFixed(1)} ms, ${String(measured.failures)} failures)`,
          ...(connections === 16 ? { bar: '≥ 400/s', reached: measured.perSecond >= 400 } : {}),
        }),
      );
    }
    for (let n = 0; n < 100; n += 1) await client.ask('POST', '/v1/leases', leaseAt(`lease ${String(n)}`, n));
    const headers = { 'x-auth-token': token };
    const url = `${server.url}/v1/leases`;
    await load({ url, connections: 16, seconds: 1, headers });
    const list = await load({ url, connections: 16, seconds, headers });
    rows.push(rate('GET /v1/leases, 100 leases, 16 connections', list, 1000, emptyGet, 'no-op GET'));
    const allocations = await load({ url: `${server.url}/v1/os-hosts/allocations`, connections: 16, seconds, headers });
    rows.push(
      rate('GET /v1/os-hosts/allocations, 100 leases, 16 connections', allocations, undefined, emptyGet, 'no-op GET'),
    );
    rows.push({ name: 'memory after that', value: Math.round(residentMb(server.pid)), unit: 'MB' });
  } finally {
    await client.close();
    await close();
  }
  return rows;
}

/** When each event of that type was recorded, in the log of a server that was stopped. Milliseconds since 1970. */
async function recordedTimes(dataDir: string, type: string): Promise<readonly number[]> {
  const store = await EmbeddedEventStore.open({ path: join(dataDir, 'events.db') });
  const times: number[] = [];
  try {
    for (let after: number | undefined; ;) {
      const filter = { types: [`reservations/${type}@1`] };
      const page = await store.readAll({ filter, limit: 4_096, ...(after === undefined ? {} : { after }) });
      for (const { recordedAt } of page) times.push(recordedAt);
      after = page.at(-1)?.position;
      if (after === undefined) return times;
    }
  } finally {
    await store.close();
  }
}

/** A server that was away while the starts of so many leases became due. */
export async function overdueRows(): Promise<BenchRow[]> {
  const count = 100_000;
  let last: Overdue | undefined;
  const began = { at: 0 };
  const { server, token, dataDir, close } = await serve({
    configuration: hosts(1),
    fill: async (file, folder) => {
      last = await overdueLeases(file, folder, count);
      began.at = performance.now();
    },
  });
  const client = new ApiClient(server.url, { 'x-auth-token': token }, 1);
  try {
    const listening = (performance.now() - began.at) / 1000;
    for (;;) {
      const { lease } = await client.ask<{ lease: { status: string } }>('GET', `/v1/leases/${last?.lastId ?? ''}`);
      if (lease.status === 'ACTIVE') break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const took = (performance.now() - began.at) / 1000;
    const memory = residentMb(server.pid);
    await client.close();
    await server.stop();
    const started = (await recordedTimes(dataDir, 'LeaseStarted')).length;
    return [
      {
        name: `start with ${String(count)} overdue lease starts: all carried out`,
        value: Math.round(took * 10) / 10,
        unit: `s (listening after ${listening.toFixed(1)} s)`,
        bar: '≤ 60 s',
        reached: took <= 60,
      },
      {
        name: 'leases started, each once',
        value: started,
        unit: 'leases',
        bar: String(count),
        reached: started === count,
      },
      { name: 'memory after that', value: Math.round(memory), unit: 'MB' },
    ];
  } finally {
    await close();
  }
}

/** So many leases of a host each, all of which start in one minute and end in the next: how late that is carried out. */
export async function latenessRows(): Promise<BenchRow[]> {
  const count = 200;
  const { server, token, dataDir, close } = await serve({ configuration: `${hosts(count)}minutesBeforeEndLease: 0\n` });
  const client = new ApiClient(server.url, { 'x-auth-token': token }, 16);
  try {
    await enrol(client, count);
    const startsAt = Math.ceil((Date.now() + 15_000) / minute) * minute;
    const reservation = { resource_type: 'physical:host', min: 1, max: 1, before_end: '' };
    for (let n = 0; n < count; n += 1)
      await client.ask('POST', '/v1/leases', {
        ...{ name: `lease ${String(n)}`, start_date: dateText(startsAt), end_date: dateText(startsAt + minute) },
        reservations: [{ ...reservation, hypervisor_properties: '', resource_properties: '' }],
        events: [],
      });
    if (Date.now() > startsAt) throw new Error('the leases were not there in time');
    for (;;) {
      const { leases } = await client.ask<{ leases: readonly { status: string }[] }>('GET', '/v1/leases');
      if (leases.every(({ status }) => status === 'TERMINATED')) break;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    await client.close();
    await server.stop();
    const rows: BenchRow[] = [];
    for (const [type, dueAt] of [
      ['LeaseStarted', startsAt],
      ['LeaseEnded', startsAt + minute],
    ] as const) {
      const late = (await recordedTimes(dataDir, type)).map((at) => at - dueAt).sort((a, b) => a - b);
      const share = (part: number): number => late[Math.min(Math.floor(late.length * part), late.length - 1)] ?? NaN;
      rows.push({
        name: `${type}, ${String(late.length)} of ${String(count)} leases due at once: lateness p99`,
        value: share(0.99),
        unit: `ms (p50 ${String(share(0.5))}, first ${String(share(0))}, last ${String(share(1))})`,
        bar: '≤ 1,000 ms, none early',
        reached: late.length === count && share(0) >= 0 && share(0.99) <= 1000,
      });
    }
    return rows;
  } finally {
    await close();
  }
}
