import { pause } from './executor/settings.js';

export interface Pauses {
  readonly firstMs: number;
  readonly mostMs: number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const defaultPauses: Pauses = { firstMs: 100, mostMs: 5_000, sleep: pause };

/** Tries until it works or the signal ends it (then undefined); `failed` hears of every failure. Pauses double. */
export async function untilItWorks<T>(
  attempt: () => Promise<T>,
  failed: (error: unknown) => void,
  pauses: Pauses,
  signal: AbortSignal,
): Promise<T | undefined> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      failed(error);
      await pauses.sleep(Math.min(pauses.firstMs * 2 ** Math.min(tries, 20), pauses.mostMs), signal);
    }
  }
  return undefined;
}
