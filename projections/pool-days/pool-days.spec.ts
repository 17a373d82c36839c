import { describe, expect, it } from '@jest/globals';
import { poolCatalog, type DayFigures, type PoolEvent, type TagFigure } from '#pools';
import type { Freshness } from '#read-store';
import { documentsOf, FoldedStore, poolEvent, RecordedHistory, sampleCheckout } from '#specs';
import { poolDayTagsProjection } from '../pool-day-tags/pool-day-tags.projection.js';
import { BootAndCloneDaysHandler, TagDaysHandler } from './pool-days.handler.js';
import { poolDaysProjection } from './pool-days.projection.js';
import { BootAndCloneDays, TagDays } from './pool-days.query.js';

function recorded(events: readonly PoolEvent[], history = new RecordedHistory(poolCatalog)) {
  return events.map((event) => history.on(`pool-${event.data.pool}`, event));
}

const figures = (count: number, day = '2026-11-21'): DayFigures => ({ day, count, total: count * 2.5, min: 2, max: 3 });
const durations = (count: number) => ({ count, total: count * 2.5, min: 2, max: 3 });
const cloned = (told: DayFigures, pool = 'alma') =>
  poolEvent('VmCloned', { pool, name: 'x', seconds: 2.5, ip: null, figures: told });
const booted = (told: DayFigures) => poolEvent('VmReady', { name: 'x', seconds: 2.5, figures: told, staleAt: null });
const delivered = (told: DayFigures) =>
  poolEvent('VmDelivered', {
    ...{ name: 'x', request: 'r', checkout: sampleCheckout, seconds: 2.5, figures: told, expiresAt: null },
  });
const tagged = (pool: string, ...told: readonly TagFigure[]) =>
  poolEvent('VmModified', { pool, name: 'x', tags: {}, figures: told, expiresAt: null });
const tag = (key: string, value: string, count: number, day = '2026-11-21'): TagFigure => ({ day, key, value, count });

const freshness: Freshness = { upToDate: async () => ({ stale: false }) };

describe('the read model of days', () => {
  it.each<[string, readonly PoolEvent[], object]>([
    ['a clone', [cloned(figures(1))], { boot: null, clone: durations(1) }],
    ['a boot', [booted(figures(1))], { boot: durations(1), clone: null }],
    ['a delivery', [delivered(figures(4))], { boot: durations(4), clone: null }],
    ['several', [cloned(figures(1)), booted(figures(1)), cloned(figures(2)), delivered(figures(2)), cloned(figures(3))], { boot: durations(2), clone: durations(3) }],
  ])('has the figures after %s, as they are told', (_what, events, expected) => {
    const documents = documentsOf(poolDaysProjection, recorded(events));
    expect(documents['poolDays/2026-11-21/alma']).toEqual({ _id: '2026-11-21/alma', day: '2026-11-21', pool: 'alma', ...expected });
  }); // prettier-ignore

  async function asked() {
    const folded = await FoldedStore.of(poolDaysProjection);
    const history = new RecordedHistory(poolCatalog);
    const handler = new BootAndCloneDaysHandler(folded.store, freshness);
    return {
      add: (...events: readonly PoolEvent[]) => folded.add(...recorded(events, history)),
      days: async (from: string, to: string) => (await handler.execute(new BootAndCloneDays(from, to))).value,
    };
  }

  it('gives the days of a span, both ends included, by day and pool', async () => {
    const { add, days } = await asked();
    const told = ['2026-11-22', '2026-11-20', '2026-11-21', '2026-12-01'].map((day) => figures(1, day));
    await add(...told.map((each) => cloned(each)), cloned(figures(1), 'acme'));
    const ids = async (from: string, to: string) => (await days(from, to)).map(({ _id }) => _id);
    expect(await ids('2026-11-20', '2026-11-22')).toEqual([
      '2026-11-20/alma',
      '2026-11-21/acme',
      '2026-11-21/alma',
      '2026-11-22/alma',
    ]);
    expect(await ids('2026-11-23', '2026-11-30')).toEqual([]);
    expect(await ids('2026-11-21', '2026-11-21')).toEqual(['2026-11-21/acme', '2026-11-21/alma']);
  });

  it('gives the same object for one day until any day changes', async () => {
    const { add, days } = await asked();
    await add(cloned(figures(1)));
    const today = await days('2026-11-21', '2026-11-21');
    expect(await days('2026-11-21', '2026-11-21')).toBe(today);
    await add(cloned(figures(2)));
    expect(await days('2026-11-21', '2026-11-21')).toMatchObject([{ clone: { count: 2 } }]);
    expect(await days('2026-11-22', '2026-11-22')).toEqual([]);
    expect(await days('2026-11-21', '2026-11-21')).toHaveLength(1);
  });

  it('gives any number of days', async () => {
    const { add, days } = await asked();
    const start = Date.UTC(1999, 0, 1);
    const dayAfter = (count: number) => new Date(start + count * 86_400_000).toISOString().slice(0, 10);
    await add(...Array.from({ length: 10_001 }, (_, at) => cloned(figures(at, dayAfter(at)))));
    const all = await days('1999-01-01', '2999-12-31');
    expect(all).toHaveLength(10_001);
    expect(all.at(-1)).toMatchObject({ day: dayAfter(10_000), clone: { count: 10_000 } });
  });
});

describe('the read model of tags by day', () => {
  async function asked(...events: readonly PoolEvent[]) {
    documentsOf(poolDayTagsProjection, recorded(events));
    const folded = await FoldedStore.of(poolDayTagsProjection);
    await folded.add(...recorded(events));
    const handler = new TagDaysHandler(folded.store, freshness);
    return async (key?: string, from = '2026-11-20', to = '2026-11-22') =>
      (await handler.execute(new TagDays(from, to, key))).value.map((found) =>
        [found.day, found.pool, found.key, found.value, found.count].join(' '),
      );
  }

  it('has the counts as they are told, and none of zero', async () => {
    const tags = await asked(
      tagged('alma', tag('owner', 'ada', 1), tag('url', 'x', 1)),
      tagged('rocky', tag('owner', 'ada', 7)),
      tagged('alma', tag('owner', 'ada', 0), tag('owner', 'bob', 2)),
      tagged('alma', tag('owner', 'eve', 1, '2026-11-20'), tag('owner', 'eve', 1, '2026-11-19')),
    );
    expect(await tags()).toEqual([
      '2026-11-20 alma owner eve 1',
      '2026-11-21 alma owner bob 2',
      '2026-11-21 alma url x 1',
      '2026-11-21 rocky owner ada 7',
    ]);
    expect(await tags('url')).toEqual(['2026-11-21 alma url x 1']);
    expect(await tags('owner', '2026-11-21')).toEqual(['2026-11-21 alma owner bob 2', '2026-11-21 rocky owner ada 7']);
    expect(await tags('nothing')).toEqual([]);
  });

  it('tells pools, keys and values of any text apart', async () => {
    const tags = await asked(
      tagged('a', tag('b/c', 'd', 1)),
      tagged('a', tag('b', 'c/d', 2)),
      tagged('a', tag('__proto__', 'x'.repeat(5_000), 3)),
      tagged('a', tag('k', '\ud800', 4), tag('k', '\udfff', 5)),
    );
    expect(await tags()).toHaveLength(5);
  });
});
