import { MemoryEventStore, MemoryLog } from './adapters/memory/index.js';
import { ChainedStream } from './contract/chained-events.js';
import { CorruptEvent } from './corrupt-event.js';
import type { RecordedEvent } from './port.js';
import { verifyLog, type LogFinding } from './verify-log.js';

async function chainedLog(): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  const streams = ['a', 'b', 'c'].map((name) => new ChainedStream(name));
  for (let round = 0; round < 20; round += 1) await store.append(streams.map((stream) => stream.next(2)));
  return store;
}

/** Alters what is stored, as somebody with access to the disk could. */
function alter(store: MemoryEventStore, index: number, change: Partial<RecordedEvent>): void {
  store.log.events[index] = { ...store.log.events[index]!, ...change };
}

const places = (findings: readonly LogFinding[]): unknown[] => findings.map(({ kind, position }) => [kind, position]);

describe('verifying a log', () => {
  it('finds nothing in a whole one, and says how much it read', async () => {
    const progress: number[] = [];
    const store = await chainedLog();
    expect(await verifyLog(store, (position, last) => progress.push(position, last), { consecutive: true })).toEqual({
      events: 120,
      streams: 3,
      findings: [],
    });
    expect(progress).toEqual([120, 120]);
  });

  it('finds nothing in an empty one', async () => {
    expect(await verifyLog(new MemoryEventStore())).toEqual({ events: 0, streams: 0, findings: [] });
  });

  it.each([
    ['data', { data: '{"text":"forged"}' }],
    ['type', { type: 'tests/Forged@1' }],
    ['id', { id: '00000000-0000-4000-8000-000000000000' }],
  ])('finds altered %s by the event that comes next in the stream', async (_, change) => {
    const store = await chainedLog();
    alter(store, 60, change);
    const { findings } = await verifyLog(store);
    expect(places(findings)).toEqual([['broken-chain', 62]]);
    expect(findings[0]).toMatchObject({ stream: 'a', revision: 21 });
    expect(findings[0]!.text).toContain('stream a, revision 21');
  });

  it('finds altered metadata at once', async () => {
    const store = await chainedLog();
    alter(store, 60, { metadata: '{}' });
    expect(places((await verifyLog(store)).findings)).toEqual([
      ['broken-chain', 61],
      ['broken-chain', 62],
    ]);
  });

  it('finds an event that is missing, in its stream and among the positions', async () => {
    const store = await chainedLog();
    store.log.events.splice(60, 1);
    expect(places((await verifyLog(store, undefined, { consecutive: true })).findings)).toEqual([
      ['position-gap', 62],
      ['revision-gap', 62],
    ]);
    expect(places((await verifyLog(store)).findings)).toEqual([['revision-gap', 62]]);
  });

  it('finds time that goes back', async () => {
    const store = await chainedLog();
    alter(store, 60, { recordedAt: 5 });
    expect(places((await verifyLog(store)).findings)).toEqual([['time-goes-back', 61]]);
  });

  it('finds gaps that are none, where positions need not be consecutive: nothing', async () => {
    const store = new MemoryEventStore({ log: new MemoryLog(undefined, 7) });
    await store.append([new ChainedStream('a').next(5)]);
    expect((await verifyLog(store)).findings).toEqual([]);
  });

  it('names what cannot be read, and goes on behind it', async () => {
    const store = await chainedLog();
    const readAll = store.readAll.bind(store);
    store.readAll = async (options) => {
      const page = await readAll(options);
      const damaged = page.find(({ position }) => position === 40 || position === 77);
      if (damaged === undefined) return page;
      const { position, stream, revision } = damaged;
      throw new CorruptEvent({ file: 'events.db', position, stream, revision }, 'does not fit its checksum');
    };
    const { events, findings } = await verifyLog(store);
    expect(places(findings)).toEqual([
      ['unreadable', 40],
      ['unreadable', 77],
    ]);
    expect(events).toBe(118);
    expect(findings[0]!.text).toMatch(/events\.db is damaged at position 40 in stream/);
  });
});
