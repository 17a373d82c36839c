import type { HostAsk, HostWish } from './host-calendar.commands.js';
import type { HostShare, Need } from './host-calendar.events.js';
import { amountOf } from './host-capacity.policy.js';
import type { HostOffer, Room } from './host-offers.policy.js';

/** As things are, or as they would be if what is undecided were gone. */
export type Certainty = 'now' | 'then';

/** By host: what wishes before have got. */
export type Taken = Map<string, HostShare[]>;

export function take(taken: Taken, share: HostShare): void {
  const shares = taken.get(share.hostId);
  if (shares === undefined) taken.set(share.hostId, [share]);
  else shares.push(share);
}

/**
 * Which hosts, or room on which hosts, a wish gets of those offered (in storage order): all that it is to have from then
 * on. Undefined: too few. `random`: 0 ≤ x < 1, for a random order; undefined: storage order.
 */
export function select(
  offers: readonly HostOffer[],
  { ask, firm }: Pick<HostWish, 'ask' | 'firm'>,
  taken: Taken,
  certainty: Certainty,
  random?: () => number,
): HostShare[] | undefined {
  if (ask.kind === 'hosts') return wholeHosts(offers, ask, firm, taken, certainty, random);
  return slots(offers, ask, firm, taken, certainty);
}

/**
 * Hosts that it has stay as far as they can. For more: of hosts that nobody has booked, if there are enough of them;
 * they are not topped up from others (contracts/blazar §7). Else of those that are free in the window, these last.
 */
function wholeHosts(
  offers: readonly HostOffer[],
  { min, max }: HostAsk & { kind: 'hosts' },
  firm: boolean,
  taken: Taken,
  certainty: Certainty,
  random?: () => number,
): HostShare[] | undefined {
  const own = offers.filter((offer) => offer.own !== null);
  const staying = own.filter((offer) => keeps(offer, null, taken, certainty) > 0);
  if (firm && (staying.length < own.length || own.length > max)) return undefined;
  const kept = staying.slice(0, max);
  const [least, most] = [Math.max(0, min - kept.length), max - kept.length];
  const free = offers.filter((offer) => offer.own === null && spare(offer, null, taken, certainty) > 0);
  const unused = ordered(
    free.filter((offer) => offer[certainty].unused),
    random,
  );
  const used = free.filter((offer) => !offer[certainty].unused);
  if (free.length < least) return undefined;
  const candidates = unused.length >= least ? unused : [...ordered(used, random), ...unused];
  return [...kept, ...candidates.slice(0, most)].map(({ hostId }) => ({ hostId, slots: null }));
}

/**
 * Room that it has stays as far as it can; more comes from the hosts where it is, then from those that carry
 * instances, then from the others. With `affinity` all on one host, without on as many hosts (contracts/blazar §9).
 */
function slots(
  offers: readonly HostOffer[],
  ask: HostAsk & { kind: 'slots' },
  firm: boolean,
  taken: Taken,
  certainty: Certainty,
): HostShare[] | undefined {
  const { amount, needs, affinity } = ask;
  const places = offers.map((offer) => {
    const kept = keeps(offer, needs, taken, certainty);
    return { offer, kept, most: Math.max(kept, spare(offer, needs, taken, certainty)) };
  });
  places.sort((one, other) => rank(one.offer, certainty) - rank(other.offer, certainty));
  const own = places.filter(({ offer }) => offer.own !== null);
  const had = own.reduce((sum, { offer }) => sum + ownCount(offer), 0);
  if (firm && (had > amount || own.some(({ offer, kept }) => kept < ownCount(offer)))) return undefined;
  const held = firm && had > 0;
  const counts = new Map<string, number>();
  if (affinity === true) {
    const place = (held ? own : places).find(({ most }) => most >= amount);
    if (place === undefined || (held && own.length > 1)) return undefined;
    counts.set(place.offer.hostId, amount);
  } else {
    let left = amount;
    const give = (hostId: string, count: number): void => {
      if (count <= 0) return;
      counts.set(hostId, (counts.get(hostId) ?? 0) + count);
      left -= count;
    };
    const atMost = affinity === false ? 1 : amount;
    for (const { offer, kept } of own) give(offer.hostId, Math.min(left, held ? kept : Math.min(kept, atMost)));
    for (const { offer, most } of places) {
      if (left === 0) break;
      give(offer.hostId, Math.min(left, Math.min(most, atMost) - (counts.get(offer.hostId) ?? 0)));
    }
    if (left > 0) return undefined;
  }
  return Array.from(counts, ([hostId, count]) => ({ hostId, slots: { count, needs } }));
}

function rank(offer: HostOffer, certainty: Certainty): number {
  return offer.own !== null ? 0 : offer[certainty].carries ? 1 : 2;
}

/** How much of what the reservation has there can stay: instances, or the one host (`needs` null). */
export function keeps(offer: HostOffer, needs: readonly Need[] | null, taken: Taken, certainty: Certainty): number {
  return offer.own === null
    ? 0
    : Math.min(ownCount(offer), unitsIn(offer[certainty].staying, needs, taken.get(offer.hostId)));
}

/** How much it could have there, were it new: instances, or the one host (`needs` null). */
export function spare(offer: HostOffer, needs: readonly Need[] | null, taken: Taken, certainty: Certainty): number {
  return unitsIn(offer[certainty].room, needs, taken.get(offer.hostId));
}

function ownCount({ own }: HostOffer): number {
  return own === null ? 0 : (own.slots?.count ?? 1);
}

export function unitsIn(room: Room, needs: readonly Need[] | null, taken: readonly HostShare[] = []): number {
  if (room === null) return 0;
  if (needs === null) return taken.length === 0 ? 1 : 0;
  if (taken.some((share) => share.slots === null)) return 0;
  let units = Number.MAX_SAFE_INTEGER;
  for (const [index, { resource }] of needs.entries()) {
    const amount = amountOf(needs, resource);
    if (amount === 0) continue;
    let left = room[index] ?? 0;
    for (const share of taken)
      if (share.slots !== null) left -= share.slots.count * amountOf(share.slots.needs, resource);
    units = Math.min(units, Math.floor(left / amount));
  }
  return Math.max(0, units);
}

function ordered(offers: readonly HostOffer[], random?: () => number): readonly HostOffer[] {
  if (random === undefined) return offers;
  const shuffled = [...offers];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [one, two] = [shuffled[last], shuffled[other]];
    if (one !== undefined && two !== undefined) [shuffled[last], shuffled[other]] = [two, one];
  }
  return shuffled;
}

/** Many numbers from one throw of dice: 0 ≤ x < 1, always the same for the same throw. */
export function numbersFrom(dice: number): () => number {
  let state = Math.floor(dice * 2 ** 32) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
