import { describe, expect, it } from '@jest/globals';
import { StoreUnavailable } from '#kernel';
import { appendOf, appendOne, everything, fill, idsOf, newEvent, newEvents, type Bench } from './store-under-test.js';

export function living(bench: Bench): void {
  describe('64 writers', () => {
    it('on one stream: each revision is won once, and the losers learn where the stream is', async () => {
      const won: string[] = [];
      await Promise.all(
        Array.from({ length: 64 }, async () => {
          let expected: number | 'noStream' = 'noStream';
          for (let done = 0; done < 3;) {
            const event = newEvent();
            const outcome = await appendOne(bench.store, 'contested', expected, event);
            if (outcome.kind === 'appended') {
              won.push(event.id);
              expected = outcome.revision;
              done += 1;
            } else {
              if (outcome.kind !== 'conflict') throw new Error(`not expected: ${JSON.stringify(outcome)}`);
              expect(outcome.actual).not.toBe(expected);
              expected = outcome.actual;
            }
          }
        }),
      );
      const stored = await bench.store.readStream('contested');
      expect(stored.map(({ revision }) => revision)).toEqual([...Array(192).keys()]);
      expect(idsOf(stored).sort()).toEqual(won.sort());
    });

    it('on as many streams: all are stored, each stream in its order, in one order of all', async () => {
      await Promise.all(
        Array.from({ length: 64 }, async (_, writer) => {
          for (let index = 0; index < 10; index += 1) {
            const event = newEvent({ data: `{"index":${index}}` });
            const outcome = await appendOne(bench.store, `w-${writer}`, index === 0 ? 'noStream' : index - 1, event);
            expect(outcome).toMatchObject({ kind: 'appended', revision: index });
          }
        }),
      );
      const all = await everything(bench.store);
      expect(all).toHaveLength(640);
      for (let writer = 0; writer < 64; writer += 1) {
        const own = all.filter(({ stream }) => stream === `w-${writer}`);
        expect(own.map(({ data }) => data)).toEqual([...Array(10).keys()].map((index) => `{"index":${index}}`));
        expect(own).toEqual(await bench.store.readStream(`w-${writer}`));
      }
    });
  });

  describe('a log', () => {
    it('has a name of its own that outlives restarts and crashes', async () => {
      const { epoch } = bench.store;
      expect(epoch).toMatch(/^\S+$/);
      expect((await bench.subject.reopen()).epoch).toBe(epoch);
      expect((await bench.subject.crash()).epoch).toBe(epoch);
    });

    it('keeps after a crash whatever was acknowledged, and goes on from there', async () => {
      const acknowledged: string[] = [];
      await Promise.all(
        Array.from({ length: 16 }, async (_, writer) => {
          const events = newEvents(7);
          await fill(bench.store, `w-${writer}`, events);
          acknowledged.push(...idsOf(events));
        }),
      );
      const before = await everything(bench.store);
      const store = await bench.subject.crash();
      expect(await everything(store)).toEqual(before);
      expect(idsOf(before).sort()).toEqual(acknowledged.sort());
      expect(await appendOne(store, 'w-3', 6, newEvent())).toMatchObject({ kind: 'appended', revision: 7 });
      expect((await everything(store)).at(-1)!.position).toBeGreaterThan(before.at(-1)!.position);
    });

    it('is the same in both directions and from every reader after a restart', async () => {
      await fill(bench.store, 'a', newEvents(20));
      const before = await everything(bench.store);
      const store = await bench.subject.reopen();
      expect(await everything(store)).toEqual(before);
      expect(await store.readAll({ direction: 'backward' })).toEqual([...before].reverse());
    });
  });

  describe('a store', () => {
    it('says that it is ready', () => {
      expect(bench.store.condition()).toEqual({ ready: true });
      expect(typeof bench.store.exclusive).toBe('boolean');
    });

    it('that is closed takes and gives nothing, says so, and may be closed again', async () => {
      await fill(bench.store, 'a', newEvents(1));
      await bench.store.close();
      await bench.store.close();
      expect(bench.store.condition()).toMatchObject({ ready: false, reason: expect.stringMatching(/closed/) });
      const outcomes = await bench.store.append([appendOf('a', 0, newEvent()), appendOf('b', 'noStream', newEvent())]);
      expect(outcomes).toMatchObject([{ kind: 'unavailable' }, { kind: 'unavailable' }]);
      await expect(bench.store.readStream('a')).rejects.toThrow(StoreUnavailable);
      await expect(bench.store.readAll()).rejects.toThrow(StoreUnavailable);
      await expect(bench.store.head()).rejects.toThrow(StoreUnavailable);
      await expect(bench.store.headAt(0)).rejects.toThrow(StoreUnavailable);
      expect(await (await bench.subject.reopen()).readStream('a')).toHaveLength(1);
    });

    it('that is being closed gives every append on its way an outcome, and keeps what it acknowledged', async () => {
      const events = newEvents(40);
      const onTheirWay = events.map((event, index) => appendOne(bench.store, `s-${index}`, 'noStream', event));
      const closing = bench.store.close();
      const outcomes = await Promise.all(onTheirWay);
      await closing;
      expect(outcomes.filter(({ kind }) => kind !== 'appended' && kind !== 'unavailable')).toEqual([]);
      const stored = new Set(idsOf(await everything(await bench.subject.reopen())));
      expect(events.map(({ id }) => stored.has(id))).toEqual(outcomes.map(({ kind }) => kind === 'appended'));
    });
  });
}
