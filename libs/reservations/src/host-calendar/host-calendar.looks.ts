import type { AllocatedHost } from '../lease/lease.events.js';
import type { HostShare } from './host-calendar.events.js';
import type { CalendarHost, CalendarState } from './host-calendar.state.js';
import type { HostFacts } from './host-facts.state.js';
import type { UndecidedHold } from './host-offers.policy.js';

export { offersOf } from './host-offers.policy.js';

/** What others may know of a calendar's state. All copied. */

type State = Readonly<CalendarState>;

export interface HeldHosts {
  readonly reservationId: string;
  /** All that it would have in this partition; empty: nothing any more. */
  readonly hosts: readonly AllocatedHost[];
}

/** What an attempt holds; undefined: nothing (any more). */
export function heldBy(state: State, attempt: string): readonly HeldHosts[] | undefined {
  const hold = state.holds.get(attempt);
  if (hold === undefined) return undefined;
  return Array.from(hold.reservations.values(), ({ reservationId, shares }) => ({
    reservationId,
    hosts: allocatedHosts(state, shares),
  }));
}

/** What is confirmed as a reservation's here. */
export function allocatedTo(state: State, reservationId: string): readonly AllocatedHost[] {
  return allocatedHosts(state, state.allocations.get(reservationId)?.shares ?? []);
}

function allocatedHosts(state: State, shares: readonly HostShare[]): AllocatedHost[] {
  return shares.flatMap(({ hostId, slots }) => {
    const facts = state.hosts.get(hostId)?.facts;
    if (facts === undefined) return [];
    const { partition, hypervisorUuid, serviceName } = facts;
    return [{ partition, hostId, hypervisorUuid, serviceName, slots: slots?.count ?? null }];
  });
}

export function undecidedHolds(
  state: State,
): readonly (UndecidedHold & { readonly reservationIds: readonly string[] })[] {
  return Array.from(state.holds.values(), ({ attempt, decidedBy, deadline, leaseId, reservations }) => ({
    ...{ attempt, decidedBy, deadline, leaseId },
    reservationIds: [...reservations.keys()],
  }));
}

export function hostFactsOf(state: State, hostId: string): HostFacts | undefined {
  return state.hosts.get(hostId)?.facts;
}

/** In storage order. */
export function hostIds(state: State): readonly string[] {
  return state.ordered.map(({ facts }) => facts.id);
}

/** Hosts with their bookings, in storage order: for questions that take many looks. Bookings themselves never change. */
export function copiedHosts(state: State): CalendarHost[] {
  return state.ordered.map(({ facts, bookings, longest }) => ({ facts, bookings: bookings.slice(), longest }));
}

/** Has any host here such a capability? */
export function knowsCapability(state: State, name: string): boolean {
  return state.capabilities.has(name);
}

export interface ReservationOnHost {
  readonly reservationId: string;
  readonly leaseId: string;
  /** From the first to the last moment at which it has the host, or would by what is held for it. */
  readonly from: number;
  readonly to: number;
}

/** Each once, held ones included, by their beginning. */
export function reservationsOn(state: State, hostId: string): readonly ReservationOnHost[] {
  const found = new Map<string, ReservationOnHost>();
  for (const { reservationId, leaseId, from, to } of state.hosts.get(hostId)?.bookings ?? []) {
    const known = found.get(reservationId);
    const span = { from: Math.min(known?.from ?? from, from), to: Math.max(known?.to ?? to, to) };
    found.set(reservationId, { reservationId, leaseId, ...span });
  }
  return [...found.values()];
}
