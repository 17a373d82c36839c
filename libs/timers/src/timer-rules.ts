import type { Timer } from './port.js';

const idPattern = /^(?!-?\d+$)[A-Za-z0-9._-]{1,255}$/;

/** Throws a `RangeError` for a timer that not every adapter could keep (port.ts, `Timer`). */
export function assertTimer({ id, dueAt }: Timer): void {
  if (!idPattern.test(id))
    throw new RangeError(
      `a timer's id is 1 to 255 of A-Z a-z 0-9 . _ - and no integer, unlike ${JSON.stringify(id).slice(0, 300)}`,
    );
  if (!Number.isFinite(dueAt)) throw new RangeError(`timer ${id} is due at ${dueAt}, which is no time`);
}

const firstRetryMs = 1000;
const longestRetryMs = 60_000;

/** How long to wait after this many failures in a row: 1 s doubling to 60 s. */
export function retryAfterMs(failures: number): number {
  return Math.min(firstRetryMs * 2 ** (failures - 1), longestRetryMs);
}

export const defaultConcurrency = 50;
/** How long `stop` waits for those that are firing. */
export const stopWaitMs = 5000;
