import { describe, expect, it } from '@jest/globals';
import { appendOf, appendOne, everything, fill, idsOf, newEvent, newEvents, type Bench } from './store-under-test.js';

export function appending(bench: Bench): void {
  describe('an append to a stream that', () => {
    it('does not exist is taken when none is expected, and gets revision 0', async () => {
      const outcome = await appendOne(bench.store, 'a', 'noStream', newEvent());
      expect(outcome).toMatchObject({ kind: 'appended', revision: 0 });
      if (outcome.kind === 'appended') expect(outcome.firstPosition).toBe(outcome.position);
    });

    it('does not exist conflicts when a revision is expected', async () => {
      expect(await appendOne(bench.store, 'a', 0, newEvent())).toEqual({ kind: 'conflict', actual: 'noStream' });
      expect(await everything(bench.store)).toEqual([]);
    });

    it.each([
      ['none', 'noStream' as const],
      ['an earlier revision', 1],
      ['a later revision', 3],
    ])('is at revision 2 conflicts when %s is expected, says so, and stores nothing', async (_, expected) => {
      await fill(bench.store, 'a', newEvents(3));
      expect(await appendOne(bench.store, 'a', expected, newEvent())).toEqual({ kind: 'conflict', actual: 2 });
      expect(await bench.store.readStream('a')).toHaveLength(3);
    });

    it('is at the expected revision goes on from there, all events in order', async () => {
      await fill(bench.store, 'a', newEvents(3));
      await fill(bench.store, 'b', newEvents(2));
      const added = newEvents(4);
      const outcome = await appendOne(bench.store, 'a', 2, ...added);
      expect(outcome).toMatchObject({ kind: 'appended', revision: 6 });
      const stored = await bench.store.readStream('a', { from: 3 });
      expect(stored.map(({ id, revision }) => [id, revision])).toEqual(added.map(({ id }, i) => [id, i + 3]));
      expect(outcome).toMatchObject({
        firstPosition: stored[0]!.position,
        position: stored.at(-1)!.position,
        recordedAt: stored.at(-1)!.recordedAt,
      });
    });
  });

  describe('an append that comes again', () => {
    it('is answered as repeated, with the first outcome, and stores nothing', async () => {
      await fill(bench.store, 'a', newEvents(2));
      const append = appendOf('a', 1, ...newEvents(3));
      const [first] = await bench.store.append([append]);
      const [again] = await bench.store.append([append]);
      expect(again).toEqual({ ...first, kind: 'repeated' });
      expect(await bench.store.readStream('a')).toHaveLength(5);
    });

    it('is recognised at its place also when the stream has gone on', async () => {
      const append = appendOf('a', 'noStream', ...newEvents(2));
      const [first] = await bench.store.append([append]);
      await appendOne(bench.store, 'a', 1, ...newEvents(3));
      expect(await bench.store.append([append])).toEqual([{ ...first, kind: 'repeated' }]);
    });

    it('twice in one call is stored once', async () => {
      const append = appendOf('a', 'noStream', newEvent());
      const [first, second] = await bench.store.append([append, append]);
      expect(first).toMatchObject({ kind: 'appended', revision: 0 });
      expect(second).toEqual({ ...first, kind: 'repeated' });
    });

    it('as one, made of two that were appended apart, is recognised with the places of both', async () => {
      const events = newEvents(3);
      const first = await appendOne(bench.store, 'a', 'noStream', events[0]!);
      await fill(bench.store, 'between', newEvents(2));
      const second = await appendOne(bench.store, 'a', 0, ...events.slice(1));
      expect(await appendOne(bench.store, 'a', 'noStream', ...events)).toEqual({
        ...second,
        kind: 'repeated',
        firstPosition: first.kind === 'appended' ? first.position : undefined,
      });
    });

    it('is still recognised after a restart', async () => {
      const append = appendOf('a', 'noStream', ...newEvents(3));
      const [first] = await bench.store.append([append]);
      const store = await bench.subject.reopen();
      expect(await store.append([append])).toEqual([{ ...first, kind: 'repeated' }]);
    });

    it('in part, or in another order, is a conflict', async () => {
      const [one, two, three] = newEvents(3) as [
        ReturnType<typeof newEvent>,
        ReturnType<typeof newEvent>,
        ReturnType<typeof newEvent>,
      ];
      await fill(bench.store, 'a', [one, two]);
      expect(await appendOne(bench.store, 'a', 'noStream', one, two, three)).toEqual({ kind: 'conflict', actual: 1 });
      expect(await appendOne(bench.store, 'a', 'noStream', two, one)).toEqual({ kind: 'conflict', actual: 1 });
      expect(await bench.store.readStream('a')).toHaveLength(2);
    });

    // C2: whoever reloads and decides anew must remember its ids itself; the store looks at that one place only.
    it('at another place is a new append: ids are not unique in the log', async () => {
      const event = newEvent();
      await fill(bench.store, 'a', [event]);
      expect(await appendOne(bench.store, 'a', 0, event)).toMatchObject({ kind: 'appended', revision: 1 });
      expect(await appendOne(bench.store, 'b', 'noStream', event)).toMatchObject({ kind: 'appended', revision: 0 });
      expect(idsOf(await everything(bench.store))).toEqual([event.id, event.id, event.id]);
    });
  });

  describe('a batch', () => {
    it('has one outcome for each append, and they do not depend on each other', async () => {
      await fill(bench.store, 'b', newEvents(2));
      const outcomes = await bench.store.append([
        appendOf('a', 'noStream', ...newEvents(2)),
        appendOf('b', 'noStream', newEvent()),
        appendOf('c', 7, newEvent()),
        appendOf('d', 'noStream', newEvent()),
      ]);
      expect(outcomes).toMatchObject([
        { kind: 'appended', revision: 1 },
        { kind: 'conflict', actual: 1 },
        { kind: 'conflict', actual: 'noStream' },
        { kind: 'appended', revision: 0 },
      ]);
      expect(await bench.store.readStream('c')).toEqual([]);
    });

    it('may hold several appends to one stream, which come one after the other', async () => {
      const [first, second, third] = [newEvents(2), newEvents(1), newEvents(3)];
      const outcomes = await bench.store.append([
        appendOf('a', 'noStream', ...first),
        appendOf('a', 1, ...second),
        appendOf('a', 1, newEvent()),
        appendOf('a', 2, ...third),
      ]);
      expect(outcomes).toMatchObject([
        { kind: 'appended', revision: 1 },
        { kind: 'appended', revision: 2 },
        { kind: 'conflict', actual: 2 },
        { kind: 'appended', revision: 5 },
      ]);
      expect(idsOf(await bench.store.readStream('a'))).toEqual(idsOf([...first, ...second, ...third]));
    });

    it('of none has no outcomes', async () => {
      expect(await bench.store.append([])).toEqual([]);
    });

    it('sent while another one is on its way comes after it', async () => {
      const calls = Array.from({ length: 50 }, (_, index) =>
        appendOne(bench.store, 'a', index === 0 ? 'noStream' : index - 1, newEvent()),
      );
      const outcomes = await Promise.all(calls);
      expect(outcomes.map((outcome) => outcome.kind === 'appended' && outcome.revision)).toEqual([...calls.keys()]);
    });

    it.each([
      ['no events', appendOf('a', 'noStream')],
      ['more than 4,096 events', appendOf('a', 'noStream', ...newEvents(4_097))],
      ['a stream without a name', appendOf('', 'noStream', newEvent())],
      ['an expected revision below 0', appendOf('a', -1, newEvent())],
      ['an expected revision that is no whole number', appendOf('a', 0.5, newEvent())],
      ['text that has no UTF-8 form', appendOf('a', 'noStream', newEvent({ data: '"\ud800"' }))],
    ])('with %s is refused as a mistake of the caller, and nothing of it is stored', async (_, wrong) => {
      await expect(bench.store.append([appendOf('b', 'noStream', newEvent()), wrong])).rejects.toThrow(Error);
      expect(await everything(bench.store)).toEqual([]);
    });

    it('may have 4,096 events in one append', async () => {
      const events = newEvents(4_096);
      expect(await appendOne(bench.store, 'a', 'noStream', ...events)).toMatchObject({ revision: 4_095 });
      expect(idsOf(await bench.store.readStream('a'))).toEqual(idsOf(events));
    });
  });

  describe('what is stored', () => {
    it.each([
      ['letters of all sorts', JSON.stringify({ name: 'Grüße, 東京, \u{1F680}, \u202Eעברית', tab: '\t' })],
      ['a zero character', '{"a":"\u0000b"}'],
      ['white space and the order of keys', '{ "b" : 1,\n  "a":2.50 }'],
      ['one megabyte', JSON.stringify({ text: 'x€'.repeat(350_000) })],
    ])('comes back byte for byte: %s', async (_, text) => {
      const event = newEvent({ data: text, metadata: text, type: 'tests/Größe@1' });
      await fill(bench.store, 'straße-東京', [event]);
      expect(await bench.store.readStream('straße-東京')).toMatchObject([{ ...event, stream: 'straße-東京' }]);
      const store = await bench.subject.reopen();
      const [stored] = await store.readAll();
      expect(Buffer.from(stored!.data).equals(Buffer.from(text))).toBe(true);
      expect(stored!.metadata).toBe(text);
    });

    it('has ascending positions and a time that never goes back, also when the clock does', async () => {
      for (const [index, time] of [5_000_000, 5_000_700, 2_000_000, 5_000_100, 5_000_900].entries()) {
        bench.clock.time = time;
        await appendOne(bench.store, 'a', index === 0 ? 'noStream' : index - 1, newEvent());
      }
      bench.clock.time = 1_000_000;
      const store = await bench.subject.reopen();
      await appendOne(store, 'a', 4, newEvent());
      const events = await everything(store);
      const times = events.map(({ recordedAt }) => recordedAt);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(times[0]).toBeLessThanOrEqual(5_000_001);
      expect(times.at(-1)).toBeGreaterThanOrEqual(5_000_900);
      events.reduce((before, event) => {
        expect(event.position).toBeGreaterThan(before.position);
        return event;
      });
    });
  });
}
