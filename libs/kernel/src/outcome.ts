import type { Refused } from './decision.js';
import type { DomainEvent } from './decider.js';

/** `busy`: five conflicts in a row on one stream; try again later. Every facade maps it. */
export type RuntimeRefusal = 'busy';

export interface CommandAccepted<Event extends DomainEvent, Answer> {
  readonly kind: 'accepted';
  readonly events: readonly Event[];
  /** Taken from the state right after the events, in the same instant in which they were decided. */
  readonly answer: Answer;
  readonly revision: number;
  /** Of the last event; undefined when nothing was ever appended. Waiting for it makes a read see the write. */
  readonly position: number | undefined;
  /** True when the command had run before and this is its first outcome again (C2). */
  readonly repeated: boolean;
}

export type CommandOutcome<Event extends DomainEvent, Code extends string, Answer = undefined> =
  CommandAccepted<Event, Answer> | Refused<Code | RuntimeRefusal>;

/** The append may have landed (C3). Safe to retry; every facade answers 503. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** A store does not answer or has closed itself (C9). Nothing was changed; every facade answers 503. */
export class StoreUnavailable extends Error {
  override readonly name: string = 'StoreUnavailable';
}
