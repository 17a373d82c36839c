import type { DayFigures, TagFigure } from './pool.events.js';

/** Durations in hundredths of a second: whole numbers, so that sums stay exact. */
export interface Durations {
  readonly count: number;
  readonly total: number;
  readonly min: number;
  readonly max: number;
}

export interface Day {
  boots: Durations | null;
  clones: Durations | null;
  /** The day's tag table: machine and key → value. */
  readonly table: Map<string, string>;
  /** How many pairs of machine and tag have a value: key → value → count. */
  readonly counts: Map<string, Map<string, number>>;
}

/** By date: the two latest days of all that were ever filed under. */
export type Days = Map<string, Day>;

const keptDays = 2;

/**
 * The day to file under. A command of yesterday may come late; one of a day before the kept ones (a clock was wrong) is
 * filed under the earliest of them, since the figures of its own day are no longer known here.
 */
export function filingDay(days: Readonly<Days>, day: string): string {
  const known = [...days.keys()].sort();
  const [earliest] = known;
  return known.length < keptDays || earliest === undefined || day > earliest ? day : earliest;
}

/** What stands there under a date; made when it is new, and then the earliest is forgotten. */
export function dayOf(days: Days, date: string): Day {
  const known = days.get(date);
  if (known !== undefined) return known;
  const day: Day = { boots: null, clones: null, table: new Map(), counts: new Map() };
  days.set(date, day);
  const [earliest] = [...days.keys()].sort();
  if (days.size > keptDays && earliest !== undefined) days.delete(earliest);
  return day;
}

export function hundredths(seconds: number): number {
  return Math.max(0, Math.round(seconds * 100));
}

/** The day's figures with one more duration. */
export function figuresWith(
  days: Readonly<Days>,
  kind: 'boots' | 'clones',
  commandDay: string,
  duration: number,
): DayFigures {
  const day = filingDay(days, commandDay);
  const before = days.get(day)?.[kind] ?? { count: 0, total: 0, min: duration, max: duration };
  return {
    day,
    count: before.count + 1,
    total: (before.total + duration) / 100,
    min: Math.min(before.min, duration) / 100,
    max: Math.max(before.max, duration) / 100,
  };
}

export function keepFigures(days: Days, kind: 'boots' | 'clones', figures: DayFigures): void {
  const { day, count, total, min, max } = figures;
  dayOf(days, day)[kind] = { count, total: hundredths(total), min: hundredths(min), max: hundredths(max) };
}

/** What changes in the day's counts when these tags are set on a machine: the same value again counts once a day. */
export function tagFigures(
  days: Readonly<Days>,
  commandDay: string,
  name: string,
  tags: readonly (readonly [key: string, value: string])[],
): TagFigure[] {
  const day = filingDay(days, commandDay);
  const known = days.get(day);
  const figures: TagFigure[] = [];
  for (const [key, value] of tags) {
    const before = known?.table.get(pairOf(name, key));
    if (before === value) continue;
    const count = (of: string): number => known?.counts.get(key)?.get(of) ?? 0;
    if (before !== undefined) figures.push({ day, key, value: before, count: count(before) - 1 });
    figures.push({ day, key, value, count: count(value) + 1 });
  }
  return figures;
}

/** `figures` says which of the tags count, and the counts. */
export function keepTagFigures(
  days: Days,
  name: string,
  tags: Readonly<Record<string, string>>,
  figures: readonly TagFigure[],
): void {
  for (const { day: date, key, value, count } of figures) {
    const day = dayOf(days, date);
    const counts = day.counts.get(key) ?? new Map<string, number>();
    day.counts.set(key, counts);
    if (count === 0) counts.delete(value);
    else counts.set(value, count);
    const now = Object.hasOwn(tags, key) ? tags[key] : undefined;
    if (now === value) day.table.set(pairOf(name, key), value);
  }
}

/** Names hold no colon. */
function pairOf(name: string, key: string): string {
  return `${name}:${key}`;
}
