import type { CommandContext } from '#kernel';
import type { LeaseFacts } from '../../lease/lease.facts.state.js';

/** One try of what is due for a lease. */
export interface StepTry {
  readonly lease: LeaseFacts;
  readonly context: CommandContext;
  /** Times that this was tried before, without a break. */
  readonly tries: number;
  /** How long it was waited for altogether. */
  readonly waitedMs: number;
}

/**
 * `done`: look what is due now. `again`: it cannot be carried out yet. `over`: somebody else has changed the lease, and
 * whoever did sees to the rest.
 */
export type StepResult =
  { readonly kind: 'done' } | { readonly kind: 'over' } | { readonly kind: 'again'; readonly afterMs: number };

export const done: StepResult = { kind: 'done' };
export const over: StepResult = { kind: 'over' };

/** How long an event that cannot be carried out is tried again, by each of the retries that the settings allow (contracts/blazar §8). */
const retryMs = 10_000;

export function patienceMs(retries: number): number {
  return retries * retryMs;
}

/** The next try where a provider failed: after a second, then a second longer each time; undefined: no more. */
export function providerAgain({ tries, waitedMs }: StepTry, retries: number): StepResult | undefined {
  const afterMs = (tries + 1) * 1_000;
  return waitedMs + afterMs <= patienceMs(retries) ? { kind: 'again', afterMs } : undefined;
}
