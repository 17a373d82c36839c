import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { StoreUnavailable } from '#kernel';
import { ChainedStream } from '../../contract/chained-events.js';
import { everything } from '../../contract/store-under-test.js';
import { CorruptEvent } from '../../corrupt-event.js';
import type { RecordedEvent } from '../../port.js';
import { verifyLog } from '../../verify-log.js';
import { EmbeddedEventStore } from './embedded-event-store.js';
import { loadSqlite } from './sqlite.js';

/** More of them: LEASEBOOK_TEST_RUNS=1000. */
const ROUNDS = fc.readConfigureGlobal().numRuns ?? 40;

const forms = ['closed', 'in the write-ahead log', 'moved in part', 'moved whole'] as const;
type Form = (typeof forms)[number];

let folder: string;
const logs = new Map<Form, { readonly folder: string; readonly events: readonly RecordedEvent[] }>();

/** A log of each form that a server can leave behind: orderly, or killed before, during and after the log was moved to its place. */
async function makeLog(form: Form): Promise<void> {
  const from = join(folder, `live ${form}`);
  const to = join(folder, form);
  for (const each of [from, to]) mkdirSync(each);
  const path = join(from, 'events.db');
  const store = await EmbeddedEventStore.open({ path });
  const streams = Array.from({ length: 20 }, (_, index) => new ChainedStream(`kind${index % 3}-${index}`));
  const write = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      await store.append(streams.slice(round % 7).map((stream) => stream.next(1 + (round % 3), 'x'.repeat(round * 9))));
    }
  };
  await write(20);
  if (form === 'moved in part' || form === 'moved whole') {
    const other = (await loadSqlite())(path);
    other.pragma('wal_checkpoint(PASSIVE)');
    if (form === 'moved in part') {
      copyFileSync(path, join(to, 'events.db'));
      await write(10);
    }
    if (form === 'moved whole') copyFileSync(path, join(to, 'events.db'));
    copyFileSync(`${path}-wal`, join(to, 'events.db-wal'));
    logs.set(form, { folder: to, events: await everything(store) });
    other.close();
    await store.close();
    return;
  }
  const events = await everything(store);
  logs.set(form, { folder: to, events });
  if (form === 'closed') await store.close();
  for (const suffix of ['', '-wal']) {
    if (existsSync(`${path}${suffix}`)) copyFileSync(`${path}${suffix}`, join(to, `events.db${suffix}`));
  }
  await store.close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leasebook-damage-'));
  for (const form of forms) await makeLog(form);
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Damage {
  readonly form: Form;
  readonly file: 'events.db' | 'events.db-wal';
  readonly kind: 'flip' | 'cut' | 'zeros';
  /** Share of the file. */
  readonly at: number;
  readonly mask: number;
}

function damage(copy: string, { file, kind, at, mask }: Damage): void {
  const path = join(copy, file);
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  if (bytes.length === 0) return;
  const place = Math.min(bytes.length - 1, Math.floor(at * bytes.length));
  if (kind === 'flip') bytes[place] = (bytes[place] ?? 0) ^ mask;
  if (kind === 'zeros') bytes.fill(0, place - (place % 512), Math.min(bytes.length, place - (place % 512) + 512));
  writeFileSync(path, kind === 'cut' ? bytes.subarray(0, place) : bytes);
}

/** A refusal must be the port's own and name the file. */
async function orRefusal<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect((error as Error).message).toContain('events.db');
    return undefined;
  }
}

/** Whatever is read is the truth up to some position, or it is refused. */
async function readIt(store: EmbeddedEventStore, written: readonly RecordedEvent[]): Promise<void> {
  const head = (await store.head())?.position ?? 0;
  const prefix = written.slice(0, head);
  expect(prefix).toHaveLength(head);
  const all = await orRefusal(everything(store, 500));
  if (all !== undefined) {
    expect(all).toEqual(prefix);
    expect((await verifyLog(store, undefined, { consecutive: true })).findings).toEqual([]);
  }
  for (const stream of new Set(written.map((event) => event.stream))) {
    const own = prefix.filter((event) => event.stream === stream);
    const forward = await orRefusal(store.readStream(stream));
    if (forward !== undefined) expect(forward).toEqual(own);
    const backward = await orRefusal(store.readStream(stream, { direction: 'backward' }));
    if (backward !== undefined) expect(backward).toEqual([...own].reverse());
  }
  for (const type of new Set(written.map((event) => event.type))) {
    const found = await orRefusal(store.readAll({ filter: { types: [type] } }));
    if (found !== undefined) expect(found).toEqual(prefix.filter((event) => event.type === type));
  }
  const late = await orRefusal(store.readAll({ direction: 'backward', limit: 50 }));
  if (late !== undefined) expect(late).toEqual(prefix.slice(-50).reverse());
}

