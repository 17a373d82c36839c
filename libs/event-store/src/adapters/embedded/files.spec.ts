import { access, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreUnavailable } from '#kernel';
import { ChainedStream } from '../../contract/chained-events.js';
import { appendOne, everything, newEvent } from '../../contract/store-under-test.js';
import { verifyLog } from '../../verify-log.js';
import { EmbeddedEventStore } from './embedded-event-store.js';
import { beginNewEpoch } from './schema.js';

let folder: string;
let store: EmbeddedEventStore;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leasebook-backup-'));
  store = await EmbeddedEventStore.open({ path: join(folder, 'events.db') });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

async function write(stream: ChainedStream, goOn: () => boolean): Promise<void> {
  while (goOn()) {
    const [outcome] = await store.append([stream.next(5, 'x'.repeat(200))]);
    expect(outcome).toMatchObject({ kind: 'appended' });
  }
}

describe('a backup', () => {
  it('taken while others write is one moment of the log, whole, and a log of its own', async () => {
    let writing = true;
    const writers = Array.from({ length: 8 }, (_, index) => write(new ChainedStream(`w-${index}`), () => writing));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = (await store.head())!.position;
    const progress: number[] = [];
    await store.backup(join(folder, 'copy.db'), ({ copied, total }) => progress.push(copied, total));
    const after = (await store.head())!.position;
    writing = false;
    await Promise.all(writers);

    expect(after).toBeGreaterThan(before);
    expect(progress.at(-1)).toBeGreaterThan(0);
    const copy = await EmbeddedEventStore.open({ path: join(folder, 'copy.db') });
    const events = await everything(copy);
    expect(events.length).toBeGreaterThanOrEqual(before);
    expect(events).toEqual((await everything(store)).slice(0, events.length));
    expect((await verifyLog(copy, undefined, { consecutive: true })).findings).toEqual([]);
    expect(copy.epoch).toBe(store.epoch);
    expect(await appendOne(copy, 'only-there', 'noStream', newEvent())).toMatchObject({ kind: 'appended' });
    expect(await store.readStream('only-there')).toEqual([]);
    await copy.close();
  });

  it('that is restored begins a new epoch and keeps its events', async () => {
    await appendOne(store, 'a', 'noStream', newEvent());
    const path = join(folder, 'copy.db');
    await store.backup(path);
    const epoch = await beginNewEpoch(path);
    expect(epoch).not.toBe(store.epoch);
    const restored = await EmbeddedEventStore.open({ path });
    expect(restored.epoch).toBe(epoch);
    expect(await everything(restored)).toEqual(await everything(store));
    await restored.close();
    await expect(beginNewEpoch(join(folder, 'nowhere.db'))).rejects.toThrow();
  });

  it('overwrites nothing', async () => {
    await appendOne(store, 'a', 'noStream', newEvent());
    await expect(store.backup(join(folder, 'events.db'))).rejects.toThrow(/exists already/);
    expect(await everything(store)).toHaveLength(1);
  });

  it('that fails says so and leaves nothing behind', async () => {
    await expect(store.backup(join(folder, 'nowhere', 'copy.db'))).rejects.toThrow(StoreUnavailable);
    await expect(access(join(folder, 'nowhere'))).rejects.toThrow();
    await appendOne(store, 'a', 'noStream', newEvent());
    await store.backup(join(folder, 'copy.db'));
    expect((await readdir(folder)).filter((name) => name.startsWith('copy'))).toEqual(['copy.db']);
  });

  it('of a closed store is refused', async () => {
    await store.close();
    await expect(store.backup(join(folder, 'copy.db'))).rejects.toThrow(StoreUnavailable);
  });
});

describe('the write-ahead log', () => {
  it('stays bounded however much is written', async () => {
    const streams = Array.from({ length: 32 }, (_, index) => new ChainedStream(`w-${index}`));
    for (let written = 0; written < 80_000_000; written += 32 * 64 * 1_000) {
      await store.append(streams.map((stream) => stream.next(64, 'x'.repeat(800))));
    }
    const [log, wal] = await Promise.all(['', '-wal'].map((suffix) => stat(join(folder, `events.db${suffix}`))));
    expect(log!.size).toBeGreaterThan(50_000_000);
    expect(wal!.size).toBeLessThan(48 * 1024 * 1024);
  });
});

describe('an orderly close', () => {
  it('leaves one file, without a write-ahead log', async () => {
    await appendOne(store, 'a', 'noStream', newEvent());
    expect(await readdir(folder)).toContain('events.db-wal');
    await store.close();
    expect(await readdir(folder)).toEqual(['events.db']);
  });
});
