import { contains, overlaps, type Interval } from '#kernel';
import { bookingsIn, peakOf } from './host-bookings.state.js';
import type { Condition, HostWish, Trait } from './host-calendar.commands.js';
import type { HostShare, Need } from './host-calendar.events.js';
import type { Booking, CalendarHost, CalendarState } from './host-calendar.state.js';
import { capacityOf, unmetTrait } from './host-capacity.policy.js';
import type { HostFacts } from './host-facts.state.js';
import { capabilitiesIn, matches } from './requirements.policy.js';

/** An undecided attempt in the way of others. */
export type UndecidedHold = {
  readonly attempt: string;
  /** Name of the deciding stream. */
  readonly decidedBy: string;
  readonly deadline: number;
  readonly leaseId: string;
};

/** What is left of each resource that one instance needs; for whole hosts an empty list. Null: no room at all. */
export type Room = readonly number[] | null;

/** What a host has for a wish. */
export interface HostRoom {
  /** For more than the reservation has: inside the window with cleaning time. */
  readonly room: Room;
  /** Nothing is booked on it, whenever. */
  readonly unused: boolean;
  /** Instances have room on it inside the window. */
  readonly carries: boolean;
  /** Where the reservation has something: inside the window itself. */
  readonly staying: Room;
}

export interface HostOffer {
  readonly hostId: string;
  readonly now: HostRoom;
  /** The same if undecided holds, and what their reservations had before, were gone. */
  readonly then: HostRoom;
  /** What the reservation has there. */
  readonly own: HostShare | null;
}

export interface WishOffers {
  /** Something is held for this very reservation already, undecided. */
  readonly undecided: boolean;
  /** Capabilities that its filter names and no host of this partition has. */
  readonly unknown: readonly string[];
  /** Hosts that have room, may have it then, or are the reservation's already; in storage order. */
  readonly hosts: readonly HostOffer[];
}

/** What one partition has for some wishes: a copy. */
export interface PartitionOffers {
  readonly wishes: readonly WishOffers[];
  /** Undecided ones that are in the way. */
  readonly holds: readonly UndecidedHold[];
}

export type OfferingCalendar = Readonly<
  Pick<CalendarState, 'ordered' | 'capabilities' | 'allocations' | 'holds' | 'holdOf'>
>;

export function offersOf(state: OfferingCalendar, wishes: readonly HostWish[], cleaningMs: number): PartitionOffers {
  const inTheWay = new Set<string>();
  const offers = wishes.map((wish): WishOffers => {
    const attempt = state.holdOf.get(wish.reservationId);
    if (attempt !== undefined) inTheWay.add(attempt);
    const { kind } = wish.ask;
    const request = requestOf(state, { ...wish, ...(kind === 'slots' ? wish.ask : { needs: null }) }, cleaningMs);
    return {
      undecided: attempt !== undefined,
      unknown: capabilitiesIn(wish.filter).filter((name) => !state.capabilities.has(name)),
      hosts: state.ordered.flatMap((host) => offerOf(state, host, request, inTheWay) ?? []),
    };
  });
  return { wishes: offers, holds: holdsNamed(state, inTheWay) };
}

export function holdsNamed(state: Pick<CalendarState, 'holds'>, attempts: Iterable<string>): UndecidedHold[] {
  return Array.from(attempts, (name) => state.holds.get(name))
    .filter((hold) => hold !== undefined)
    .map(({ attempt, decidedBy, deadline, leaseId }) => ({ attempt, decidedBy, deadline, leaseId }));
}

/** What is asked of each host. */
export interface HostRequest {
  readonly reservationId: string;
  /** The lease's own time. */
  readonly window: Interval;
  /** With cleaning time: where others may not be. */
  readonly search: Interval;
  readonly filter: readonly Condition[];
  /** Of one instance; null: the whole host. */
  readonly needs: readonly Need[] | null;
  readonly traits: readonly Trait[];
  /** By host: what the reservation has. */
  readonly own: ReadonlyMap<string, HostShare>;
  /** The window reaches beyond that of what it has. */
  readonly grown: boolean;
}

export function requestOf(
  { allocations }: Pick<CalendarState, 'allocations'>,
  wish: Pick<HostRequest, 'reservationId' | 'window' | 'filter' | 'needs'> & {
    readonly traits?: readonly Trait[];
    readonly grown?: boolean;
  },
  cleaningMs: number,
): HostRequest {
  const { reservationId, window, filter, needs, traits = [], grown = false } = wish;
  const allocation = allocations.get(reservationId);
  return {
    ...{ reservationId, window, filter, needs, traits },
    search: { from: window.from - cleaningMs, to: window.to + cleaningMs },
    own: new Map(allocation?.shares.map((share) => [share.hostId, share])),
    grown: grown || (allocation !== undefined && !contains(allocation.window, window)),
  };
}

/** Undefined: it has nothing to do with the request. Attempts that are in the way are added to `inTheWay`. */
export function offerOf(
  { holdOf }: Pick<CalendarState, 'holdOf'>,
  { facts, bookings, longest }: Readonly<CalendarHost>,
  request: HostRequest,
  inTheWay: Set<string>,
): HostOffer | undefined {
  const own = request.own.get(facts.id) ?? null;
  const fits = matches(facts, request.filter) && unmetTrait(facts, request.traits) === undefined;
  if (own === null && !(fits && facts.reservable)) return undefined;
  const others = bookingsIn({ bookings, longest }, request.search).filter(
    ({ reservationId }) => reservationId !== request.reservationId,
  );
  const now = fits ? roomOn(facts, others, bookings.length === 0, own, request) : noRoom;
  const holdOn = ({ attempt, reservationId }: Booking): string | undefined => attempt ?? holdOf.get(reservationId);
  const decided = others.filter((booking) => {
    const attempt = holdOn(booking);
    if (attempt !== undefined) inTheWay.add(attempt);
    return attempt === undefined;
  });
  const unused = now.unused || bookings.every((booking) => holdOn(booking) !== undefined);
  const same = decided.length === others.length && unused === now.unused;
  const then = same || !fits ? now : roomOn(facts, decided, unused, own, request);
  if (own === null && now.room === null && then.room === null) return undefined;
  return { hostId: facts.id, now, then, own };
}

const noRoom: HostRoom = { room: null, unused: false, carries: false, staying: null };

function roomOn(
  facts: HostFacts,
  others: readonly Booking[],
  unused: boolean,
  own: HostShare | null,
  { needs, window, grown }: HostRequest,
): HostRoom {
  const room = facts.reservable ? roomBeside(facts, others, needs) : null;
  const carries = others.some(({ slots }) => slots !== null);
  if (own === null) return { room, unused, carries, staying: null };
  // A whole host that it has is asked only when the window has grown.
  const inside = needs === null && !grown ? [] : others.filter((booking) => overlaps(booking, window));
  return { room, unused, carries, staying: roomBeside(facts, inside, needs) };
}

export function roomBeside(facts: HostFacts, others: readonly Booking[], needs: HostRequest['needs']): Room {
  if (needs === null) return others.length === 0 ? [] : null;
  if (others.some(({ slots }) => slots === null)) return null;
  return needs.map(({ resource }) => capacityOf(facts, resource) - peakOf(others, resource));
}
