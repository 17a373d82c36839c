import type { Json } from '#kernel';

/**
 * A cache of what the log says is due. Deliberately absent: repeating timers, payload changes, and any promise to
 * remember: the sweep re-arms from the log (design §7). Firing twice, late or for something gone is harmless.
 */
export interface Timer {
  /** Deterministic and versioned: `lease.<id>.end.<due>`; characters `[A-Za-z0-9._-]`, never an integer, at most 255. */
  readonly id: string;
  /** Milliseconds since 1970. Never fired before it. */
  readonly dueAt: number;
  /** Chooses who handles it: `lease-end`, `saga-deadline` … */
  readonly kind: string;
  readonly payload: Json;
}

/** Fulfilled: done. Rejected: tried again with backoff (1 s doubling to 60 s) until it succeeds or the timer is cancelled. */
export type FireTimer = (timer: Timer) => Promise<void>;

export interface Timers {
  /** A known pending id changes nothing: a moved timer has another id. */
  schedule(timers: readonly Timer[]): Promise<void>;
  cancel(ids: readonly string[]): Promise<void>;
  /** Which of these ids are pending (armed, firing or waiting for a retry)? For the sweep. */
  pending(ids: readonly string[]): Promise<ReadonlySet<string>>;
  count(): Promise<number>;
  /** Overdue ones fire at once, in order of their time. At most `concurrency` at a time (default 50). */
  start(fire: FireTimer, options?: { readonly concurrency?: number }): Promise<void>;
  /** Waits for those that are firing, at most 5 s. */
  stop(): Promise<void>;
  condition(): { readonly ready: true } | { readonly ready: false; readonly reason: string };
}
