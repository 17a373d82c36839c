import { beforeEach, describe, expect, it } from '@jest/globals';
import type { EventFilter, RecordedEvent } from '../port.js';
import { appendOne, everything, fill, idsOf, metadataOf, newEvent, newEvents, type Bench } from './store-under-test.js';

export function reading(bench: Bench): void {
  describe('reading a stream', () => {
    let ids: string[];
    beforeEach(async () => {
      const events = newEvents(10);
      ids = idsOf(events);
      await fill(bench.store, 'other', newEvents(2));
      await fill(bench.store, 'a', events.slice(0, 5));
      await appendOne(bench.store, 'other', 1, newEvent());
      await appendOne(bench.store, 'a', 4, ...events.slice(5));
    });

    it.each([
      ['forward, by default', {}, [0, 10]],
      ['from a revision', { from: 4 }, [4, 10]],
      ['from the last', { from: 9 }, [9, 10]],
      ['from behind the last', { from: 10 }, [0, 0]],
      ['a page', { from: 2, limit: 3 }, [2, 5]],
      ['a page that ends with the stream', { from: 7, limit: 3 }, [7, 10]],
    ] as const)('%s', async (_, options, [from, to]) => {
      const events = await bench.store.readStream('a', options);
      expect(idsOf(events)).toEqual(ids.slice(from, to));
      expect(events.map(({ revision }) => revision)).toEqual([...ids.keys()].slice(from, to));
      expect(events.every(({ stream }) => stream === 'a')).toBe(true);
    });

    it.each([
      ['all', {}, [0, 10]],
      ['from a revision', { from: 4 }, [0, 5]],
      ['from the first', { from: 0 }, [0, 1]],
      ['from behind the last', { from: 99 }, [0, 10]],
      ['a page', { limit: 3 }, [7, 10]],
      ['a page from a revision', { from: 5, limit: 2 }, [4, 6]],
      ['a page that ends with the beginning', { from: 1, limit: 2 }, [0, 2]],
    ] as const)('backward: %s', async (_, options, [from, to]) => {
      const events = await bench.store.readStream('a', { ...options, direction: 'backward' });
      expect(idsOf(events)).toEqual(ids.slice(from, to).reverse());
    });

    it('that does not exist gives nothing, in both directions', async () => {
      expect(await bench.store.readStream('nobody')).toEqual([]);
      expect(await bench.store.readStream('nobody', { direction: 'backward', from: 3 })).toEqual([]);
    });

    it.each([0, -1, 1.5, 4_097])('with a limit of %d is refused', async (limit) => {
      await expect(bench.store.readStream('a', { limit })).rejects.toThrow(RangeError);
      await expect(bench.store.readAll({ limit })).rejects.toThrow(RangeError);
    });
  });

  describe('a page of the whole log', () => {
    it('holds 4,096 events unless told otherwise, and the next one begins behind it', async () => {
      await fill(bench.store, 'a', newEvents(4_096));
      await fill(bench.store, 'b', newEvents(3));
      expect(await bench.store.readAll()).toHaveLength(4_096);
      expect(idsOf(await everything(bench.store, 1_000))).toEqual(idsOf(await everything(bench.store)));
      expect(await bench.store.readStream('a', { limit: 4_096 })).toHaveLength(4_096);
    });

    it('of an empty log is empty, in both directions', async () => {
      expect(await bench.store.readAll()).toEqual([]);
      expect(await bench.store.readAll({ direction: 'backward' })).toEqual([]);
    });
  });

  describe('reading all events', () => {
    let all: readonly RecordedEvent[];
    beforeEach(async () => {
      const streams = ['hypervisors', 'hypervisor-a', 'hypervisor-b', 'hostAggregates', 'hyper'];
      const types = ['inventory/A@1', 'inventory/B@1', 'identity/C@1'];
      const revisions = new Map<string, number>();
      for (let index = 0; index < 60; index += 1) {
        bench.clock.time = 2_000_000 + Math.floor(index / 5) * 1_000;
        const stream = streams[index % streams.length]!;
        const revision = revisions.get(stream);
        const event = newEvent({ type: types[index % types.length]!, metadata: metadataOf(`u-${index % 4}`) });
        await appendOne(bench.store, stream, revision ?? 'noStream', event);
        revisions.set(stream, (revision ?? -1) + 1);
      }
      all = await bench.store.readAll();
    });

    const filters: [string, EventFilter | undefined, (event: RecordedEvent) => boolean][] = [
      ['no filter', undefined, () => true],
      ['an empty filter', {}, () => true],
      ['one type', { types: ['inventory/B@1'] }, ({ type }) => type === 'inventory/B@1'],
      [
        'several types',
        { types: ['identity/C@1', 'inventory/A@1', 'identity/C@1'] },
        ({ type }) => type !== 'inventory/B@1',
      ],
      ['an unknown type', { types: ['inventory/Z@1'] }, () => false],
      ['no type at all', { types: [] }, () => false],
      ['a stream', { streams: ['hypervisor-a'] }, ({ stream }) => stream === 'hypervisor-a'],
      [
        'streams',
        { streams: ['hypervisor-a', 'hyper', 'nobody'] },
        ({ stream }) => ['hypervisor-a', 'hyper'].includes(stream),
      ],
      ['a prefix with its dash', { streamPrefix: 'hypervisor-' }, ({ stream }) => stream.startsWith('hypervisor-')],
      ['a prefix of words', { streamPrefix: 'hyper' }, ({ stream }) => stream.startsWith('hyper')],
      [
        'a prefix that reaches behind the dash',
        { streamPrefix: 'hypervisor-b' },
        ({ stream }) => stream === 'hypervisor-b',
      ],
      ['a prefix with wildcards of SQL', { streamPrefix: 'h%' }, () => false],
      ['the empty prefix', { streamPrefix: '' }, () => true],
      ['an actor', { actor: 'u-2' }, ({ metadata }) => metadata === metadataOf('u-2')],
      ['an unknown actor', { actor: 'u-9' }, () => false],
      [
        'a time span',
        { recordedFrom: 2_003_000, recordedBefore: 2_007_000 },
        ({ recordedAt: t }) => t >= 2_003_000 && t < 2_007_000,
      ],
      ['from a time', { recordedFrom: 2_009_500 }, ({ recordedAt }) => recordedAt >= 2_009_500],
      ['before a time', { recordedBefore: 2_002_000 }, ({ recordedAt }) => recordedAt < 2_002_000],
      [
        'everything at once',
        { types: ['inventory/A@1', 'inventory/B@1'], streamPrefix: 'hyper', actor: 'u-1', recordedFrom: 2_001_000 },
        (e) =>
          e.type !== 'identity/C@1' &&
          e.stream.startsWith('hyper') &&
          e.metadata === metadataOf('u-1') &&
          e.recordedAt >= 2_001_000,
      ],
    ];

    it.each(filters)(
      'by %s gives what matches, in order, at once and page by page, in both directions',
      async (...row) => {
        const [, filter, matches] = row;
        const options = filter === undefined ? {} : { filter };
        for (const direction of ['forward', 'backward'] as const) {
          const expected = all.filter(matches);
          if (direction === 'backward') expected.reverse();
          expect(await bench.store.readAll({ ...options, direction })).toEqual(expected);
          const read: RecordedEvent[] = [];
          for (let page: readonly RecordedEvent[] | undefined; page === undefined || page.length === 7;) {
            const after = read.at(-1)?.position;
            page = await bench.store.readAll({
              ...options,
              direction,
              limit: 7,
              ...(after === undefined ? {} : { after }),
            });
            read.push(...page);
          }
          expect(read).toEqual(expected);
        }
      },
    );

    it('begins behind the position it is given, forward and backward', async () => {
      const middle = all[30]!;
      expect(await bench.store.readAll({ after: middle.position })).toEqual(all.slice(31));
      expect(await bench.store.readAll({ after: middle.position, direction: 'backward' })).toEqual(
        all.slice(0, 30).reverse(),
      );
      expect(await bench.store.readAll({ after: all.at(-1)!.position })).toEqual([]);
      expect(await bench.store.readAll({ after: all[0]!.position, direction: 'backward' })).toEqual([]);
    });
  });

  describe('the head', () => {
    it('of an empty log is undefined, at any time', async () => {
      expect(await bench.store.head()).toBeUndefined();
      expect(await bench.store.headAt(Number.MAX_SAFE_INTEGER)).toBeUndefined();
    });

    it('is the last event, also after a restart', async () => {
      await fill(bench.store, 'a', newEvents(3));
      const { position, recordedAt } = (await everything(bench.store)).at(-1)!;
      expect(await bench.store.head()).toEqual({ position, recordedAt });
      expect(await (await bench.subject.reopen()).head()).toEqual({ position, recordedAt });
    });

    it('at a moment is the last event recorded until then', async () => {
      for (const [index, time] of [3_000_000, 3_000_000, 3_000_500, 3_002_000].entries()) {
        bench.clock.time = time;
        await fill(bench.store, `s-${index}`, newEvents(2));
      }
      const all = await everything(bench.store);
      for (const moment of [0, 2_999_999, ...all.flatMap(({ recordedAt: t }) => [t - 1, t, t + 1]), 9_000_000]) {
        const last = all.filter(({ recordedAt }) => recordedAt <= moment).at(-1);
        expect(await bench.store.headAt(moment)).toEqual(
          last && { position: last.position, recordedAt: last.recordedAt },
        );
      }
    });
  });
}
