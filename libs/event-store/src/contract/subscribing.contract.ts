import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#kernel';
import type { EventStore, RecordedEvent, Subscription } from '../port.js';
import { appendOne, everything, fill, idsOf, newEvent, newEvents, until, type Bench } from './store-under-test.js';

interface Follower {
  readonly seen: RecordedEvent[];
  readonly subscription: Subscription;
  readonly caughtUp: number[];
  readonly ends: Error[];
}

function follow(
  store: EventStore,
  after: number | undefined,
  handle: (events: readonly RecordedEvent[]) => Promise<void> | void = () => undefined,
): Follower {
  const [seen, caughtUp, ends]: [RecordedEvent[], number[], Error[]] = [[], [], []];
  const subscription = store.subscribeToAll({
    after,
    onEvents: (events) => {
      seen.push(...events);
      return handle(events);
    },
    onCaughtUp: () => caughtUp.push(seen.length),
    onEnd: (cause) => ends.push(cause),
  });
  return { seen, subscription, caughtUp, ends };
}

/** Writers that append one event after the other, each to a stream of its own. */
function write(store: EventStore, writers: number, eventsEach: number): Promise<unknown> {
  return Promise.all(
    Array.from({ length: writers }, async (_, writer) => {
      for (let index = 0; index < eventsEach; index += 1) {
        await appendOne(store, `w-${writer}`, index === 0 ? 'noStream' : index - 1, newEvent());
      }
    }),
  );
}

export function subscribing(bench: Bench): void {
  describe('a subscription', () => {
    it('to an empty log is caught up, then gets what comes', async () => {
      const follower = follow(bench.store, undefined);
      await until(() => follower.caughtUp.length === 1);
      await fill(bench.store, 'a', newEvents(3));
      await until(() => follower.caughtUp.length === 2);
      expect(follower.seen).toEqual(await everything(bench.store));
      expect(follower.caughtUp).toEqual([0, 3]);
      await follower.subscription.stop();
    });

    it('begins behind its position', async () => {
      await fill(bench.store, 'a', newEvents(10));
      const all = await everything(bench.store);
      const follower = follow(bench.store, all[6]!.position);
      await until(() => follower.caughtUp.length === 1);
      expect(follower.seen).toEqual(all.slice(7));
      await follower.subscription.stop();
    });

    it('passes from catching up to live without loss, repetition or disorder while others write', async () => {
      await fill(bench.store, 'before', newEvents(3_000));
      const batches: number[] = [];
      const writing = write(bench.store, 8, 60);
      const follower = follow(bench.store, undefined, (events) => void batches.push(events.length));
      await writing;
      await until(() => follower.seen.length >= 3_480);
      expect(idsOf(follower.seen)).toEqual(idsOf(await everything(bench.store)));
      expect(Math.max(...batches)).toBeLessThanOrEqual(1_024);
      await follower.subscription.stop();
    });

    it('works for many at different positions at once', async () => {
      await fill(bench.store, 'before', newEvents(100));
      const all = await everything(bench.store);
      const followers = [undefined, ...all.filter((_, index) => index % 9 === 0).map(({ position }) => position)].map(
        (after) => ({ after: after ?? -1, ...follow(bench.store, after) }),
      );
      await write(bench.store, 5, 20);
      const last = (await bench.store.head())!.position;
      await until(() => followers.every(({ seen }) => seen.at(-1)?.position === last));
      const stored = await everything(bench.store);
      for (const { after, seen } of followers) expect(seen).toEqual(stored.filter(({ position }) => position > after));
      await Promise.all(followers.map(({ subscription }) => subscription.stop()));
    });

    it('waits for a slow handler, and holds up neither writers nor the others', async () => {
      let release = (): void => undefined;
      let running = 0;
      const slow = follow(bench.store, undefined, async () => {
        running += 1;
        expect(running).toBe(1);
        await new Promise<void>((resolve) => (release = resolve));
        running -= 1;
      });
      const quick = follow(bench.store, undefined);
      await fill(bench.store, 'a', newEvents(1));
      await until(() => running === 1);
      await write(bench.store, 4, 25);
      await until(() => quick.seen.length === 101);
      expect(slow.seen).toHaveLength(1);
      while (slow.seen.length < 101 || running > 0) {
        release();
        await until(() => running === 1 || slow.seen.length === 101);
      }
      expect(slow.seen).toEqual(quick.seen);
      await Promise.all([slow.subscription.stop(), quick.subscription.stop()]);
    });

    it('delivers nothing more once it is stopped, and waits for the handler that runs', async () => {
      let finished = false;
      const follower = follow(bench.store, undefined, async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        finished = true;
      });
      await fill(bench.store, 'a', newEvents(1));
      await until(() => follower.seen.length === 1);
      await follower.subscription.stop();
      expect(finished).toBe(true);
      await appendOne(bench.store, 'a', 0, newEvent());
      const other = follow(bench.store, undefined);
      await until(() => other.seen.length === 2);
      expect(follower.seen).toHaveLength(1);
      expect(follower.ends).toEqual([]);
      await other.subscription.stop();
    });

    it.each([
      [
        'throws',
        () => {
          throw new Error('a fold that fails');
        },
      ],
      ['rejects', () => Promise.reject(new Error('a fold that fails'))],
    ])('ends when its handler %s, says why, and leaves the others alone', async (_, fail) => {
      const [failing, other] = [follow(bench.store, undefined, fail), follow(bench.store, undefined)];
      await fill(bench.store, 'a', newEvents(1));
      await until(() => failing.ends.length === 1);
      await appendOne(bench.store, 'a', 0, newEvent());
      await until(() => other.seen.length === 2);
      expect(failing.ends).toEqual([new Error('a fold that fails')]);
      expect(failing.seen).toHaveLength(1);
      await Promise.all([failing.subscription.stop(), other.subscription.stop()]);
    });

    it('taken up again from its checkpoint after a crash goes on exactly there', async () => {
      const first = follow(bench.store, undefined);
      await write(bench.store, 3, 10);
      await until(() => first.seen.length === 30);
      await first.subscription.stop();
      await fill(bench.store, 'later', newEvents(5));
      const store = await bench.subject.crash();
      const second = follow(store, first.seen.at(-1)!.position);
      await until(() => second.seen.length === 5);
      expect([...first.seen, ...second.seen]).toEqual(await everything(store));
      await second.subscription.stop();
    });

    it('ends when the store is closed, and one begun later ends at once', async () => {
      const follower = follow(bench.store, undefined);
      await until(() => follower.caughtUp.length === 1);
      await bench.store.close();
      const late = follow(bench.store, undefined);
      await until(() => follower.ends.length === 1 && late.ends.length === 1);
      expect(follower.ends[0]).toBeInstanceOf(StoreUnavailable);
      expect(late.ends[0]).toBeInstanceOf(StoreUnavailable);
    });
  });
}
