import type { FailureAnswer } from './process.port.js';

/** Something that stopped by itself and waits for an operator: shown in the readiness detail and the metrics. */
export interface ParkedEvent {
  /** The read model or process that stopped. */
  readonly name: string;
  readonly position: number;
  readonly eventId: string;
  readonly stream: string;
  readonly storedType: string;
  readonly error: string;
}

/** What the runtime tells whoever counts and logs. Called on hot paths: must not throw, wait or keep arguments. */
export interface RuntimeObserver {
  /** One append is durable: `commands` were decided together, `events` of them stored. */
  appended(aggregate: string, commands: number, events: number): void;
  conflict(aggregate: string, stream: string): void;
  /** C3: the stream is frozen until its append is known to have landed or not. */
  frozen(stream: string, reason: string): void;
  thawed(stream: string, attempts: number): void;
  /** The stream holds an event that cannot be folded: nothing is decided on it until it is retried. */
  streamParked(stream: string, error: Error): void;
  snapshotFailed(stream: string, error: Error): void;
  /** A read model wrote a batch and stands at this position. */
  projected(projection: string, position: number, events: number): void;
  projectionParked(parked: ParkedEvent): void;
  /** A parked read model or process goes on, by an operator's order. */
  resumed(name: string): void;
  /** A read model or a process lost its subscription or its store and will try again. */
  interrupted(name: string, error: Error): void;
  reactionFailed(process: string, eventId: string, error: Error, attempt: number, answer: FailureAnswer): void;
  processParked(parked: ParkedEvent): void;
  /** A second start of one instance: reported and skipped. */
  startedTwice(process: string, key: string, eventId: string): void;
}

const nothing = (): void => undefined;

export const silentObserver: RuntimeObserver = {
  appended: nothing,
  conflict: nothing,
  frozen: nothing,
  thawed: nothing,
  streamParked: nothing,
  snapshotFailed: nothing,
  projected: nothing,
  projectionParked: nothing,
  resumed: nothing,
  interrupted: nothing,
  reactionFailed: nothing,
  processParked: nothing,
  startedTwice: nothing,
};

/** Fills in what an observer does not care about. */
export function observing(partial: Partial<RuntimeObserver>): RuntimeObserver {
  return { ...silentObserver, ...partial };
}

export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
