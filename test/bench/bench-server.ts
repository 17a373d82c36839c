import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logIn, ServerProcess } from '../server-process.js';
import type { BenchRow } from './bench-row.js';
import type { Load } from './http-load.js';
import { fdatasyncRate } from './raw-limits.js';

/** A server in a process of its own, as built. */
export interface BenchServer {
  readonly server: ServerProcess;
  /** Of the administrator. */
  readonly token: string;
  readonly dataDir: string;
  readonly close: () => Promise<void>;
}

export interface Serving {
  /** The YAML file; undefined: the demo. */
  readonly configuration?: string;
  /** Fills the data folder before the start. */
  readonly fill?: (configurationFile: string, dataDir: string) => Promise<unknown>;
}

export async function serve({ configuration, fill }: Serving = {}): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'leasebook-bench-'));
  const file = join(folder, 'leasebook.yaml');
  const dataDir = join(folder, 'data');
  if (configuration !== undefined) writeFileSync(file, configuration);
  await fill?.(file, dataDir);
  const server = await ServerProcess.start({
    dataDir,
    from: 'dist',
    logFile: join(folder, 'log'),
    environment: { LEASEBOOK_LOG_LEVEL: 'info', ...(configuration === undefined ? {} : { LEASEBOOK_CONFIG: file }) },
  });
  const token = await logIn(server.url);
  const close = async (): Promise<void> => {
    await server.kill();
    rmSync(folder, { recursive: true });
  };
  return { server, token, dataDir, close };
}

/** Resident memory of a process, in MB. */
export function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}

/** Requests a second beside a raw limit of the same minute. */
export function rate(name: string, measured: Load, bar: number | undefined, raw: Load, rawName: string): BenchRow {
  return {
    name,
    value: Math.round(measured.perSecond),
    unit: `/s (p50 ${measured.p50Ms.toFixed(1)} ms, p99 ${measured.p99Ms.toFixed(1)} ms, ${String(measured.failures)} failures)`,
    raw: { name: rawName, value: Math.round(raw.perSecond), unit: '/s' },
    ratio: measured.perSecond / raw.perSecond,
    ...(bar === undefined ? {} : { bar: `≥ ${String(bar)}/s`, reached: measured.perSecond >= bar }),
  };
}

/** The disk's limit, taken in the same minute as the row that it stands beside. */
export function besideDisk(row: Omit<BenchRow, 'raw' | 'ratio'>): BenchRow {
  const disk = fdatasyncRate();
  return { ...row, raw: { name: 'fdatasync of 300 B', value: Math.round(disk), unit: '/s' }, ratio: row.value / disk };
}
