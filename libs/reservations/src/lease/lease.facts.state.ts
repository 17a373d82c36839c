import type { DueEvent, LeaseEvent, Reservation } from './lease.events.js';

export type LeaseStatus =
  'CREATING' | 'PENDING' | 'STARTING' | 'ACTIVE' | 'UPDATING' | 'TERMINATING' | 'TERMINATED' | 'DELETING' | 'ERROR';
export type ReservationStatus = 'pending' | 'active' | 'deleted' | 'error';
export type EventStatus = 'UNDONE' | 'IN_PROGRESS' | 'DONE' | 'ERROR';

/** Times: milliseconds since 1970. */
export interface ReservationFacts extends Reservation {
  readonly status: ReservationStatus;
  readonly missingResources: boolean;
  readonly resourcesChanged: boolean;
  readonly createdAt: number;
  readonly updatedAt: number | null;
}

export interface LeaseEventFacts extends DueEvent {
  readonly status: EventStatus;
  readonly createdAt: number;
  readonly updatedAt: number | null;
}

/** A lease as everybody sees it: command answers, read model and deciders fold the same (contracts/blazar §4). */
export interface LeaseFacts {
  readonly id: string;
  readonly name: string;
  readonly userId: string;
  readonly projectId: string;
  readonly trustId: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly status: LeaseStatus;
  readonly degraded: boolean;
  readonly reservations: readonly ReservationFacts[];
  readonly events: readonly LeaseEventFacts[];
  readonly createdAt: number;
  readonly updatedAt: number | null;
}

/** Never changes what it is given. Undefined: there is none (any more). */
export function foldLease(_lease: LeaseFacts | undefined, event: LeaseEvent): LeaseFacts | undefined {
  throw new Error(`not folded yet: ${event.type}`);
}
