import { unreachable, type Interval } from '#kernel';
import { DecidedAttempts } from '../host-calendar/decided-attempts.state.js';
import { book, unbook, type Bookings } from './bookings.state.js';
import type { AddressesHeld, FloatingIpAdded, FloatingIpsEvent, HeldAddresses } from './floating-ips.events.js';

/** Times: milliseconds since 1970. */
export interface FloatingIp {
  readonly id: string;
  readonly networkId: string;
  readonly subnetId: string;
  /** In canonical form. */
  readonly address: string;
  readonly createdAt: number;
  readonly bookings: Bookings;
}

/** What is held until the attempt is decided. */
export interface AddressHold {
  readonly attempt: string;
  readonly decidedBy: string;
  readonly deadline: number;
  readonly leaseId: string;
  readonly reservations: readonly HeldAddresses[];
}

/** What a reservation has. */
export interface AddressAllocation {
  readonly leaseId: string;
  readonly window: Interval;
  readonly floatingIpIds: readonly string[];
}

export interface FloatingIps {
  /** In storage order. */
  readonly ips: Map<string, FloatingIp>;
  readonly idByAddress: Map<string, string>;
  readonly idsOfNetwork: Map<string, Set<string>>;
  /** By reservation. */
  readonly allocations: Map<string, AddressAllocation>;
  readonly holds: Map<string, AddressHold>;
  /** Undecided attempts by reservation. */
  readonly attemptsFor: Map<string, Set<string>>;
  readonly decidedAttempts: DecidedAttempts;
}

export function noFloatingIps(): FloatingIps {
  return {
    ips: new Map(),
    idByAddress: new Map(),
    idsOfNetwork: new Map(),
    allocations: new Map(),
    holds: new Map(),
    attemptsFor: new Map(),
    decidedAttempts: new DecidedAttempts(),
  };
}

export function addressKey(subnetId: string, address: string): string {
  return `${subnetId} ${address}`;
}

export function evolve(state: FloatingIps, event: FloatingIpsEvent): FloatingIps {
  switch (event.type) {
    case 'FloatingIpAdded':
      addIp(state, event.data);
      return state;
    case 'FloatingIpRemoved':
      removeIp(state, event.data.id);
      return state;
    case 'AddressesHeld':
      holdAddresses(state, event.data);
      return state;
    case 'AddressHoldConfirmed':
      confirm(state, event.data.attempt);
      state.decidedAttempts.note(event.data.attempt, 'confirmed', event.data.at);
      return state;
    case 'AddressHoldReleased':
      dropHold(state, event.data.attempt);
      state.decidedAttempts.note(event.data.attempt, 'released', event.data.at);
      return state;
    case 'AddressesReleased':
      for (const reservationId of event.data.reservationIds) releaseReservation(state, reservationId);
      return state;
    default:
      return unreachable(event);
  }
}

export function addIp(state: FloatingIps, { id, networkId, subnetId, address, at }: FloatingIpAdded['data']): void {
  state.ips.set(id, { id, networkId, subnetId, address, createdAt: at, bookings: [] });
  state.idByAddress.set(addressKey(subnetId, address), id);
  const ids = state.idsOfNetwork.get(networkId);
  if (ids === undefined) state.idsOfNetwork.set(networkId, new Set([id]));
  else ids.add(id);
}

function removeIp(state: FloatingIps, id: string): void {
  const ip = state.ips.get(id);
  if (ip === undefined) return;
  state.ips.delete(id);
  state.idByAddress.delete(addressKey(ip.subnetId, ip.address));
  const ids = state.idsOfNetwork.get(ip.networkId);
  ids?.delete(id);
  if (ids?.size === 0) state.idsOfNetwork.delete(ip.networkId);
}

export function holdAddresses(
  state: FloatingIps,
  { attempt, decidedBy, deadline, leaseId, reservations }: Omit<AddressesHeld['data'], 'at'>,
): void {
  state.holds.set(attempt, { attempt, decidedBy, deadline, leaseId, reservations });
  for (const held of reservations) {
    const attempts = state.attemptsFor.get(held.reservationId);
    if (attempts === undefined) state.attemptsFor.set(held.reservationId, new Set([attempt]));
    else attempts.add(attempt);
    bookAll(state, leaseId, held, attempt);
  }
}

export function allocate(state: FloatingIps, leaseId: string, { reservationId, window, floatingIpIds }: HeldAddresses) {
  if (floatingIpIds.length === 0) return;
  state.allocations.set(reservationId, { leaseId, window, floatingIpIds });
  bookAll(state, leaseId, { reservationId, window, floatingIpIds }, null);
}

/** What is held replaces what its reservations had. */
function confirm(state: FloatingIps, attempt: string): void {
  const hold = state.holds.get(attempt);
  if (hold === undefined) return;
  dropHold(state, attempt);
  for (const held of hold.reservations) {
    dropAllocation(state, held.reservationId);
    allocate(state, hold.leaseId, held);
  }
}

function releaseReservation(state: FloatingIps, reservationId: string): void {
  dropAllocation(state, reservationId);
  for (const attempt of [...(state.attemptsFor.get(reservationId) ?? [])]) {
    const hold = state.holds.get(attempt);
    if (hold === undefined) continue;
    dropHold(state, attempt);
    const reservations = hold.reservations.filter((held) => held.reservationId !== reservationId);
    if (reservations.length > 0) holdAddresses(state, { ...hold, reservations });
  }
}

function dropHold(state: FloatingIps, attempt: string): void {
  const hold = state.holds.get(attempt);
  if (hold === undefined) return;
  state.holds.delete(attempt);
  for (const held of hold.reservations) {
    const attempts = state.attemptsFor.get(held.reservationId);
    attempts?.delete(attempt);
    if (attempts?.size === 0) state.attemptsFor.delete(held.reservationId);
    unbookAll(state, held, attempt);
  }
}

function dropAllocation(state: FloatingIps, reservationId: string): void {
  const allocation = state.allocations.get(reservationId);
  if (allocation === undefined) return;
  state.allocations.delete(reservationId);
  unbookAll(state, { reservationId, ...allocation }, null);
}

function bookAll(state: FloatingIps, leaseId: string, held: HeldAddresses, attempt: string | null): void {
  const { reservationId, window } = held;
  for (const id of held.floatingIpIds) {
    const ip = state.ips.get(id);
    if (ip === undefined) throw new Error(`${reservationId} has the floating IP ${id}, which is not there`);
    book(ip.bookings, { window, leaseId, reservationId, attempt });
  }
}

function unbookAll(
  state: FloatingIps,
  { reservationId, window, floatingIpIds }: HeldAddresses,
  attempt: string | null,
) {
  for (const id of floatingIpIds) {
    const ip = state.ips.get(id);
    if (ip !== undefined) unbook(ip.bookings, window, reservationId, attempt);
  }
}
