import type { Clock } from '#kernel';

/** The wall clock and a wait: Node's, or a virtual one in tests. */
export interface Scheduler<Handle = unknown> extends Clock {
  /** Never asked for more than a minute. */
  setTimeout(callback: () => void, ms: number): Handle;
  clearTimeout(handle: Handle): void;
}

/** Its waits do not keep the process alive. */
export const systemScheduler: Scheduler<NodeJS.Timeout> = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms).unref(),
  clearTimeout: (handle) => clearTimeout(handle),
};
