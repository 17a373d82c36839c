import { ChainedStream } from '../../contract/chained-events.js';
import {
  appendOf,
  appendOne,
  everything,
  fill,
  idsOf,
  newEvent,
  newEvents,
  until,
} from '../../contract/store-under-test.js';
import type { RecordedEvent } from '../../port.js';
import { verifyLog } from '../../verify-log.js';
import { openFaultyStore, type FaultyStore } from './faults/faulty-store.js';

let faulty: FaultyStore;
beforeEach(async () => {
  faulty = await openFaultyStore();
});
afterEach(() => faulty.dispose());

const isReady = (): boolean => faulty.store.condition().ready;

describe('a commit that fails', () => {
  it.each([
    ['commit-lost', 'appended'],
    ['commit-landed', 'repeated'],
  ] as const)('%s: the outcome is unknown, and the same append sent again is %s', async (mode, again) => {
    const { store, faults } = faulty;
    await fill(store, 'before', newEvents(3));
    const append = appendOf('a', 'noStream', ...newEvents(2));
    faults.mode = mode;
    expect(await store.append([append])).toMatchObject([{ kind: 'unknown', reason: expect.stringMatching(/I\/O/) }]);
    faults.mode = 'none';
    await until(isReady);
    expect(await store.append([append])).toMatchObject([{ kind: again, revision: 1, firstPosition: 4, position: 5 }]);
    expect(idsOf(await store.readStream('a'))).toEqual(idsOf(append.events));
    expect(await everything(store)).toHaveLength(5);
  });

  it('says that the store is not ready and takes nothing until it is open again', async () => {
    const { store, faults, notices } = faulty;
    await fill(store, 'before', newEvents(1));
    faults.mode = 'commit-lost';
    faults.maxPages = 1;
    await appendOne(store, 'a', 'noStream', newEvent());
    expect(store.condition()).toMatchObject({
      ready: false,
      reason: expect.stringMatching(/I\/O error.*SQLITE_IOERR/),
    });
    expect(await appendOne(store, 'a', 'noStream', newEvent())).toMatchObject({ kind: 'unavailable' });
    // The engine raises the bound to what the file has: the proof that the disk takes something fails instead.
    await until(() => /cannot be reopened.*full/.test(JSON.stringify(store.condition())));
    expect(await appendOne(store, 'a', 'noStream', newEvent())).toMatchObject({ kind: 'unavailable' });
    faults.mode = 'none';
    faults.maxPages = 0;
    await until(isReady);
    expect(await appendOne(store, 'a', 'noStream', newEvent())).toMatchObject({ kind: 'appended', position: 2 });
    expect(notices).toEqual([
      expect.stringMatching(/writing to .*events\.db failed/),
      expect.stringMatching(/reopened and checked/),
    ]);
  });

  it('leaves what was sent behind it certainly unwritten', async () => {
    const { store, faults } = faulty;
    faults.closeGate();
    const first = appendOne(store, 'a', 'noStream', newEvent());
    await until(() => faults.commits === 1);
    const second = appendOne(store, 'b', 'noStream', newEvent());
    await new Promise((resolve) => setTimeout(resolve, 10));
    faults.mode = 'commit-lost';
    faults.openGate();
    expect(await first).toMatchObject({ kind: 'unknown' });
    expect(await second).toMatchObject({ kind: 'unavailable' });
    faults.mode = 'none';
    await until(isReady);
    expect(await store.readStream('b')).toEqual([]);
  });

  it('neither ends subscriptions nor lets them miss or repeat anything', async () => {
    const { store, faults } = faulty;
    const seen: RecordedEvent[] = [];
    const ends: Error[] = [];
    const subscription = store.subscribeToAll({
      after: undefined,
      onEvents: (events) => void seen.push(...events),
      onEnd: (cause) => ends.push(cause),
    });
    await fill(store, 'before', newEvents(3));
    faults.mode = 'commit-landed';
    await appendOne(store, 'a', 'noStream', ...newEvents(2));
    faults.mode = 'none';
    await until(isReady);
    await appendOne(store, 'a', 1, newEvent());
    await until(() => seen.length === 6);
    expect(seen).toEqual(await everything(store));
    expect(ends).toEqual([]);
    await subscription.stop();
  });

  it('does not keep the store from being closed', async () => {
    const { store, faults, path } = faulty;
    faults.mode = 'commit-lost';
    faults.maxPages = 1;
    await appendOne(store, 'a', 'noStream', newEvent());
    await store.close();
    expect(store.condition()).toMatchObject({ ready: false, reason: 'the event store is closed' });
    expect(path).toContain('events.db');
  });
});

