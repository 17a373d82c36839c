import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { logIn, ServerProcess } from '../server-process.js';
import { ApiClient } from './api-client.js';
import type { BenchRow } from './bench-row.js';
import { cycles } from './http-load.js';
import { makeLongLog } from './long-log.js';
import { residentMb } from './bench-server.js';
import type { BenchOptions } from './options.js';
import { fdatasyncRate } from './raw-limits.js';

const hosts = 1_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

const at = (row: Omit<BenchRow, 'reached'>, limit: number): BenchRow => ({
  ...row,
  value: Math.round(row.value * 100) / 100,
  bar: `≤ ${String(limit)} ${row.unit.split(' ')[0] ?? ''}`,
  reached: row.value <= limit,
});

/** A log of a million events: making it, rebuilding everything from it, starting on it, searching it (design §13). */
export async function longLogRows({ events, seconds }: BenchOptions): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'leasebook-long-log-'));
  const configuration = join(folder, 'leasebook.yaml');
  const dataDir = join(folder, 'data');
  const names = Array.from({ length: hosts }, (_, n) => `  - name: node-${String(n).padStart(4, '0')}`);
  writeFileSync(configuration, `simulatedHosts:\n${names.join('\n')}\n`);
  const environment = { LEASEBOOK_CONFIG: configuration };
  const start = (): Promise<ServerProcess> =>
    ServerProcess.start({
      dataDir,
      from: 'dist',
      logFile: join(folder, 'log'),
      environment,
      listensWithinMs: 1_800_000,
    });
  try {
    await (await start()).stop();
    const rows = [await made(dataDir, configuration, events)];
    const first = await start();
    rows.push({
      name: `first start on ${events} events, no read models yet`,
      value: first.readyAfterMs / 1000,
      unit: 's',
    });
    await first.stop();
    rows.push(rebuild(dataDir, environment, events));
    const second = await start();
    rows.push(at({ name: `start on ${events} events`, value: second.readyAfterMs / 1000, unit: 's' }, 5));
    try {
      rows.push(...(await searches(second, seconds)));
      rows.push(
        at({ name: `memory with ${events} events, after searching`, value: residentMb(second.pid), unit: 'MB' }, 600),
      );
    } finally {
      await second.stop();
    }
    rows.push({ name: 'data folder', value: Math.round(sizeMb(dataDir)), unit: 'MB' });
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function made(dataDir: string, configuration: string, events: number): Promise<BenchRow> {
  const disk = fdatasyncRate();
  const { seconds, made: count } = await makeLongLog(dataDir, configuration, events);
  const rate = count / seconds;
  return {
    name: `events through the executor into the log, 512 writers`,
    value: Math.round(rate),
    unit: `/s (${seconds.toFixed(1)} s)`,
    raw: { name: 'fdatasync of 300 B', value: Math.round(disk), unit: '/s' },
    ratio: rate / disk,
  };
}

/** The command as an operator gives it, from its start to its end. */
function rebuild(dataDir: string, environment: Readonly<Record<string, string>>, events: number): BenchRow {
  const began = performance.now();
  execFileSync(process.execPath, [join(root, 'dist/apps/cli/src/main.js'), 'replay'], {
    env: { ...environment, LEASEBOOK_DATA_DIR: dataDir, PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const seconds = (performance.now() - began) / 1000;
  return at({ name: `leasebook replay: all read models from ${events} events`, value: seconds, unit: 's' }, 30);
}

async function searches(server: ServerProcess, seconds: number): Promise<BenchRow[]> {
  const client = new ApiClient(server.url, { 'x-auth-token': await logIn(server.url) }, 4);
  const { events } = await client.ask<{ events: { actor: { user: string }; time: string; correlation: string }[] }>(
    'GET',
    '/leasebook/v1/events?type=HostAddedToAggregate&order=oldest&limit=1000',
  );
  const sample = events[500];
  if (sample === undefined) throw new Error('the log has no 500 hosts added');
  const { hypervisors } = await client.ask<{ hypervisors: { id: string }[] }>(
    'GET',
    '/compute/v2.1/os-hypervisors?limit=1',
  );
  const asked: readonly [string, string][] = [
    ['newest 100 events', '/leasebook/v1/events'],
    ['by type, newest', '/leasebook/v1/events?type=HostAddedToAggregate'],
    ['by actor and type', `/leasebook/v1/events?actor=${sample.actor.user}&type=AggregateRenamed`],
    ['by correlation', `/leasebook/v1/events?correlation=${sample.correlation}`],
    ['in a span of time, oldest', `/leasebook/v1/events?from=${sample.time}&order=oldest`],
    ['of one resource', `/leasebook/v1/events?resource=hypervisor/${hypervisors[0]?.id ?? ''}`],
    ['history of one aggregate', '/leasebook/v1/history/aggregate/17'],
    ['history of one hypervisor', `/leasebook/v1/history/hypervisor/${hypervisors[0]?.id ?? ''}`],
  ];
  const rows: BenchRow[] = [];
  for (const [name, path] of asked) {
    const measured = await cycles(4, Math.min(seconds, 2), async () => {
      await client.ask('GET', path);
    });
    rows.push({
      name: `search: ${name}, 4 connections`,
      value: Math.round(measured.p50Ms * 100) / 100,
      unit: `ms p50 (p99 ${measured.p99Ms.toFixed(1)} ms, ${String(Math.round(measured.perSecond))}/s, ${String(measured.failures)} failures)`,
    });
  }
  await client.close();
  return rows;
}

function sizeMb(folder: string): number {
  const kilobytes = execFileSync('du', ['-sk', folder], { encoding: 'utf8' }).split('\t')[0];
  return Number(kilobytes) / 1024;
}