async function tryIt(what: Damage): Promise<'opened' | 'refused'> {
  const { folder: original, events } = logs.get(what.form)!;
  const copy = join(folder, 'copy');
  rmSync(copy, { recursive: true, force: true });
  cpSync(original, copy, { recursive: true });
  damage(copy, what);
  const store = await orRefusal(EmbeddedEventStore.open({ path: join(copy, 'events.db') }));
  if (store === undefined) return 'refused';
  try {
    await readIt(store, events);
    return 'opened';
  } finally {
    await store.close();
  }
}

describe('a damaged log', () => {
  it.each(forms)('undamaged it is read whole: %s', async (form) => {
    const { folder: original, events } = logs.get(form)!;
    const copy = join(folder, 'copy');
    rmSync(copy, { recursive: true, force: true });
    cpSync(original, copy, { recursive: true });
    const notices: string[] = [];
    const store = await EmbeddedEventStore.open({
      path: join(copy, 'events.db'),
      onNotice: (text) => notices.push(text),
    });
    expect(await everything(store)).toEqual(events);
    expect(notices).toEqual([]);
    await store.close();
  });

  it('gives a correct prefix or a refusal that names the file, wherever it is damaged', async () => {
    const what = fc.record({
      form: fc.constantFrom(...forms),
      file: fc.constantFrom('events.db' as const, 'events.db-wal' as const),
      kind: fc.constantFrom('flip' as const, 'cut' as const, 'zeros' as const),
      // Evenly over the file; doubles would nearly all lie at its beginning.
      at: fc.noBias(fc.integer({ min: 0, max: 999_999 })).map((share) => share / 1_000_000),
      mask: fc.integer({ min: 1, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(what, async (each) => {
        // Closed in order, it has no write-ahead log.
        await tryIt(each.form === 'closed' ? { ...each, file: 'events.db' } : each);
      }),
      { numRuns: ROUNDS, endOnFailure: true },
    );
  }, 3_600_000);

  it.each([
    ['the file is empty', 'events.db', 'cut', 0],
    ['the file is cut off', 'events.db', 'cut', 0.5],
    ['its header is gone', 'events.db', 'zeros', 0],
  ] as const)('is refused when %s', async (_, file, kind, at) => {
    expect(await tryIt({ form: 'closed', file, kind, at, mask: 1 })).toBe('refused');
  });

  it('is refused when the file is gone and its write-ahead log is not', async () => {
    const copy = join(folder, 'gone');
    cpSync(logs.get('moved in part')!.folder, copy, { recursive: true });
    rmSync(join(copy, 'events.db'));
    await expect(EmbeddedEventStore.open({ path: join(copy, 'events.db') })).rejects.toThrow(
      /events\.db is damaged: the file is gone/,
    );
  });

  it('begins a new epoch, and says so, where the write-ahead log lost something in its middle', async () => {
    const copy = join(folder, 'middle');
    cpSync(logs.get('in the write-ahead log')!.folder, copy, { recursive: true });
    const path = join(copy, 'events.db');
    cpSync(copy, join(folder, 'whole'), { recursive: true });
    const whole = await EmbeddedEventStore.open({ path: join(folder, 'whole', 'events.db') });
    await whole.close();
    damage(copy, { form: 'in the write-ahead log', file: 'events.db-wal', kind: 'flip', at: 0.9, mask: 4 });
    const notices: string[] = [];
    const store = await EmbeddedEventStore.open({ path, onNotice: (text) => notices.push(text) });
    expect(notices).toEqual([expect.stringMatching(/events\.db-wal does not fit its checksums from frame \d+ on/)]);
    expect(store.epoch).not.toBe(whole.epoch);
    expect(await store.head()).toMatchObject({ position: expect.any(Number) });
    await store.close();
    const again = await EmbeddedEventStore.open({ path });
    expect(again.epoch).toBe(store.epoch);
    await again.close();
  });
});

describe('a write-ahead log whose last frame is not whole', () => {
  /** The last frame of the write-ahead log, its page overwritten; as a frame that ends a change, or as one in its middle. */
  function tear(copy: string, endsChange: boolean): void {
    const path = join(copy, 'events.db-wal');
    const bytes = readFileSync(path);
    const frameBytes = 24 + bytes.readUInt32BE(8);
    const frames = Math.floor((bytes.length - 32) / frameBytes);
    const salt = bytes.subarray(16, 24);
    let last = 0;
    for (let index = 0; index < frames; index += 1) {
      const at = 32 + index * frameBytes;
      if (bytes.subarray(at + 8, at + 16).equals(salt)) last = at;
    }
    bytes.fill(0xa5, last + 24, last + frameBytes);
    if (!endsChange) bytes.writeUInt32BE(0, last + 4);
    writeFileSync(path, bytes);
  }

  it.each([
    ['in the middle of a change: nobody was told of it, and nothing is said', false, 0],
    ['at the end of a change: a new epoch, and a word about it', true, 1],
  ])('%s', async (_, endsChange, said) => {
    const copy = join(folder, `torn ${String(endsChange)}`);
    const { folder: original, events } = logs.get('in the write-ahead log')!;
    cpSync(original, copy, { recursive: true });
    tear(copy, endsChange);
    const notices: string[] = [];
    const path = join(copy, 'events.db');
    const store = await EmbeddedEventStore.open({ path, onNotice: (text) => notices.push(text) });
    expect(notices).toEqual(
      Array.from({ length: said }, () => expect.stringMatching(/ends in a change that is not whole/)),
    );
    const kept = await everything(store);
    expect(kept.length).toBeLessThan(events.length);
    expect(kept).toEqual(events.slice(0, kept.length));
    await store.close();
  });
});

describe('one flipped byte in an event', () => {
  it.each(['data', 'metadata', 'type', 'stream', 'id'] as const)(
    'in its %s: the refusal names file, position and stream',
    async (field) => {
      const { folder: original, events } = logs.get('closed')!;
      const copy = join(folder, `flipped ${field}`);
      cpSync(original, copy, { recursive: true });
      const path = join(copy, 'events.db');
      const event = events[10]!;
      const bytes = readFileSync(path);
      const offset = field === 'data' ? 36 + 5 : field === 'metadata' ? 36 + event.data.length + 9 : 2;
      const text = event[field === 'metadata' || field === 'data' ? 'id' : field];
      // Every copy of it: pages that were split keep the former text in the part that is free now.
      for (let place = bytes.indexOf(text); place !== -1; place = bytes.indexOf(text, place + 1)) {
        bytes[place + offset] = (bytes[place + offset] ?? 0) ^ 1;
      }
      writeFileSync(path, bytes);
      const error = await EmbeddedEventStore.open({ path }).then(
        async (store) => {
          const refusal = await store.readAll({ limit: 4_096 }).then(
            () => undefined,
            (refused: unknown) => refused,
          );
          expect(store.condition()).toMatchObject({ ready: false });
          await store.close();
          return refusal;
        },
        (refused: unknown) => refused,
      );
      expect(error).toBeInstanceOf(CorruptEvent);
      expect((error as Error).message).toMatch(
        field === 'stream'
          ? /events\.db is damaged(:| in) .*stream/
          : /events\.db is damaged( at position \d+)? in stream .+/,
      );
    },
  );
});

describe('a file that is not a log of this format', () => {
  it.each([
    ['a newer format', 'PRAGMA user_version = 2', /format 2, this version of Leasebook reads and writes format 1/],
    ['another program', 'PRAGMA application_id = 1', /is not a log of Leasebook/],
  ])('is refused: %s', async (_, sql, message) => {
    const copy = join(folder, `other ${String(message)}`.replaceAll('/', ''));
    cpSync(logs.get('closed')!.folder, copy, { recursive: true });
    const path = join(copy, 'events.db');
    const database = (await loadSqlite())(path);
    database.exec(sql);
    database.close();
    await expect(EmbeddedEventStore.open({ path })).rejects.toThrow(message);
  });

  it('is refused: a text', async () => {
    const path = join(folder, 'text.db');
    writeFileSync(path, 'This is not a database. '.repeat(200));
    await expect(EmbeddedEventStore.open({ path })).rejects.toThrow(/text\.db/);
  });
});
