/** How one read model stands; `position` and the rest as libs/runtime tells it. */
export interface ReadModelStatus {
  readonly name: string;
  /** Of its fold: a new one means a rebuild. */
  readonly version: number;
  readonly state: 'live' | 'catching-up' | 'parked' | 'interrupted';
  readonly rebuilding: boolean;
  /** Of the last event in its documents; undefined: none yet. */
  readonly position: number | undefined;
  /** The event at which it stands still, until somebody has it tried again or left out. */
  readonly parked: ParkedAt | undefined;
  readonly error: string | undefined;
}

export interface ParkedAt {
  readonly position: number;
  readonly eventId: string;
  readonly stream: string;
  readonly storedType: string;
  readonly error: string;
}

export type ReadModelOrder = 'retry' | 'skip' | 'rebuild';

/** `not-parked`: there is nothing to retry or skip. `rebuilding`: one is under way. */
export type ReadModelAnswer = 'begun' | 'unknown' | 'not-parked' | 'rebuilding';

/** What operators may do with read models; an abstract class for Nest's injection, bound by the server. */
export abstract class ReadModelControl {
  abstract status(): readonly ReadModelStatus[];
  /** Fulfilled when the work has begun; how it ends is seen in the status and in the log. */
  abstract order(name: string, order: ReadModelOrder): ReadModelAnswer;
}
