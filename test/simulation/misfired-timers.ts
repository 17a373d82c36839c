import type { FireTimer, Timer, Timers } from '#timers';

export interface Misfires {
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/** Timers that now and then fire late, or twice: which the port allows. */
export function misfiring(timers: Timers, { random, sleep }: Misfires): Timers {
  return {
    schedule: (wanted: readonly Timer[]) => timers.schedule(wanted),
    cancel: (ids) => timers.cancel(ids),
    pending: (ids) => timers.pending(ids),
    count: () => timers.count(),
    stop: () => timers.stop(),
    condition: () => timers.condition(),
    start: (fire: FireTimer, options) =>
      timers.start(async (timer) => {
        if (random() < 0.2) await sleep(random() * 5_000);
        await fire(timer);
        if (random() < 0.2) await fire(timer);
      }, options),
  };
}
