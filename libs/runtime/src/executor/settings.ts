import { setTimeout as wait } from 'node:timers/promises';

export interface ExecutorSettings {
  /** Folded streams kept while nobody uses them. */
  readonly cachedStreams: number;
  /** Commands of one stream decided together and appended at once. */
  readonly maxBatch: number;
  /** Commands waiting for one stream; more are refused as busy. */
  readonly maxQueue: number;
  /** Decisions after the first one, each after a conflict; then refused as busy. */
  readonly maxRedecisions: number;
  /** Upper bounds of the jittered pause after the n-th conflict: doubles from here, at most eightfold. Milliseconds. */
  readonly conflictPauseMs: number;
  /** Pause before the first resend of an append with unknown outcome; doubles up to `maxResendPauseMs`. */
  readonly resendPauseMs: number;
  readonly maxResendPauseMs: number;
  /** C2: how long a repeatable command id is remembered, by recorded time … */
  readonly rememberForMs: number;
  /** … and how many of them a stream remembers at most; the oldest go first. */
  readonly rememberAtMost: number;
  /** How long `close` waits for what is under way. Milliseconds. */
  readonly closeWithinMs: number;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const defaultExecutorSettings: ExecutorSettings = {
  cachedStreams: 20_000,
  maxBatch: 256,
  maxQueue: 4_096,
  maxRedecisions: 5,
  conflictPauseMs: 4,
  resendPauseMs: 50,
  maxResendPauseMs: 5_000,
  rememberForMs: 24 * 60 * 60_000,
  rememberAtMost: 65_536,
  closeWithinMs: 8_000,
  random: Math.random,
  sleep: pause,
};

/** A pause that a stop ends early, without an error. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}

/** The port's bound on events of one append. */
export const maxEventsPerAppend = 4_096;
