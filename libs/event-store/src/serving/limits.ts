import type { Append, ExpectedRevision, ReadAllOptions, ReadStreamOptions } from '../port.js';

export const MAX_EVENTS_PER_APPEND = 4_096;
export const MAX_PAGE_EVENTS = 4_096;
export const MAX_SUBSCRIPTION_BATCH_EVENTS = 1_024;

/** Throws RangeError or TypeError for a call that no store could serve: a mistake of the caller, found before anything is queued. */
export function checkAppends(batch: readonly Append[]): void {
  for (const { stream, expected, events } of batch) {
    checkText('stream', stream);
    if (stream === '') throw new RangeError('a stream has a name');
    if (expected !== 'noStream') checkCount('expected revision', expected);
    if (events.length < 1 || events.length > MAX_EVENTS_PER_APPEND) {
      throw new RangeError(`an append has 1 to ${MAX_EVENTS_PER_APPEND} events, not ${events.length}`);
    }
    for (const { id, type, data, metadata } of events) {
      checkText('id', id);
      checkText('type', type);
      checkText('data', data);
      checkText('metadata', metadata);
    }
  }
}

export function checkRead({ limit, ...rest }: ReadStreamOptions & ReadAllOptions): void {
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit >= 1 && limit <= MAX_PAGE_EVENTS)) {
    throw new RangeError(`a page has 1 to ${MAX_PAGE_EVENTS} events, not ${limit}`);
  }
  if (rest.from !== undefined) checkCount('from', rest.from);
  if (rest.after !== undefined && !Number.isSafeInteger(rest.after)) throw new RangeError('after is a position');
}

/** The revision that the first event of an append gets. */
export function firstRevision(expected: ExpectedRevision): number {
  return expected === 'noStream' ? 0 : expected + 1;
}

function checkCount(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${what} is a number from 0, not ${value}`);
}

// A lone surrogate has no UTF-8 form: it would come back as another character, and the hash chain would break.
function checkText(what: string, text: string): void {
  if (!text.isWellFormed()) throw new TypeError(`${what} holds half a surrogate pair`);
}
