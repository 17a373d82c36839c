import type { HostObstacle } from '../contracts.js';
import { bookingsIn } from './host-bookings.state.js';
import type { HostWish } from './host-calendar.commands.js';
import type { HostShare } from './host-calendar.events.js';
import { inStorageOrder, type CalendarHost } from './host-calendar.state.js';
import { unmetTrait } from './host-capacity.policy.js';
import { offersOf, type HostOffer, type OfferingCalendar } from './host-offers.policy.js';
import { select, spare, take, type Taken } from './host-selection.policy.js';
import { lackingResource, nextRoom } from './next-start.policy.js';
import { firstUnmet } from './requirements.policy.js';

/** What a wish would get. */
export interface PlannedHosts {
  readonly fits: boolean;
  readonly shares: readonly HostShare[];
  readonly wanted: number;
  /** Hosts, or instances. */
  readonly available: number;
  /** Of hosts in storage order that are not among those: the first hundred. */
  readonly obstacles: readonly { readonly host: Readonly<CalendarHost>; readonly obstacle: HostObstacle }[];
}

export type HostsPlan =
  | { readonly kind: 'planned'; readonly wishes: readonly PlannedHosts[] }
  | { readonly kind: 'property-unknown'; readonly name: string };

const obstaclesAtMost = 100;

/** Hosts of all partitions as one calendar, for wishes of reservations that have nothing yet. What is held counts as booked. */
export function calendarOf(partitions: readonly (readonly CalendarHost[])[]): OfferingCalendar {
  const ordered = partitions.flat();
  if (partitions.length > 1) ordered.sort((one, other) => inStorageOrder(one.facts.id, other.facts.id));
  const capabilities = new Map<string, number>();
  for (const { facts } of ordered) for (const { key } of facts.capabilities) capabilities.set(key, 1);
  return { ordered, capabilities, allocations: new Map(), holds: new Map(), holdOf: new Map() };
}

/** What each of some new wishes would get, in storage order, those before it seen; and what is in the way of the rest. */
export function planHosts(calendar: OfferingCalendar, wishes: readonly HostWish[], cleaningMs: number): HostsPlan {
  const taken: Taken = new Map();
  const planned: PlannedHosts[] = [];
  for (const [index, { unknown, hosts: offers }] of offersOf(calendar, wishes, cleaningMs).wishes.entries()) {
    const wish = wishes[index];
    const [name] = unknown;
    if (name !== undefined) return { kind: 'property-unknown', name };
    if (wish === undefined) continue;
    const available = availableOf(offers, wish, taken);
    const shares = select(offers, wish, taken, 'now') ?? [];
    const free = new Set(offers.filter((offer) => unitsOf(offer, wish, taken) > 0).map(({ hostId }) => hostId));
    planned.push({
      fits: shares.length > 0,
      shares,
      wanted: wish.ask.kind === 'hosts' ? wish.ask.min : wish.ask.amount,
      available,
      obstacles: obstaclesOf(calendar, wish, cleaningMs, free),
    });
    for (const share of shares) take(taken, share);
  }
  return { kind: 'planned', wishes: planned };
}

function unitsOf(offer: HostOffer, { ask }: HostWish, taken: Taken): number {
  return spare(offer, ask.kind === 'hosts' ? null : ask.needs, taken, 'now');
}

/** As many as one reservation could have: of instances together on one host where they must be, else one of each host or all. */
function availableOf(offers: readonly HostOffer[], wish: HostWish, taken: Taken): number {
  const units = offers.map((offer) => unitsOf(offer, wish, taken));
  if (wish.ask.kind === 'slots' && wish.ask.affinity === true)
    return units.reduce((most, each) => Math.max(most, each), 0);
  const apart = wish.ask.kind === 'slots' && wish.ask.affinity === false;
  return Math.min(
    Number.MAX_SAFE_INTEGER,
    units.reduce((sum, each) => sum + (apart ? Math.min(1, each) : each), 0),
  );
}

function obstaclesOf(
  { ordered }: OfferingCalendar,
  wish: HostWish,
  cleaningMs: number,
  free: ReadonlySet<string>,
): PlannedHosts['obstacles'] {
  const obstacles: PlannedHosts['obstacles'][number][] = [];
  for (const host of ordered) {
    if (obstacles.length === obstaclesAtMost) break;
    if (free.has(host.facts.id)) continue;
    const obstacle = obstacleOf(host, wish, cleaningMs);
    if (obstacle !== undefined) obstacles.push({ host, obstacle });
  }
  return obstacles;
}

/** Undefined: nothing but what others of the same lease would get there. */
function obstacleOf(
  host: Readonly<CalendarHost>,
  { ask, filter, window }: HostWish,
  cleaningMs: number,
): HostObstacle | undefined {
  const { facts } = host;
  if (!facts.reservable) return { kind: 'not-reservable' };
  const unmet = firstUnmet(facts, filter);
  if (unmet !== undefined) return { kind: 'filter', condition: `${unmet.name} ${unmet.operator} ${unmet.value}` };
  const trait = ask.kind === 'slots' ? unmetTrait(facts, ask.traits) : undefined;
  if (trait !== undefined) return { kind: 'filter', condition: `trait ${trait.name} ${trait.wish}` };
  const resource = lackingResource(host, ask);
  const inside = bookingsIn(host, { from: window.from - cleaningMs, to: window.to + cleaningMs });
  if (inside.length > 0) {
    const until = nextRoom(host, ask, window.from, window.to - window.from, cleaningMs);
    const leaseIds = [...new Set(inside.map(({ leaseId }) => leaseId))];
    if (resource !== undefined) return { kind: 'busy', until: null, leaseIds };
    if (until > window.from) return { kind: 'busy', until, leaseIds };
  }
  return resource === undefined ? undefined : { kind: 'too-small', resource };
}
