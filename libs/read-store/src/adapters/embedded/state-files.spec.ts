import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { at, dumpOf, fill, put, shapeOf, thing } from '../../contract/harness.js';
import { EmbeddedReadStore } from './embedded-read-store.js';

const shape = shapeOf('state');

describe('snapshots of state projections', () => {
  let folder: string;
  let warnings: string[];
  let store: EmbeddedReadStore;
  const snapshot = () => join(folder, 'snapshots', 'sample.snapshot');
  const open = async (snapshotEveryMs?: number) => {
    store = await EmbeddedReadStore.open({
      folder,
      warn: (message) => warnings.push(message),
      ...(snapshotEveryMs !== undefined && { snapshotEveryMs }),
    });
    return store.open(shape);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'leasebook-snapshots-'));
    warnings = [];
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  it('are written from time to time, so that a crash costs a short tail only', async () => {
    const projection = await open(10);
    await projection.apply([put(1, thing('a', 1))], at(1));
    while (!(await readdir(join(folder, 'snapshots'))).includes('sample.snapshot')) await pause(5);
    await store.abandon();
    expect(await (await open()).checkpoint()).toEqual(at(1));
    expect(warnings).toEqual([]);
  });

  it('hold one moment, whatever is written meanwhile', async () => {
    const projection = await open();
    await fill(
      projection,
      Array.from({ length: 8000 }, (_, n) => thing(`t${n}`, n, { kind: 'old'.repeat(30) })),
    );
    const flushing = store.flush();
    const progress = { flushed: false, writes: 0 };
    void flushing.finally(() => (progress.flushed = true));
    for (; !progress.flushed && progress.writes < 8000; progress.writes++) {
      const position = 10_000 + progress.writes;
      await projection.apply([put(position, thing(`t${progress.writes}`, -1))], at(position));
      await pause(0);
    }
    await flushing;
    await store.abandon();
    const again = await open();
    const { position } = (await again.checkpoint())!;
    const changed = Math.max(0, position - 9999);
    expect(progress.writes).toBeGreaterThan(changed);
    const dump = await dumpOf(again);
    expect(dump).toHaveLength(8000);
    expect(dump.filter((line) => line.includes('"number":-1'))).toHaveLength(changed);
  });

  const damages: [string, (bytes: Buffer) => Buffer][] = [
    ['is empty', () => Buffer.alloc(0)],
    ['lacks its last line', (bytes) => bytes.subarray(0, bytes.lastIndexOf(10, bytes.length - 2) + 1)],
    ['is cut in the middle', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['lacks its last byte', (bytes) => bytes.subarray(0, -1)],
    ['has another digit in a document', (bytes) => Buffer.from(bytes.toString().replace('"number":17', '"number":71'))],
    ['has a changed checkpoint', (bytes) => Buffer.from(bytes.toString().replace('"position":51', '"position":99'))],
    ['goes on behind its end', (bytes) => Buffer.concat([bytes, Buffer.from('{}\n')])],
    ['is no JSON', () => Buffer.from('snapshot\n')],
    ['has another format', (bytes) => Buffer.from(bytes.toString().replace('"format":1', '"format":2'))],
  ];
  it.each(damages)('are ignored with a warning when the file %s', async (_, damage) => {
    const projection = await open();
    await fill(
      projection,
      Array.from({ length: 50 }, (_, n) => thing(`t${n}`, n)),
    );
    await store.close();
    const bytes = await readFile(snapshot());
    const damaged = damage(bytes);
    expect(damaged.equals(bytes)).toBe(false);
    await writeFile(snapshot(), damaged);
    const again = await open();
    expect(await again.checkpoint()).toBeUndefined();
    expect(await dumpOf(again)).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('the snapshot of sample is ignored')]);
    await fill(again, [thing('new', 1)]);
    await store.close();
    expect(await dumpOf(await open())).toHaveLength(1);
  });

  it('that a crash left half written are removed, the whole one counts', async () => {
    const projection = await open();
    await fill(projection, [thing('a', 1)]);
    await store.close();
    await writeFile(`${snapshot()}.new`, 'half');
    expect(await dumpOf(await open())).toHaveLength(1);
    expect(await readdir(join(folder, 'snapshots'))).toEqual(['sample.snapshot']);
  });

  it('that cannot be written are told, and flush fails; the documents stay readable', async () => {
    const projection = await open();
    await fill(projection, [thing('a', 1)]);
    await rm(join(folder, 'snapshots'), { recursive: true });
    await expect(store.flush()).rejects.toThrow('ENOENT');
    expect(warnings).toEqual([expect.stringContaining('could not be written')]);
    expect(await dumpOf(projection)).toHaveLength(1);
    expect(store.condition()).toEqual({ ready: true });
  });

  it('do not come back when the projection was kept in SQLite since', async () => {
    await fill(await open(), [thing('a', 1)]);
    await store.close();
    await open();
    await store.open(shapeOf('history', { version: 2 }));
    await store.close();
    expect(await dumpOf(await open())).toEqual([]);
  });
});

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
