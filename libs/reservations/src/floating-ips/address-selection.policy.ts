import { overlaps } from '#kernel';
import { canonicalAddress } from './address.policy.js';
import { bookedByOthers, type Booking } from './bookings.state.js';
import type { AddressWish } from './floating-ips.commands.js';
import type { HeldAddresses } from './floating-ips.events.js';
import { addressKey, type AddressHold, type FloatingIp, type FloatingIps } from './floating-ips.state.js';

export type Selection =
  | { readonly kind: 'picked'; readonly floatingIpIds: readonly string[] }
  /** `waitFor`: undecided holds that may give back what is missing (C11); empty: nothing would. */
  | { readonly kind: 'short'; readonly waitFor: readonly AddressHold[] };

/**
 * What the reservation has already is kept as far as it is free in the window; then those that it requires; then any:
 * never booked ones if there are enough, else also those that are booked at other times, which come first, as with
 * hosts (contracts/blazar §7).
 */
export function selectAddresses(
  state: Readonly<FloatingIps>,
  wish: AddressWish,
  taken: readonly HeldAddresses[],
): Selection {
  const search = new Search(state, wish, taken);
  const own = state.allocations.get(wish.reservationId)?.floatingIpIds ?? [];
  const kept = own.filter((id) => search.isFree(id));
  const required = requiredIds(state, wish);
  if (required === undefined) return { kind: 'short', waitFor: [] };
  if (wish.firm && kept.length < own.length) return search.short(own);
  if (!required.every((id) => search.isFree(id))) return search.short(required);
  const others = kept.filter((id) => !required.includes(id)).slice(0, Math.max(0, wish.amount - required.length));
  const chosen = new Set([...required, ...others]);
  if (wish.firm && !kept.every((id) => chosen.has(id))) return { kind: 'short', waitFor: [] };
  const more = search.more(wish.amount - chosen.size, chosen);
  if (more === undefined) return search.short([]);
  return { kind: 'picked', floatingIpIds: [...chosen, ...more] };
}

/** How many addresses are free for the wish. */
export function countFree(state: Readonly<FloatingIps>, wish: AddressWish, taken: readonly HeldAddresses[]): number {
  const search = new Search(state, wish, taken);
  return idsOf(state, wish.networkId).filter((id) => search.isFree(id)).length;
}

/** Undefined: one of them is no address of the network. */
function requiredIds(state: Readonly<FloatingIps>, { networkId, required }: AddressWish): string[] | undefined {
  if (required.length === 0) return [];
  const subnets = new Set(idsOf(state, networkId).map((id) => state.ips.get(id)?.subnetId ?? ''));
  const ids = new Set<string>();
  for (const text of required) {
    const address = canonicalAddress(text) ?? text;
    const subnet = [...subnets].find((each) => state.idByAddress.has(addressKey(each, address)));
    const id = subnet === undefined ? undefined : state.idByAddress.get(addressKey(subnet, address));
    if (id === undefined) return undefined;
    ids.add(id);
  }
  return [...ids];
}

function idsOf(state: Readonly<FloatingIps>, networkId: string): string[] {
  return [...(state.idsOfNetwork.get(networkId) ?? [])];
}

class Search {
  private readonly taken: ReadonlySet<string>;

  constructor(
    private readonly state: Readonly<FloatingIps>,
    private readonly wish: AddressWish,
    taken: readonly HeldAddresses[],
  ) {
    const others = taken.filter(({ window }) => overlaps(window, wish.window));
    this.taken = new Set(others.flatMap(({ floatingIpIds }) => floatingIpIds));
  }

  isFree(id: string): boolean {
    const ip = this.candidate(id);
    return ip !== undefined && this.inTheWay(ip).length === 0;
  }

  /** So many besides those chosen; undefined: there are not so many. */
  more(count: number, chosen: ReadonlySet<string>): readonly string[] | undefined {
    const [unbooked, booked]: [string[], string[]] = [[], []];
    for (const id of this.state.idsOfNetwork.get(this.wish.networkId) ?? []) {
      if (unbooked.length >= count) break;
      const ip = chosen.has(id) ? undefined : this.candidate(id);
      if (ip === undefined) continue;
      if (ip.bookings.length === 0) unbooked.push(id);
      else if (this.inTheWay(ip).length === 0) booked.push(id);
    }
    if (unbooked.length >= count) return unbooked.slice(0, Math.max(0, count));
    const all = [...booked, ...unbooked];
    return all.length >= count ? all.slice(0, count) : undefined;
  }

  /** Would it do if what is undecided went? All of `needed` must be among what is free then. */
  short(needed: readonly string[]): Selection {
    const waitFor = new Map<string, AddressHold>();
    let free = 0;
    for (const id of this.state.idsOfNetwork.get(this.wish.networkId) ?? []) {
      const holds = this.holdsInTheWay(id);
      if (holds === undefined) continue;
      free += 1;
      for (const hold of holds) waitFor.set(hold.attempt, hold);
    }
    const mayDo = free >= this.wish.amount && needed.every((id) => this.holdsInTheWay(id) !== undefined);
    return { kind: 'short', waitFor: mayDo ? [...waitFor.values()] : [] };
  }

  private candidate(id: string): FloatingIp | undefined {
    const ip = this.state.ips.get(id);
    return ip?.networkId === this.wish.networkId && !this.taken.has(id) ? ip : undefined;
  }

  private inTheWay({ bookings }: FloatingIp): readonly Booking[] {
    return bookings.length === 0 ? [] : bookedByOthers(bookings, this.wish.window, this.wish.reservationId);
  }

  /** Undefined: something is in the way that stays; empty: it is free. */
  private holdsInTheWay(id: string): readonly AddressHold[] | undefined {
    const ip = this.candidate(id);
    if (ip === undefined) return undefined;
    const holds: AddressHold[] = [];
    for (const booking of this.inTheWay(ip)) {
      const its = this.undecided(booking, id);
      if (its.length === 0) return undefined;
      holds.push(...its);
    }
    return holds;
  }

  /** The hold that a booking is, or those that would give it back. */
  private undecided({ attempt, reservationId }: Booking, id: string): readonly AddressHold[] {
    const attempts = attempt === null ? (this.state.attemptsFor.get(reservationId) ?? []) : [attempt];
    return [...attempts].flatMap((each) => {
      const hold = this.state.holds.get(each);
      if (hold === undefined) return [];
      return attempt !== null || this.givesBack(hold, reservationId, id) ? [hold] : [];
    });
  }

  private givesBack({ reservations }: AddressHold, reservationId: string, id: string): boolean {
    return !reservations.some(
      (held) =>
        held.reservationId === reservationId &&
        held.floatingIpIds.includes(id) &&
        overlaps(held.window, this.wish.window),
    );
  }
}