describe("the writer's thread", () => {
  it('that dies leaves the outcome unknown, and another one takes its place', async () => {
    const { store, faults } = faulty;
    const append = appendOf('a', 'noStream', newEvent());
    faults.mode = 'thread-dies';
    expect(await store.append([append])).toMatchObject([{ kind: 'unknown' }]);
    faults.mode = 'none';
    await until(isReady);
    expect(await store.append([append])).toMatchObject([{ kind: 'appended' }]);
  });

  it('writes all that came while it was busy in one transaction', async () => {
    const { store, faults } = faulty;
    faults.closeGate();
    const outcomes = [appendOne(store, 'a', 'noStream', newEvent())];
    await until(() => faults.commits === 1);
    for (let index = 0; index < 63; index += 1) {
      outcomes.push(appendOne(store, `s-${index}`, 'noStream', newEvent()));
      await new Promise(setImmediate);
    }
    faults.openGate();
    for (const outcome of await Promise.all(outcomes)) expect(outcome).toMatchObject({ kind: 'appended' });
    expect(faults.commits).toBe(2);
  });
});

describe('a full disk', () => {
  it('acknowledges nothing, keeps all that was acknowledged, and goes on when there is room', async () => {
    const { store, faults } = faulty;
    const streams = Array.from({ length: 4 }, (_, index) => new ChainedStream(`w-${index}`));
    const acknowledged: string[] = [];
    faults.maxPages = 120;
    const refused: unknown[] = [];
    await Promise.all(
      streams.map(async (stream) => {
        for (;;) {
          const append = stream.next(3, 'x'.repeat(500));
          const [outcome] = await store.append([append]);
          if (outcome?.kind !== 'appended') return refused.push([append, outcome?.kind]);
          acknowledged.push(...idsOf(append.events));
        }
      }),
    );
    expect(acknowledged.length).toBeGreaterThan(50);
    expect(refused.map((each) => (each as [unknown, string])[1])).toEqual(Array(4).fill('unavailable'));
    expect(store.condition()).toMatchObject({ ready: false, reason: expect.stringMatching(/full/) });
    const { epoch } = store;
    faults.maxPages = 0;
    await until(isReady);
    expect(idsOf(await everything(store)).sort()).toEqual(acknowledged.sort());
    for (const each of refused) {
      const [append] = each as [Parameters<typeof store.append>[0][number]];
      expect(await store.append([append])).toMatchObject([{ kind: 'appended' }]);
    }
    expect((await verifyLog(store, undefined, { consecutive: true })).findings).toEqual([]);
    expect(store.epoch).toBe(epoch);
  });
});

describe('the queue', () => {
  it('is bounded: what does not fit is refused as unavailable, and what waits is still written', async () => {
    const small = await openFaultyStore({ maxPendingEvents: 100 });
    try {
      small.faults.closeGate();
      const taken = appendOne(small.store, 'a', 'noStream', ...newEvents(90));
      expect(await appendOne(small.store, 'b', 'noStream', ...newEvents(11))).toEqual({
        kind: 'unavailable',
        reason: 'too many events wait for the disk',
      });
      const fits = appendOne(small.store, 'b', 'noStream', ...newEvents(10));
      small.faults.openGate();
      expect(await taken).toMatchObject({ kind: 'appended' });
      expect(await fits).toMatchObject({ kind: 'appended' });
      expect(small.store.condition()).toEqual({ ready: true });
      expect(await appendOne(small.store, 'c', 'noStream', ...newEvents(500))).toMatchObject({ kind: 'appended' });
    } finally {
      await small.dispose();
    }
  });
});
