import type { Interval } from '#kernel';
import { DecidedAttempts } from './decided-attempts.state.js';
import type { HeldReservation, HostShare } from './host-calendar.events.js';
import type { HostFacts } from './host-facts.state.js';

/** Who has a host, or room on it, and when. Never changed once it is made: looks hand it out. */
export interface Booking extends Interval {
  readonly reservationId: string;
  readonly leaseId: string;
  /** Whose hold it is; null: confirmed. */
  readonly attempt: string | null;
  /** Null: the whole host. */
  readonly slots: HostShare['slots'];
}

export interface CalendarHost {
  facts: HostFacts;
  /** By `from`. What is held and what its reservation has besides stand side by side. */
  readonly bookings: Booking[];
  /** No booking here is longer. */
  longest: number;
}

/** What a reservation has, or an attempt holds for it. */
export interface Allocation extends HeldReservation {
  readonly leaseId: string;
}

export interface Hold {
  readonly attempt: string;
  /** Name of the deciding stream. */
  readonly decidedBy: string;
  readonly deadline: number;
  readonly leaseId: string;
  /** By reservation. */
  readonly reservations: Map<string, Allocation>;
}

export interface CalendarState {
  /** Null until a host was enrolled. */
  partition: string | null;
  /** By id. */
  readonly hosts: Map<string, CalendarHost>;
  /** In storage order: by integer id. */
  readonly ordered: CalendarHost[];
  /** How many hosts have a capability of that name. */
  readonly capabilities: Map<string, number>;
  /** What is confirmed, by reservation. */
  readonly allocations: Map<string, Allocation>;
  /** Undecided ones, by attempt. */
  readonly holds: Map<string, Hold>;
  /** The attempt that holds something for a reservation: one at a time. */
  readonly holdOf: Map<string, string>;
  readonly decidedAttempts: DecidedAttempts;
}

export function initialState(): CalendarState {
  return {
    partition: null,
    hosts: new Map(),
    ordered: [],
    capabilities: new Map(),
    allocations: new Map(),
    holds: new Map(),
    holdOf: new Map(),
    decidedAttempts: new DecidedAttempts(),
  };
}

/** Host ids are decimal integers as text. */
export function inStorageOrder(one: string, other: string): number {
  return Number(one) - Number(other);
}
