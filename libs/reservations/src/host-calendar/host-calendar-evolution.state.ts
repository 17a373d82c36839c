import { unreachable } from '#kernel';
import { addBooking, removeBooking } from './host-bookings.state.js';
import type { HostCalendarEvent, HostsHeld } from './host-calendar.events.js';
import {
  inStorageOrder,
  type Allocation,
  type CalendarHost,
  type CalendarState,
  type Hold,
} from './host-calendar.state.js';
import { foldHost, type HostFacts } from './host-facts.state.js';

export function evolve(state: CalendarState, event: HostCalendarEvent): CalendarState {
  state.partition = event.data.partition;
  switch (event.type) {
    case 'HostEnrolled':
    case 'HostCapabilitiesSet':
    case 'HostBecameReservable':
    case 'HostBecameUnreservable':
    case 'HostWithdrawn':
      changeHost(state, event.data.hostId, event);
      break;
    case 'HostsHeld':
      hold(state, event);
      break;
    case 'HoldConfirmed':
      confirm(state, event.data.attempt, event.data.at);
      break;
    case 'HoldReleased':
      release(state, event.data.attempt, event.data.at);
      break;
    case 'AllocationsReleased':
      for (const reservationId of event.data.reservationIds) forget(state, reservationId, event.data.at);
      break;
    default:
      unreachable(event);
  }
  return state;
}

function changeHost(state: CalendarState, hostId: string, event: HostCalendarEvent): void {
  const host = state.hosts.get(hostId);
  const facts = foldHost(host?.facts, event);
  countCapabilities(state, host?.facts, -1);
  countCapabilities(state, facts, 1);
  if (facts === undefined) {
    state.hosts.delete(hostId);
    if (host !== undefined) state.ordered.splice(state.ordered.indexOf(host), 1);
  } else if (host === undefined) {
    placeHost(state, { facts, bookings: [], longest: 0 });
  } else {
    host.facts = facts;
  }
}

export function placeHost(state: Pick<CalendarState, 'hosts' | 'ordered'>, host: CalendarHost): void {
  const { id } = host.facts;
  state.hosts.set(id, host);
  const next = state.ordered.findLastIndex(({ facts }) => inStorageOrder(facts.id, id) < 0) + 1;
  state.ordered.splice(next, 0, host);
}

export function countCapabilities(
  { capabilities }: Pick<CalendarState, 'capabilities'>,
  facts: HostFacts | undefined,
  by: 1 | -1,
): void {
  for (const { key } of facts?.capabilities ?? []) {
    const count = (capabilities.get(key) ?? 0) + by;
    if (count > 0) capabilities.set(key, count);
    else capabilities.delete(key);
  }
}

function hold(state: CalendarState, { data }: HostsHeld): void {
  const { attempt, decidedBy, deadline, leaseId } = data;
  const reservations = new Map(data.reservations.map((held) => [held.reservationId, { ...held, leaseId }]));
  placeHold(state, { attempt, decidedBy, deadline, leaseId, reservations });
}

export function placeHold(state: Pick<CalendarState, 'hosts' | 'holds' | 'holdOf'>, placed: Hold): void {
  state.holds.set(placed.attempt, placed);
  for (const held of placed.reservations.values()) {
    state.holdOf.set(held.reservationId, placed.attempt);
    book(state, held, placed.attempt);
  }
}

/** What is held replaces what its reservations had. */
function confirm(state: CalendarState, attempt: string, at: number): void {
  const held = state.holds.get(attempt);
  if (held === undefined) return;
  for (const allocation of held.reservations.values()) {
    unbook(state, allocation, attempt);
    dropAllocation(state, allocation.reservationId);
    if (allocation.shares.length > 0) placeAllocation(state, allocation);
  }
  closeHold(state, held, 'confirmed', at);
}

function release(state: CalendarState, attempt: string, at: number): void {
  const held = state.holds.get(attempt);
  if (held === undefined) return;
  for (const allocation of held.reservations.values()) unbook(state, allocation, attempt);
  closeHold(state, held, 'released', at);
}

function closeHold(state: CalendarState, held: Hold, outcome: 'confirmed' | 'released', at: number): void {
  for (const reservationId of held.reservations.keys()) state.holdOf.delete(reservationId);
  state.holds.delete(held.attempt);
  state.decidedAttempts.note(held.attempt, outcome, at);
}

/** A hold of which nothing is left is released. */
function forget(state: CalendarState, reservationId: string, at: number): void {
  dropAllocation(state, reservationId);
  const held = state.holds.get(state.holdOf.get(reservationId) ?? '');
  const allocation = held?.reservations.get(reservationId);
  if (held === undefined || allocation === undefined) return;
  unbook(state, allocation, held.attempt);
  held.reservations.delete(reservationId);
  state.holdOf.delete(reservationId);
  if (held.reservations.size === 0) closeHold(state, held, 'released', at);
}

export function placeAllocation(state: Pick<CalendarState, 'hosts' | 'allocations'>, allocation: Allocation): void {
  state.allocations.set(allocation.reservationId, allocation);
  book(state, allocation, null);
}

function dropAllocation(state: CalendarState, reservationId: string): void {
  const allocation = state.allocations.get(reservationId);
  if (allocation === undefined) return;
  unbook(state, allocation, null);
  state.allocations.delete(reservationId);
}

function book(
  state: Pick<CalendarState, 'hosts'>,
  { reservationId, leaseId, window: { from, to }, shares }: Allocation,
  attempt: string | null,
): void {
  for (const { hostId, slots } of shares) {
    const host = state.hosts.get(hostId);
    if (host !== undefined) addBooking(host, { from, to, reservationId, leaseId, attempt, slots });
  }
}

function unbook(state: CalendarState, { reservationId, window, shares }: Allocation, attempt: string | null): void {
  for (const { hostId } of shares) {
    const host = state.hosts.get(hostId);
    if (host !== undefined) removeBooking(host, reservationId, attempt, window.from);
  }
}
