import type { AttemptDecision } from './lease.commands.js';
import type { LeaseFacts } from './lease.facts.state.js';
import type { DecidedAttempt, LeaseState } from './lease.state.js';

/** Undefined: never created, or deleted. The facts are never changed, so they need no copy. */
export function leaseOf({
  facts,
  version,
}: Readonly<LeaseState>): { readonly facts: LeaseFacts; readonly version: number } | undefined {
  return facts === undefined ? undefined : { facts, version };
}

/** Undefined: not decided (yet). */
export function decisionOf({ attempts }: Readonly<LeaseState>, attempt: string): AttemptDecision | undefined {
  return attempts.get(attempt)?.decision;
}

/** Of the attempt that was decided last; undefined: there was none. */
export function lastDecision({ attempts }: Readonly<LeaseState>): DecidedAttempt | undefined {
  return [...attempts.values()].at(-1);
}

/** Streams in which its reservations may have something; also of a lease that is deleted. */
export function heldInOf({ heldIn }: Readonly<LeaseState>): readonly string[] {
  return heldIn;
}
