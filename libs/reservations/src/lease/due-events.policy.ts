import { refuse, type Refused } from '#kernel';
import type { DueEvent, LeaseEventType } from './lease.events.js';

/** Of a lease that is asked for. Milliseconds since 1970; `beforeEndAt` undefined: by the settings. */
export interface AskedDates {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly beforeEndAt?: number | undefined;
}

const minuteMs = 60_000;

/** Dates are compared with the minute that it is (contracts/blazar §3). */
export function minuteOf(now: number): number {
  return Math.floor(now / minuteMs) * minuteMs;
}

/** What forbids these dates of a new lease; undefined: nothing. */
export function datesRefusal(
  { startsAt, endsAt }: AskedDates,
  now: number,
): Refused<'start-in-past' | 'end-not-after-start'> | undefined {
  if (startsAt < minuteOf(now)) return refuse('start-in-past');
  return endsAt > startsAt ? undefined : refuse('end-not-after-start');
}

/** Asked after everything else of a new lease was found to be in order (contracts/blazar §5). */
export function beforeEndRefusal({
  startsAt,
  endsAt,
  beforeEndAt,
}: AskedDates): Refused<'before-end-out-of-lease'> | undefined {
  const isOut = beforeEndAt !== undefined && !(startsAt < beforeEndAt && beforeEndAt < endsAt);
  return isOut ? refuse('before-end-out-of-lease') : undefined;
}

/** Events of a new lease whose dates are in order; `minutesBeforeEnd` 0: none before the end, unless it was asked for. */
export function dueEvents(
  { startsAt, endsAt, beforeEndAt }: AskedDates,
  minutesBeforeEnd: number,
  idOf: (type: LeaseEventType) => string,
): readonly DueEvent[] {
  const due = (type: LeaseEventType, dueAt: number): DueEvent => ({ id: idOf(type), type, dueAt });
  const both = [due('start_lease', startsAt), due('end_lease', endsAt)];
  if (beforeEndAt !== undefined) return [...both, due('before_end_lease', beforeEndAt)];
  if (minutesBeforeEnd === 0) return both;
  return [...both, due('before_end_lease', Math.max(startsAt, endsAt - minutesBeforeEnd * minuteMs))];
}
