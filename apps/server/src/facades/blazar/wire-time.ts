import { pythonStr } from '#wire';
import { BlazarError } from './blazar-error.js';

/** Times on this wire (contracts/blazar §3). In the program: milliseconds since 1970. */

const minute = 60_000;

export function minuteOf(time: number): number {
  return Math.floor(time / minute) * minute;
}

/** strptime's `%Y-%m-%d %H:%M`. */
const written = /^(\d{4})-(1[0-2]|0[1-9]|[1-9])-(3[01]|[12]\d|0[1-9]|[1-9]| [1-9])\s+(2[0-3]|[01]\d|\d):([0-5]\d|\d)$/;

/** A date as a client writes it. Throws BlazarError. */
export function dateOf(value: unknown): number {
  const time = typeof value === 'string' ? timeOf(value) : undefined;
  if (time !== undefined) return time;
  throw new BlazarError(400, `${pythonStr(value)} is an invalid date. Required format: %Y-%m-%d %H:%M`);
}

/** `now` is the minute that has begun. */
export function dateOrNow(value: unknown, now: number): number {
  return value === 'now' ? minuteOf(now) : dateOf(value);
}

function timeOf(text: string): number | undefined {
  const found = written.exec(text);
  if (found === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minutes = 0] = found.slice(1).map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minutes);
  return year > 0 && date.getUTCDate() === day ? date.getTime() : undefined;
}

/** `2031-05-04T09:00:00.000000` */
export function dateText(time: number): string {
  return `${new Date(time).toISOString().slice(0, -1)}000`;
}

/** `2031-05-04 09:00:00.000000`: of `created_at` and `updated_at`. */
export function momentText(time: number): string {
  return dateText(time).replace('T', ' ');
}

export function momentOrNull(time: number | null): string | null {
  return time === null ? null : momentText(time);
}
