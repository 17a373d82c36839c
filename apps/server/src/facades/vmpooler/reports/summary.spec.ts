import { beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DurationFigures, PoolDayDocument, PoolDayTagDocument } from '#projections/pool-days/pool-days.query';
import { fields, jsonText } from '../json-text.js';
import { VmpoolerError } from '../vmpooler-error.js';
import { dayRange, daysOf, longestRange } from './summary.request.js';
import { summaryText } from './summary-text.js';
import { summaryView, tagSummaryView, taskSummaryView, type Summary, type SummaryFacts } from './summary.view.js';

const today = '2026-03-10';

describe('a range', () => {
  it.each([
    ['', today, today],
    ['?from', today, today],
    ['?from=2026-03-09', '2026-03-09', today],
    ['?to=2026-03-11', today, '2026-03-11'],
    ['?from=2024-02-29&to=2024-02-29', '2024-02-29', '2024-02-29'],
    ['?from=2001-01-01&from=2026-03-08', '2026-03-08', today],
    ['?from=2026%2D03%2D08', '2026-03-08', today],
  ])('%s', (query, from, to) => {
    expect(dayRange(`/summary${query}`, today)).toEqual({ from, to });
  });

  const sentence = (date: string): string => `Invalid date format '${date}', must match YYYY-MM-DD.`;
  const backwards = "Date range is invalid, 'to' cannot come before 'from'.";
  it.each([
    ['?from=', sentence('')],
    ['?from=yesterday&to=x', sentence('yesterday')],
    ['?to=2026-3-1', sentence('2026-3-1')],
    ['?to=2026-03-09%0A2026-03-10', sentence('2026-03-09\n2026-03-10')],
    ['?from=20260309', sentence('20260309')],
    ['?from=2026-02-30', "Invalid date '2026-02-30', there is no such day."],
    ['?from=2026-13-01', "Invalid date '2026-13-01', there is no such day."],
    ['?to=2026-00-10', "Invalid date '2026-00-10', there is no such day."],
    ['?from=2026-03-09&to=2026-03-08', backwards],
    ['?from=2026-03-11', backwards],
    ['?from=2026-03-12&to=2026-03-13', "Date range is invalid, 'from' must be in the past."],
    ['?from=1000-01-01', `Date range is invalid, it cannot be longer than ${String(longestRange)} days.`],
  ])('%s is refused', (query, text) => {
    let thrown: unknown;
    try {
      dayRange(`/summary${query}`, today);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(VmpoolerError);
    expect(thrown).toMatchObject({ status: 400, text });
  });

  it('is one of days that there are, or refused, whatever is asked for', () => {
    const day = fc.oneof(
      fc.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      fc
        .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
      fc.string(),
    );
    fc.assert(
      fc.property(day, day, (from, to) => {
        let range: ReturnType<typeof dayRange>;
        try {
          range = dayRange(`/summary?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`, today);
        } catch (error) {
          expect(error).toBeInstanceOf(VmpoolerError);
          expect((error as VmpoolerError).text).toMatch(/\.$/);
          return;
        }
        const days = daysOf(range);
        expect([days[0], days.at(-1)]).toEqual([from, to]);
        expect(new Set(days).size).toBe(days.length);
        expect(days.length).toBeLessThanOrEqual(longestRange);
      }),
    );
  });

  it('is as long as allowed and no longer', () => {
    const first = new Date(Date.parse(today) - (longestRange - 1) * 86_400_000).toISOString().slice(0, 10);
    expect(daysOf(dayRange(`/summary?from=${first}`, today))).toHaveLength(longestRange);
    expect(() => dayRange(`/summary?from=${first}&to=2026-03-11`, today)).toThrow();
  });

  it('has each of its days once, over months, years and leap days', () => {
    expect(daysOf({ from: '2024-02-28', to: '2024-03-01' })).toEqual(['2024-02-28', '2024-02-29', '2024-03-01']);
    expect(daysOf({ from: '2025-12-31', to: '2026-01-01' })).toEqual(['2025-12-31', '2026-01-01']);
    expect(daysOf({ from: today, to: today })).toEqual([today]);
  });
});

const figures = (count: number, total: number, min: number, max: number): DurationFigures => ({
  count,
  total,
  min,
  max,
});
const task = (day: string, pool: string, boot: DurationFigures | null, clone: DurationFigures | null = null) =>
  ({ _id: `${day}/${pool}`, day, pool, boot, clone }) satisfies PoolDayDocument;
const tag = (day: string, pool: string, key: string, value: string, count: number): PoolDayTagDocument => ({
  _id: [day, pool, key, value].join('/'),
  day,
  pool,
  key,
  value,
  count,
});

const facts: SummaryFacts = {
  days: ['2026-03-08', '2026-03-09', '2026-03-10'],
  tasks: [
    task('2026-03-09', 'alma-9', figures(4, 100.5, 20, 31.07)),
    task('2026-03-09', 'suse-15', figures(2, 60, 30, 30), figures(1, 5, 5, 5)),
    task('2026-03-10', 'alma-9', figures(1, 12.25, 12.25, 12.25)),
  ],
  tags: [
    tag('2026-03-09', 'alma-9', 'department', 'chemistry', 2),
    tag('2026-03-09', 'suse-15', 'department', 'chemistry', 1),
    tag('2026-03-09', 'suse-15', 'department', 'physics', 1),
    tag('2026-03-10', 'alma-9', '__proto__', '7', 1),
    tag('2026-03-10', 'alma-9', 'department', 'physics', 3),
  ],
};

/** As a client reads it. */
const shown = async (summary: Summary): Promise<Record<string, unknown>> =>
  JSON.parse(await summaryText(summary)) as Record<string, unknown>;

const noTask = { duration: { average: 0, min: 0, max: 0, total: 0 }, count: { total: 0 } };

describe('a summary', () => {
  let summary: Record<string, unknown>;
  beforeAll(async () => {
    summary = await shown(summaryView(facts));
  });

  it('is written as every other answer', async () => {
    for (const given of [summaryView(facts), taskSummaryView(facts, 'clone', undefined), tagSummaryView(facts)]) {
      const { before, days, row, after } = given;
      expect(await summaryText(given)).toBe(jsonText(fields([...before, ['daily', days.map(row)], ...after])));
    }
  });

  it('has a row for each day, of zeros where nothing was', () => {
    expect(summary.daily).toEqual([
      { date: '2026-03-08', boot: noTask, clone: noTask, tag: {} },
      {
        date: '2026-03-09',
        boot: {
          duration: {
            average: 26.8,
            min: 20,
            max: 31.07,
            total: 160.5,
            pool: {
              'alma-9': { total: 100.5, average: 25.1, min: 20, max: 31.07 },
              'suse-15': { total: 60, average: 30, min: 30, max: 30 },
            },
          },
          count: { total: 6, pool: { 'alma-9': { total: 4 }, 'suse-15': { total: 2 } } },
        },
        clone: {
          duration: {
            average: 5,
            min: 5,
            max: 5,
            total: 5,
            pool: { 'suse-15': { total: 5, average: 5, min: 5, max: 5 } },
          },
          count: { total: 1, pool: { 'suse-15': { total: 1 } } },
        },
        tag: { department: { chemistry: 3, physics: 1, total: 4 } },
      },
      {
        date: '2026-03-10',
        boot: {
          duration: {
            average: 12.3,
            min: 12.25,
            max: 12.25,
            total: 12.25,
            pool: { 'alma-9': { total: 12.25, average: 12.3, min: 12.25, max: 12.25 } },
          },
          count: { total: 1, pool: { 'alma-9': { total: 1 } } },
        },
        clone: noTask,
        tag: { ['__proto__']: { 7: 1, total: 1 }, department: { physics: 3, total: 3 } },
      },
    ]);
  });

  it('has figures of the whole: averages, smallest and largest, totals', () => {
    expect(summary.boot).toEqual({
      duration: {
        average: 24.7,
        min: 12.25,
        max: 31.07,
        total: 172.75,
        pool: {
          'alma-9': { total: 112.75, min: 12.25, max: 31.07, average: 18.8925 },
          'suse-15': { total: 60, min: 30, max: 30, average: 30 },
        },
      },
      count: { average: 2.3, min: 0, max: 6, total: 7, pool: { 'alma-9': { total: 5 }, 'suse-15': { total: 2 } } },
    });
    expect(summary.clone).toMatchObject({ count: { average: 0.3, min: 0, max: 1, total: 1 } });
    expect(Object.entries(summary.tag as object)).toEqual([
      ['department', { chemistry: 3, physics: 4, total: 7 }],
      ['__proto__', { 7: 1, total: 1 }],
    ]);
  });

  it('of one day has that day as its smallest', async () => {
    const day = await shown(summaryView({ ...facts, days: ['2026-03-10'], tasks: facts.tasks.slice(2), tags: [] }));
    expect(day.boot).toMatchObject({ count: { average: 1, min: 1, max: 1, total: 1 } });
  });

  it('of nothing is all zeros', async () => {
    const nothing = await shown(summaryView({ days: [today], tasks: [], tags: [] }));
    const zeros = { duration: { average: 0, min: 0, max: 0, total: 0, pool: {} }, count: { average: 0, min: 0, max: 0, total: 0, pool: {} } }; // prettier-ignore
    expect(nothing).toEqual({
      daily: [{ date: today, boot: noTask, clone: noTask, tag: {} }],
      boot: zeros,
      clone: zeros,
      tag: {},
    });
  });
});

describe('a part of a summary', () => {
  let summary: Record<string, unknown>;
  beforeAll(async () => {
    summary = await shown(summaryView(facts));
  });
  const dailyOf = (name: string): unknown =>
    (summary.daily as readonly Record<string, unknown>[]).map((day) => ({ date: day.date, [name]: day[name] }));

  it.each(['boot', 'clone'] as const)('%s is what the whole says of it', async (name) => {
    expect(await shown(taskSummaryView(facts, name, undefined))).toEqual({
      [name]: summary[name],
      daily: dailyOf(name),
    });
  });

  it.each(['duration', 'count'] as const)('keeps only %s in both places', async (half) => {
    const part = await shown(taskSummaryView(facts, 'boot', half));
    expect(part.boot).toEqual({ [half]: (summary.boot as Record<string, unknown>)[half] });
    for (const { boot } of part.daily as readonly { readonly boot: object }[])
      expect(Object.keys(boot)).toEqual([half]);
  });

  it('of a half that there is not is empty', async () => {
    const part = await shown(taskSummaryView({ ...facts, days: [today], tasks: [] }, 'boot', 'nothing'));
    expect(part).toEqual({ boot: {}, daily: [{ date: today, boot: {} }] });
  });

  it('tag is what the whole says of it', async () => {
    expect(await shown(tagSummaryView(facts))).toEqual({ tag: summary.tag, daily: dailyOf('tag') });
  });
});

interface Totals {
  readonly duration: { readonly min: number; readonly max: number; readonly total: number };
  readonly count: { readonly min: number; readonly max: number; readonly total: number };
}

describe('a summary of a range', () => {
  const pools = ['alma-9', 'suse-15'];
  const some = fc
    .array(fc.integer({ min: 0, max: 200_000 }), { minLength: 1, maxLength: 5 })
    .map((hundredths) => hundredths.map((each) => each / 100))
    .map((all) => figures(all.length, Math.round(all.reduce((sum, each) => sum + each, 0) * 100) / 100, Math.min(...all), Math.max(...all))); // prettier-ignore
  const days = fc.array(fc.record({ boot: fc.array(fc.option(some), { minLength: 2, maxLength: 2 }), tags: fc.array(fc.nat(3), { minLength: 2, maxLength: 2 }) }), { minLength: 1, maxLength: 6 }); // prettier-ignore

  it('is the merge of its days', async () => {
    await fc.assert(
      fc.asyncProperty(days, async (given) => {
        const names = daysOf({ from: '2026-03-01', to: `2026-03-0${String(given.length)}` });
        const ofDay = given.map(({ boot, tags }, index): SummaryFacts => {
          const date = names[index] ?? '';
          return {
            days: [date],
            tasks: pools.flatMap((pool, at) => (boot[at] == null ? [] : [task(date, pool, boot[at])])),
            tags: pools.flatMap((pool, at) => (tags[at] ? [tag(date, pool, 'user', pool, tags[at])] : [])),
          };
        });
        const whole = await shown(
          summaryView({
            days: names,
            tasks: ofDay.flatMap(({ tasks }) => tasks),
            tags: ofDay.flatMap(({ tags }) => tags),
          }),
        );
        const single = await Promise.all(ofDay.map((each) => shown(summaryView(each))));
        expect(whole.daily).toEqual(single.flatMap(({ daily }) => daily));
        const boots = single.map(({ boot }) => boot as Totals);
        const boot = whole.boot as Totals;
        const counts = boots.map(({ count }) => count.total);
        const withData = boots.filter(({ count }) => count.total > 0).map(({ duration }) => duration);
        expect(boot.count).toMatchObject({
          total: counts.reduce((sum, each) => sum + each),
          min: Math.min(...counts),
          max: Math.max(...counts),
        });
        expect(boot.duration.total).toBeCloseTo(
          boots.reduce((sum, { duration }) => sum + duration.total, 0),
          2,
        );
        expect(boot.duration).toMatchObject(
          withData.length === 0
            ? { min: 0, max: 0 }
            : { min: Math.min(...withData.map(({ min }) => min)), max: Math.max(...withData.map(({ max }) => max)) },
        );
        const users = (summary: Record<string, unknown>): number =>
          (summary.tag as { readonly user?: { readonly total: number } }).user?.total ?? 0;
        expect(users(whole)).toBe(single.reduce((sum, each) => sum + users(each), 0));
      }),
    );
  });
});
