import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore, ExpectedRevision, NewEvent } from '#event-store';
import { EmbeddedEventStore } from '#event-store/adapters/embedded';
import type { BenchRow } from './bench-row.js';
import { fdatasyncRate } from './raw-limits.js';

const hex = (length: number): string => 'a1b2c3d4'.repeat(length / 8);

/** About 600 bytes, as the runtime writes them. */
function event(): NewEvent {
  const metadata = {
    envelope: 1,
    time: '2026-01-01T00:00:00.000Z',
    actor: { user: hex(32), project: hex(32), method: 'token', name: hex(40) },
    facade: 'nova',
    request: `req-${randomUUID()}`,
    command: randomUUID(),
    repeatable: false,
    causation: null,
    correlation: randomUUID(),
    client: hex(40),
    previous: hex(64),
  };
  return {
    id: randomUUID(),
    type: 'inventory/ResourcesReported@1',
    data: JSON.stringify({ vcpus: 64, vcpusUsed: 12, memoryMb: 262_144, memoryMbUsed: 8_192, diskGb: 2_048 }),
    metadata: JSON.stringify(metadata),
  };
}

interface Measured {
  readonly eventsPerSecond: number;
  readonly cpuUsPerEvent: number;
  readonly mainThreadUsPerEvent: number;
  readonly p99Ms: number;
}

/** Writers that each wait for their acknowledgement before they append again. */
async function measure(
  store: EventStore,
  name: string,
  writers: number,
  perAppend: number,
  seconds: number,
): Promise<Measured> {
  // Made beforehand: making them costs as much as storing them.
  const events = Array.from({ length: 512 }, event);
  const latencies: number[] = [];
  let written = 0;
  const began = performance.now();
  const cpu = process.cpuUsage();
  const loop = performance.eventLoopUtilization();
  await Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      let expected: ExpectedRevision = 'noStream';
      while (performance.now() - began < seconds * 1000) {
        const batch = Array.from({ length: perAppend }, (__, index) => ({
          ...events[(written + index) % events.length]!,
          id: randomUUID(),
        }));
        const sent = performance.now();
        const [outcome] = await store.append([{ stream: `${name}-${String(writer)}`, expected, events: batch }]);
        if (outcome?.kind !== 'appended') throw new Error(JSON.stringify(outcome));
        latencies.push(performance.now() - sent);
        expected = outcome.revision;
        written += perAppend;
      }
    }),
  );
  const elapsedMs = performance.now() - began;
  const used = process.cpuUsage(cpu);
  latencies.sort((a, b) => a - b);
  return {
    eventsPerSecond: (written / elapsedMs) * 1000,
    cpuUsPerEvent: (used.user + used.system) / written,
    mainThreadUsPerEvent: (performance.eventLoopUtilization(loop).active * 1000) / written,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? NaN,
  };
}

const appends = [
  { name: 'single writer', writers: 1, perAppend: 1, bar: undefined },
  { name: '64 writers', writers: 64, perAppend: 1, bar: 30_000 },
  { name: 'appends of 16', writers: 1, perAppend: 16, bar: undefined },
  { name: 'appends of 64', writers: 1, perAppend: 64, bar: undefined },
  { name: 'appends of 256', writers: 1, perAppend: 256, bar: undefined },
] as const;

async function scan(store: EventStore): Promise<BenchRow> {
  const began = performance.now();
  let [events, after] = [0, 0];
  for (;;) {
    const page = await store.readAll({ limit: 4_096, ...(after === 0 ? {} : { after }) });
    events += page.length;
    if (page.length < 4_096) break;
    after = page.at(-1)?.position ?? 0;
  }
  const rate = events / ((performance.now() - began) / 1000);
  return { name: `event store: scan of ${String(events)} events`, value: Math.round(rate), unit: 'events/s' };
}

/** The embedded event store beside what the disk allowed in the same seconds. */
export async function eventStoreRows(options: { readonly seconds?: number } = {}): Promise<BenchRow[]> {
  const seconds = options.seconds ?? 4;
  const folder = mkdtempSync(join(tmpdir(), 'leasebook-bench-'));
  const store = await EmbeddedEventStore.open({ path: join(folder, 'events.db') });
  const rows: BenchRow[] = [];
  try {
    await measure(store, 'warm-up', 16, 4, 1);
    for (const { name, writers, perAppend, bar } of appends) {
      const before = fdatasyncRate(0.5);
      const measured = await measure(store, name.replaceAll(' ', '_'), writers, perAppend, seconds);
      const rate = Math.round((before + fdatasyncRate(0.5)) / 2);
      rows.push(
        {
          name: `event store: ${name}`,
          value: Math.round(measured.eventsPerSecond),
          unit: 'events/s',
          raw: { name: 'fdatasync of 300 B', value: rate, unit: '/s' },
          ratio: Number((measured.eventsPerSecond / rate).toFixed(2)),
          ...(bar === undefined ? {} : { bar: `≥ ${String(bar)}/s`, reached: measured.eventsPerSecond >= bar }),
        },
        { name: `event store: ${name}, acknowledged p99`, value: Number(measured.p99Ms.toFixed(2)), unit: 'ms' },
        { name: `event store: ${name}, CPU`, value: Number(measured.cpuUsPerEvent.toFixed(1)), unit: 'us/event' },
        {
          name: `event store: ${name}, of that on the main thread`,
          value: Number(measured.mainThreadUsPerEvent.toFixed(1)),
          unit: 'us/event',
        },
      );
    }
    rows.push(await scan(store));
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
  return rows;
}
