/** How often a pool is checked. Milliseconds. */
export interface CheckPace {
  readonly minMs: number;
  readonly maxMs: number;
  /** The interval grows by this factor while nothing happens. */
  readonly decay: number;
}

/** Nudges bring the next check forward, but checks of one pool begin at least so far apart. */
export const betweenNudgedMs = 20;

/** The interval after a check. `eventful`: something was begun, or somebody asked for the check. */
export function nextInterval(former: number, eventful: boolean, { minMs, maxMs, decay }: CheckPace): number {
  return eventful ? minMs : Math.min(maxMs, Math.max(minMs, former * decay));
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

/** After so many failures in a row nothing of the kind is begun for so long. */
export function pauseAfter(failures: number): number {
  return failures === 0 ? 0 : Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures - 1, 16));
}

/** How long to wait before a machine that is booting is looked at for the n-th time (from 0). */
export function bootPause(looks: number): number {
  return looks === 0 ? 0 : Math.min(2_000, 250 * 2 ** Math.min(looks - 1, 16));
}
