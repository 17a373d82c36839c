import type { Append, AppendOutcome, Head, NewEvent } from '../../../port.js';
import type { DamagedPlace } from '../../../corrupt-event.js';

/** What the writer's thread is started with. */
export interface WriterSettings {
  readonly path: string;
  /** After a failure: write something of substance first, to learn whether the disk takes it again. */
  readonly probe: boolean;
  /** For tests that bring a worker of their own. */
  readonly testing: unknown;
}

/** Appends as one flat list: plain strings and numbers cross to another thread for a fraction of what objects cost. */
export type FlatAppends = (string | number)[];

export type ToWriter =
  | { readonly kind: 'append'; readonly now: number; readonly appends: FlatAppends }
  /** Finish, empty the write-ahead log, close. */
  | { readonly kind: 'close' }
  /** Close as it is. */
  | { readonly kind: 'abandon' };

export type FromWriter =
  | {
      readonly kind: 'opened';
      readonly epoch: string;
      readonly head: Head | undefined;
      readonly notices: readonly string[];
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly damaged: DamagedPlace | undefined }
  /** As encodeOutcome writes them, in the order in which the appends were sent. */
  | { readonly kind: 'outcomes'; readonly outcomes: number[] }
  /** The transaction of the next `appends` failed; the writer takes nothing more. */
  | { readonly kind: 'failed'; readonly appends: number; readonly mayHaveLanded: boolean; readonly reason: string }
  | { readonly kind: 'closed'; readonly failure: string | undefined };

const NO_STREAM = -1;

export function encodeAppends(appends: readonly Append[]): FlatAppends {
  const flat: FlatAppends = [];
  for (const { stream, expected, events } of appends) {
    flat.push(stream, expected === 'noStream' ? NO_STREAM : expected, events.length);
    for (const { id, type, data, metadata } of events) flat.push(id, type, data, metadata);
  }
  return flat;
}

export function decodeAppends(flat: FlatAppends): Append[] {
  const appends: Append[] = [];
  for (let at = 0; at < flat.length;) {
    const [stream, expected, count] = [flat[at], flat[at + 1], flat[at + 2]] as [string, number, number];
    const events: NewEvent[] = [];
    for (at += 3; events.length < count; at += 4) {
      const [id, type, data, metadata] = [flat[at], flat[at + 1], flat[at + 2], flat[at + 3]] as string[] as Fields;
      events.push({ id, type, data, metadata });
    }
    appends.push({ stream, expected: expected === NO_STREAM ? 'noStream' : expected, events });
  }
  return appends;
}

type Fields = [string, string, string, string];

const kinds = ['appended', 'repeated', 'conflict'] as const;
const CONFLICT = 2;
const NUMBERS = 5;

export function encodeOutcome(outcome: AppendOutcome, into: number[]): void {
  if (outcome.kind === 'conflict') {
    into.push(CONFLICT, outcome.actual === 'noStream' ? NO_STREAM : outcome.actual, 0, 0, 0);
  } else if (outcome.kind === 'appended' || outcome.kind === 'repeated') {
    const { kind, revision, position, firstPosition, recordedAt } = outcome;
    into.push(kinds.indexOf(kind), revision, position, firstPosition, recordedAt);
  }
}

export function decodeOutcomes(flat: readonly number[]): AppendOutcome[] {
  const outcomes: AppendOutcome[] = [];
  for (let at = 0; at < flat.length; at += NUMBERS) {
    const [kind, revision = 0, position = 0, firstPosition = 0, recordedAt = 0] = flat.slice(at, at + NUMBERS);
    if (kind === CONFLICT) outcomes.push({ kind: 'conflict', actual: revision === NO_STREAM ? 'noStream' : revision });
    else outcomes.push({ kind: kind === 0 ? 'appended' : 'repeated', revision, position, firstPosition, recordedAt });
  }
  return outcomes;
}
