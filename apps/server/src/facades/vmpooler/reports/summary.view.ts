import type { DurationFigures, PoolDayDocument, PoolDayTagDocument } from '#projections/pool-days/pool-days.query';
import { fields, float, type Field, type JsonValue } from '../json-text.js';
import { average, merged, rounded } from './figures.js';

/** `boot` and `clone`. */
export type Task = 'boot' | 'clone';
type Half = 'duration' | 'count';
type Members = readonly (readonly [Half, JsonValue])[];

export interface SummaryFacts {
  /** Every day that was asked for, ascending. */
  readonly days: readonly string[];
  /** Ascending by day and pool. */
  readonly tasks: readonly PoolDayDocument[];
  readonly tags: readonly PoolDayTagDocument[];
}

/** An answer in parts, since a day's row is only made when it is written: there may be thousands. */
export interface Summary {
  readonly days: readonly string[];
  readonly row: (date: string) => JsonValue;
  /** Members in front of `daily` and behind it. */
  readonly before: readonly Field[];
  readonly after: readonly Field[];
}

/** contracts/vmpooler §7.3. */
export function summaryView(facts: SummaryFacts): Summary {
  const tasks = byDay(facts.tasks);
  const tags = byDay(facts.tags);
  return {
    days: facts.days,
    row: (date) => {
      const ofDay = tasks.get(date);
      const boot = ofDay === undefined ? noTask : fields(taskOfDay(ofDay, 'boot'));
      const clone = ofDay === undefined ? noTask : fields(taskOfDay(ofDay, 'clone'));
      return { date, boot, clone, tag: tagsOf(tags.get(date) ?? []) };
    },
    before: [],
    after: [
      ['boot', fields(taskOfRange(facts, tasks, 'boot'))],
      ['clone', fields(taskOfRange(facts, tasks, 'clone'))],
      ['tag', tagsOf(facts.tags)],
    ],
  };
}

/** One task alone; `part`: only that half of it, and nothing when there is no such half. */
export function taskSummaryView(facts: SummaryFacts, task: Task, part: string | undefined): Summary {
  const tasks = byDay(facts.tasks);
  const kept = (members: Members): JsonValue => fields(members.filter(([half]) => part === undefined || half === part));
  return {
    days: facts.days,
    row: (date) => ({ date, [task]: kept(taskOfDay(tasks.get(date) ?? [], task)) }),
    before: [[task, kept(taskOfRange(facts, tasks, task))]],
    after: [],
  };
}

/** The tags alone; the facts are those of one tag where only that was asked for. */
export function tagSummaryView(facts: SummaryFacts): Summary {
  const tags = byDay(facts.tags);
  return {
    days: facts.days,
    row: (date) => ({ date, tag: tagsOf(tags.get(date) ?? []) }),
    before: [['tag', tagsOf(facts.tags)]],
    after: [],
  };
}

function byDay<D extends { readonly day: string }>(documents: readonly D[]): ReadonlyMap<string, readonly D[]> {
  return groups(documents, ({ day }) => day);
}

function groups<T>(all: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>();
  for (const one of all) {
    const group = found.get(keyOf(one));
    if (group === undefined) found.set(keyOf(one), [one]);
    else group.push(one);
  }
  return found;
}

interface OfPool {
  readonly pool: string;
  readonly figures: DurationFigures;
}

function poolsWith(documents: readonly PoolDayDocument[], task: Task): readonly OfPool[] {
  return documents.flatMap((document) => {
    const figures = document[task];
    return figures === null || figures.count === 0 ? [] : [{ pool: document.pool, figures }];
  });
}

function taskOfDay(documents: readonly PoolDayDocument[], task: Task): Members {
  const pools = poolsWith(documents, task);
  const all = merged(pools.map(({ figures }) => figures));
  if (all === null) return nothing;
  const duration = fields(
    pools.map(({ pool, figures }): Field => {
      const { total, min, max } = figures;
      return [pool, { total: float(total), average: float(average(figures)), min: float(min), max: float(max) }];
    }),
  );
  const count = fields(pools.map(({ pool, figures }): Field => [pool, { total: figures.count }]));
  return [
    ['duration', { ...durations(all), pool: duration }],
    ['count', { total: all.count, pool: count }],
  ];
}

const nothing: Members = [
  ['duration', { average: 0, min: 0, max: 0, total: 0 }],
  ['count', { total: 0 }],
];
const noTask = fields(nothing);

function durations(all: DurationFigures): { readonly [name: string]: JsonValue } {
  return { average: float(average(all)), min: float(all.min), max: float(all.max), total: float(all.total) };
}

/** Days without data count as 0 in the figures of `count`, and not at all in those of `duration`. */
function taskOfRange(
  { days, tasks }: SummaryFacts,
  ofDays: ReadonlyMap<string, readonly PoolDayDocument[]>,
  task: Task,
): Members {
  const entries = poolsWith(tasks, task);
  const pools = groups(entries, ({ pool }) => pool);
  const all = merged(entries.map(({ figures }) => figures));
  const counts = [...ofDays.values()].map((ofDay) =>
    poolsWith(ofDay, task).reduce((sum, { figures }) => sum + figures.count, 0),
  );
  const everyDayHasSome = counts.length === days.length;
  const total = all?.count ?? 0;
  const durationOfPools: Field[] = [];
  const countOfPools: Field[] = [];
  for (const [pool, ofPool] of pools) {
    const figures = ofPool.map((each) => each.figures);
    const sums = merged(figures);
    if (sums === null) continue;
    const { total: seconds, min, max } = sums;
    const middle = float(meanOfExtremes(figures));
    durationOfPools.push([pool, { total: float(seconds), min: float(min), max: float(max), average: middle }]);
    countOfPools.push([pool, { total: sums.count }]);
  }
  const duration = all === null ? { average: 0, min: 0, max: 0, total: 0 } : durations(all);
  const count = {
    average: rounded(total / days.length, 1),
    min: everyDayHasSome ? counts.reduce((least, each) => Math.min(least, each)) : 0,
    max: counts.reduce((most, each) => Math.max(most, each), 0),
    total,
  };
  return [
    ['duration', { ...duration, pool: fields(durationOfPools) }],
    ['count', { ...count, pool: fields(countOfPools) }],
  ];
}

/** What vmpooler calls a pool's average over several days: that of the days' smallest and largest values. */
function meanOfExtremes(days: readonly DurationFigures[]): number {
  const sum = days.reduce((total, { min, max }) => total + min + max, 0);
  return rounded(sum / (2 * days.length), 6);
}

/** Machines by value, for each key, and `total` at the end of each. */
function tagsOf(documents: readonly PoolDayTagDocument[]): JsonValue {
  if (documents.length === 0) return noTags;
  const keys = new Map<string, Map<string, number>>();
  for (const { key, value, count } of documents) {
    const values = keys.get(key) ?? new Map<string, number>();
    values.set(value, (values.get(value) ?? 0) + count);
    keys.set(key, values);
  }
  return fields(
    [...keys].map(([key, values]): Field => {
      const total = [...values.values()].reduce((sum, count) => sum + count, 0);
      return [key, fields([...values].filter(([value]) => value !== 'total').concat([['total', total]]))];
    }),
  );
}

const noTags: JsonValue = {};
