import { VmpoolerError } from '../vmpooler-error.js';
import { queryValue } from '../rack-query.js';

/** Days of the server's calendar, both included: `YYYY-MM-DD`. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/** Ten years. */
export const longestRange = 3_660;

const dayMs = 86_400_000;

/** Both ends default to today. Throws one of the sentences of contracts/vmpooler §7.3. */
export function dayRange(target: string, today: string): DayRange {
  const from = queryValue(target, 'from') ?? today;
  const to = queryValue(target, 'to') ?? today;
  for (const day of [from, to])
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day))
      throw VmpoolerError.sentence(`Invalid date format '${day}', must match YYYY-MM-DD.`);
  for (const day of [from, to])
    if (!isInCalendar(day)) throw VmpoolerError.sentence(`Invalid date '${day}', there is no such day.`);
  if (to < from) throw VmpoolerError.sentence("Date range is invalid, 'to' cannot come before 'from'.");
  if (from > today) throw VmpoolerError.sentence("Date range is invalid, 'from' must be in the past.");
  if (lengthOf({ from, to }) > longestRange)
    throw VmpoolerError.sentence(`Date range is invalid, it cannot be longer than ${String(longestRange)} days.`);
  return { from, to };
}

function isInCalendar(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && dayOf(at) === day;
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

function lengthOf({ from, to }: DayRange): number {
  return (Date.parse(to) - Date.parse(from)) / dayMs + 1;
}

/** Ascending. */
export function daysOf(range: DayRange): readonly string[] {
  const first = Date.parse(range.from);
  return Array.from({ length: lengthOf(range) }, (_, index) => dayOf(first + index * dayMs));
}
