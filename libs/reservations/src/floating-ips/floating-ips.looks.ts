import type { FloatingIpFacts } from '../contracts.js';
import type { AllocatedAddress } from '../lease/lease.events.js';
import { countFree, selectAddresses } from './address-selection.policy.js';
import type { AddressWish } from './floating-ips.commands.js';
import type { HeldAddresses } from './floating-ips.events.js';
import type { FloatingIps } from './floating-ips.state.js';

/** What others may know of the state. All copied. */

export function floatingIpOf({ ips }: Readonly<FloatingIps>, id: string): FloatingIpFacts | undefined {
  const ip = ips.get(id);
  if (ip === undefined) return undefined;
  const { networkId, subnetId, address, createdAt } = ip;
  return { id, networkId, subnetId, address, createdAt, updatedAt: null };
}

/** What a reservation is to have, or has. */
export interface ReservedAddresses {
  readonly reservationId: string;
  readonly addresses: readonly AllocatedAddress[];
}

/** What an attempt holds; undefined: nothing (any more). */
export function heldAddressesOf(state: Readonly<FloatingIps>, attempt: string): ReservedAddresses[] | undefined {
  return state.holds.get(attempt)?.reservations.map(({ reservationId, floatingIpIds }) => ({
    reservationId,
    addresses: allocated(state, floatingIpIds),
  }));
}

/** What is confirmed. */
export function addressesOf(state: Readonly<FloatingIps>, reservationId: string): AllocatedAddress[] {
  return allocated(state, state.allocations.get(reservationId)?.floatingIpIds ?? []);
}

export interface UndecidedAddressHold {
  readonly attempt: string;
  readonly decidedBy: string;
  readonly deadline: number;
  readonly leaseId: string;
  readonly reservationIds: readonly string[];
}

export function undecidedHolds({ holds }: Readonly<FloatingIps>): UndecidedAddressHold[] {
  return Array.from(holds.values(), ({ attempt, decidedBy, deadline, leaseId, reservations }) => ({
    ...{ attempt, decidedBy, deadline, leaseId },
    reservationIds: reservations.map(({ reservationId }) => reservationId),
  }));
}

/** What a wish would get now. */
export interface AddressOffer {
  readonly fits: boolean;
  /** Empty where it does not fit. */
  readonly addresses: readonly AllocatedAddress[];
  /** Addresses of the network that are free in the window. */
  readonly available: number;
}

export function addressOffer(state: Readonly<FloatingIps>, wish: AddressWish): AddressOffer {
  return offer(state, wish, []);
}

/** Each sees what those before it would get. */
export function addressOffers(state: Readonly<FloatingIps>, wishes: readonly AddressWish[]): AddressOffer[] {
  const taken: HeldAddresses[] = [];
  return wishes.map((wish) => {
    const made = offer(state, wish, taken);
    const floatingIpIds = made.addresses.map(({ floatingIpId }) => floatingIpId);
    taken.push({ reservationId: wish.reservationId, window: wish.window, floatingIpIds });
    return made;
  });
}

function offer(state: Readonly<FloatingIps>, wish: AddressWish, taken: readonly HeldAddresses[]): AddressOffer {
  const selection = selectAddresses(state, wish, taken);
  const available = countFree(state, wish, taken);
  if (selection.kind === 'short') return { fits: false, addresses: [], available };
  return { fits: true, addresses: allocated(state, selection.floatingIpIds), available };
}

/** When bookings of a network's addresses end, each moment once, in order. */
export function bookingEnds(state: Readonly<FloatingIps>, networkId: string): number[] {
  const ends = new Set<number>();
  for (const id of state.idsOfNetwork.get(networkId) ?? []) {
    for (const { window } of state.ips.get(id)?.bookings ?? []) ends.add(window.to);
  }
  return [...ends].sort((one, other) => one - other);
}

function allocated({ ips }: Readonly<FloatingIps>, ids: readonly string[]): AllocatedAddress[] {
  return ids.flatMap((floatingIpId) => {
    const ip = ips.get(floatingIpId);
    return ip === undefined ? [] : [{ floatingIpId, address: ip.address }];
  });
}
