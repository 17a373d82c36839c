import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Checkpoint, Document, DocumentWrite, ProjectionShape, ProjectionStore, ReadStore } from '#read-store';
import { openEmbeddedReadStore } from '#read-store/adapters/embedded';
import type { BenchRow } from './bench-row.js';
import { fdatasyncRate } from './raw-limits.js';

interface Lease extends Document {
  readonly project: string;
  readonly status: string;
  readonly createdAt: number;
}

const shapeOf = (keeps: ProjectionShape['keeps'], name: string): ProjectionShape => ({
  name,
  version: 1,
  keeps,
  collections: [
    {
      name,
      indexes: [
        { name: 'byProject', fields: ['project', 'createdAt'] },
        { name: 'byTime', fields: ['createdAt'] },
        { name: 'byStatus', fields: ['status', 'createdAt'] },
      ],
    },
  ],
});

const lease = (n: number): Lease & Record<string, unknown> => ({
  _id: `7d3f8f3a-0c0e-4d6a-9d4d-${n.toString(16).padStart(12, '0')}`,
  project: `project-${String(n % 100)}`,
  status: n % 3 === 0 ? 'ACTIVE' : 'PENDING',
  createdAt: 1_764_000_000_000 + n * 1000,
  name: `lease number ${String(n)}`,
  reservations: [{ resource: 'physical:host', min: 1, max: 2, hosts: ['compute-1', 'compute-2'] }],
  user: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
});

const at = (position: number): Checkpoint => ({ epoch: 'bench', position, hash: 'hash', version: 1 });

async function fill(projection: ProjectionStore, collection: string, count: number): Promise<number> {
  const batch = 500;
  const began = performance.now();
  for (let first = 0; first < count; first += batch) {
    const writes = Array.from({ length: Math.min(batch, count - first) }, (_, n): DocumentWrite => {
      return { kind: 'put', collection, position: first + n + 1, document: lease(first + n) };
    });
    await projection.apply(writes, at(first + writes.length));
  }
  return count / ((performance.now() - began) / 1000);
}

/** Processor microseconds of one call, over the given time: what neighbours on the machine do not change. */
async function microseconds(seconds: number, call: (n: number) => Promise<unknown>): Promise<number> {
  for (let n = 0; n < 200; n++) await call(n);
  const [began, busy] = [performance.now(), process.threadCpuUsage()];
  let calls = 0;
  while (performance.now() - began < seconds * 1000) {
    for (let n = 0; n < 50; n++) await call(calls++);
  }
  const { user, system } = process.threadCpuUsage(busy);
  return (user + system) / calls;
}

function us(name: string, value: number, bar?: number): BenchRow {
  return {
    name,
    value: Number(value.toFixed(2)),
    unit: 'us CPU',
    ...(bar === undefined ? {} : { bar: `≤ ${String(bar)} us`, reached: value <= bar }),
  };
}

async function readRows(
  store: ReadStore,
  kind: string,
  size: number,
  seconds: number,
  bars: readonly number[],
): Promise<BenchRow[]> {
  const leases = store.collection<Lease>({ name: kind, indexes: [] });
  const some = (n: number): number => (n * 7919) % size;
  const known = Array.from({ length: 1000 }, (_, n) => lease(some(n)));
  const page = (limit: number) => (n: number) =>
    leases.find({
      where: { project: `project-${String(n % 100)}` },
      sort: [{ field: 'createdAt', direction: 'descending' }],
      limit,
    });
  const deep = (n: number) =>
    leases.find({
      sort: [{ field: 'createdAt', direction: 'ascending' }],
      limit: 100,
      after: { values: [known[n % 1000]?.createdAt ?? 0], _id: known[n % 1000]?._id ?? '' },
    });
  const hundreds = Array.from({ length: 50 }, (_, n) => `project-${String(n)}`);
  const among = () =>
    leases.find({
      where: { project: { in: hundreds } },
      sort: [{ field: 'createdAt', direction: 'ascending' }],
      limit: 100,
    });
  const of = `of ${String(size)} (${kind})`;
  return [
    us(`get ${of}`, await microseconds(seconds, (n) => leases.get(known[n % 1000]?._id ?? '')), bars[0]),
    us(`find a page of 100 ${of}`, await microseconds(seconds, page(100)), bars[1]),
    us(`find a page of 1,000 ${of}`, await microseconds(seconds, page(1000))),
    us(`find a page of 100 in the middle ${of}`, await microseconds(seconds, deep)),
    us(`find a page of 100 among 50 values ${of}`, await microseconds(seconds, among)),
  ];
}

/** What the longest and the 99th percentile turn of the event loop took while something ran, beyond the timer's own. */
async function loopDelay<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly p99Ms: number; readonly maxMs: number }> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const result = await work();
  delays.disable();
  return { result, p99Ms: delays.percentile(99) / 1e6, maxMs: delays.max / 1e6 };
}

function rate(name: string, { result, p99Ms, maxMs }: Awaited<ReturnType<typeof loopDelay<number>>>): BenchRow {
  return {
    name,
    value: Math.round(result),
    unit: `/s (event loop held up p99 ${p99Ms.toFixed(1)} ms, at most ${maxMs.toFixed(1)} ms)`,
    raw: { name: 'fdatasync', value: Math.round(fdatasyncRate()), unit: '/s' },
  };
}

async function snapshotRows(store: ReadStore, folder: string, size: number): Promise<BenchRow[]> {
  const written = await loopDelay(async () => {
    const began = performance.now();
    await store.flush();
    return performance.now() - began;
  });
  const megabytes = statSync(join(folder, 'snapshots', 'state.snapshot')).size / 1e6;
  await store.close();
  const began = performance.now();
  const again = await openEmbeddedReadStore({ folder });
  await again.open(shapeOf('state', 'state'));
  const loaded = performance.now() - began;
  await again.close();
  const what = `of ${String(size)} documents (${megabytes.toFixed(0)} MB)`;
  return [
    {
      name: `write a snapshot ${what}`,
      value: Math.round(written.result),
      unit: `ms (event loop held up at most ${written.maxMs.toFixed(1)} ms)`,
    },
    { name: `open and load a snapshot ${what}`, value: Math.round(loaded), unit: 'ms' },
  ];
}

/** The embedded read store: looks, batches of 500 and snapshots, beside what it is held against (design §13, stack §5). */
export async function readStoreRows({ seconds }: { readonly seconds: number }): Promise<BenchRow[]> {
  const size = 100_000;
  const folder = mkdtempSync(join(tmpdir(), 'leasebook-bench-'));
  const store = await openEmbeddedReadStore({ folder, snapshotEveryMs: 3_600_000 });
  const rows: BenchRow[] = [];
  for (const keeps of ['state', 'history'] as const) {
    const projection = await store.open(shapeOf(keeps, keeps));
    rows.push(rate(`write documents with 3 indexes (${keeps})`, await loopDelay(() => fill(projection, keeps, size))));
    rows.push(...(await readRows(store, keeps, size, seconds / 4, keeps === 'state' ? [1, 10] : [])));
  }
  rows.push(...(await snapshotRows(store, folder, size)));
  rmSync(folder, { recursive: true });
  return rows;
}
