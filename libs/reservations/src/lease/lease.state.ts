import type { AttemptDecision } from './lease.commands.js';
import type { LeaseEvent } from './lease.events.js';
import { foldLease, type LeaseFacts } from './lease.facts.state.js';

export interface DecidedAttempt {
  readonly attempt: string;
  readonly decision: AttemptDecision;
  readonly at: number;
}

export interface LeaseState {
  readonly facts: LeaseFacts | undefined;
  /** How many events changed the lease; attempts that failed changed nothing. */
  readonly version: number;
  readonly everCreated: boolean;
  /** Streams in which its reservations may have something. */
  readonly heldIn: readonly string[];
  /** By attempt, oldest first. */
  readonly attempts: Map<string, DecidedAttempt>;
}

/** An attempt's hold is settled before the next one is made; so many are never open at a time. */
const rememberedAtLeast = 256;
const rememberedForMs = 24 * 3_600_000;

export function initialState(): LeaseState {
  return { facts: undefined, version: 0, everCreated: false, heldIn: [], attempts: new Map() };
}

export function evolve(state: LeaseState, event: LeaseEvent): LeaseState {
  switch (event.type) {
    case 'LeaseRefused':
    case 'LeaseChangeAbandoned':
      remember(state.attempts, { attempt: event.data.attempt, decision: 'abandoned', at: event.data.at });
      return state;
    case 'LeaseCreated':
    case 'LeaseUpdated':
    case 'ReservationHealed': {
      const { attempt, heldIn, at } = event.data;
      remember(state.attempts, { attempt, decision: 'committed', at });
      return { ...changed(state, event), everCreated: true, heldIn: [...new Set([...state.heldIn, ...heldIn])] };
    }
    default:
      return changed(state, event);
  }
}

function changed(state: LeaseState, event: LeaseEvent): LeaseState {
  return { ...state, facts: foldLease(state.facts, event), version: state.version + 1 };
}

/** For a day, and beyond it as many as may be open still. */
function remember(attempts: Map<string, DecidedAttempt>, decided: DecidedAttempt): void {
  attempts.set(decided.attempt, decided);
  for (const [oldest, { at }] of attempts) {
    if (attempts.size <= rememberedAtLeast || at >= decided.at - rememberedForMs) return;
    attempts.delete(oldest);
  }
}
