import type { Interval } from '#kernel';
import { bookingsIn, firstBehind } from './host-bookings.state.js';
import type { HostWish } from './host-calendar.commands.js';
import type { Booking, CalendarHost } from './host-calendar.state.js';
import { amountOf, capacityOf, unmetTrait } from './host-capacity.policy.js';
import { roomBeside, type OfferingCalendar, offersOf } from './host-offers.policy.js';
import { unitsIn } from './host-selection.policy.js';
import { selectAll } from './partition-plan.policy.js';
import { matches } from './requirements.policy.js';

/** Looks at hosts that one search may take, so that it stays quick. */
const looksAtMost = 20_000;
const minuteMs = 60_000;

/**
 * The earliest full minute from `from` on at which new wishes, all as long as they are, would fit together if nothing
 * else changes; null: never. Moments at which bookings end (and hosts are clean) are tried, those before the earliest at
 * which each wish has enough hosts by itself left out. Where that takes too many tries: when everything booked is over.
 */
export function nextStart(
  calendar: OfferingCalendar,
  wishes: readonly HostWish[],
  cleaningMs: number,
  from: number,
): number | null {
  const searches = wishes.map((wish) => searchOf(calendar, wish, cleaningMs));
  const tries = Math.min(500, Math.max(8, Math.ceil(looksAtMost / Math.max(1, calendar.ordered.length))));
  let start = fullMinute(from);
  for (let tried = 0; tried < tries; tried += 1) {
    const bounds = searches.map((search) => earliest(search, start));
    if (bounds.includes(Infinity)) return null;
    const bound = fullMinute(Math.max(start, ...bounds));
    if (bound > start) {
      start = bound;
      continue;
    }
    // Each by itself has enough then.
    if (wishes.length === 1 || fits(calendar, wishes, cleaningMs, start)) return start;
    const next = nextEnd(calendar, start - cleaningMs) + cleaningMs;
    if (next === Infinity) return null;
    start = fullMinute(next);
  }
  const idle = Math.max(start, idleFrom(calendar, cleaningMs));
  return fits(calendar, wishes, cleaningMs, idle) ? idle : null;
}

function fullMinute(at: number): number {
  return Math.ceil(at / minuteMs) * minuteMs;
}

export function shifted<Wish extends { readonly window: Interval }>(wish: Wish, start: number): Wish {
  const { from, to } = wish.window;
  return { ...wish, window: { from: start, to: start + to - from } };
}

function fits(calendar: OfferingCalendar, wishes: readonly HostWish[], cleaningMs: number, start: number): boolean {
  const moved = wishes.map((wish) => shifted(wish, start));
  return selectAll(offersOf(calendar, moved, cleaningMs).wishes, moved, null, 'now').kind === 'selected';
}

interface Search {
  readonly ask: HostWish['ask'];
  readonly lasts: number;
  readonly cleaningMs: number;
  /** Hosts that match, with what they could give if nothing were booked. */
  readonly hosts: readonly { readonly host: Readonly<CalendarHost>; readonly idle: number }[];
}

function searchOf({ ordered }: OfferingCalendar, { ask, filter, window }: HostWish, cleaningMs: number): Search {
  const traits = ask.kind === 'slots' ? ask.traits : [];
  const hosts = ordered
    .filter(({ facts }) => facts.reservable && matches(facts, filter) && unmetTrait(facts, traits) === undefined)
    .map((host) => ({ host, idle: idleUnits(host, ask) }))
    .filter(({ idle }) => idle >= unitsPerHost(ask));
  return { ask, lasts: window.to - window.from, cleaningMs, hosts };
}

function idleUnits({ facts }: Readonly<CalendarHost>, ask: HostWish['ask']): number {
  if (ask.kind === 'hosts') return 1;
  return unitsIn(
    ask.needs.map(({ resource }) => capacityOf(facts, resource)),
    ask.needs,
  );
}

/** What a host must have to be of any use. */
function unitsPerHost(ask: HostWish['ask']): number {
  return ask.kind === 'slots' && ask.affinity === true ? ask.amount : 1;
}

/** Not before this has the wish by itself enough hosts; infinite: never. */
function earliest(search: Search, start: number): number {
  const { ask, lasts, cleaningMs, hosts } = search;
  if (ask.kind === 'slots' && ask.affinity === null) return enoughUnits(search, ask, start);
  const starts = Float64Array.from(hosts, ({ host }) => nextRoom(host, ask, start, lasts, cleaningMs)).sort();
  const enough = ask.kind === 'hosts' ? ask.min : ask.affinity === true ? 1 : ask.amount;
  return starts[enough - 1] ?? Infinity;
}

/** Room on a host grows when one of those ends that are in the way, at most to all that it has. */
function enoughUnits(
  { lasts, cleaningMs, hosts }: Search,
  { amount, needs }: Extract<HostWish['ask'], { kind: 'slots' }>,
  start: number,
): number {
  let lacking = amount;
  const growing: { readonly at: number; readonly by: number }[] = [];
  for (const { host, idle } of hosts) {
    const inside = bookingsIn(host, { from: start - cleaningMs, to: start + lasts + cleaningMs });
    const units = inside.length === 0 ? idle : unitsIn(roomBeside(host.facts, inside, needs), needs);
    lacking -= units;
    if (idle > units) growing.push({ at: firstEnd(inside) + cleaningMs, by: idle - units });
  }
  if (lacking <= 0) return start;
  growing.sort((one, other) => one.at - other.at);
  for (const { at, by } of growing) {
    lacking -= by;
    if (lacking <= 0) return at;
  }
  return Infinity;
}

function firstEnd(bookings: readonly Booking[]): number {
  let first = Infinity;
  for (const { to } of bookings) if (to < first) first = to;
  return first;
}

/** When a host first has room for a wish, or a moment before that, but not before `start`. */
export function nextRoom(
  host: Readonly<CalendarHost>,
  ask: HostWish['ask'],
  start: number,
  lasts: number,
  cleaningMs: number,
): number {
  return ask.kind === 'hosts'
    ? nextGap(host, start, lasts, cleaningMs)
    : nextUnits(host, ask, start, lasts, cleaningMs);
}

function nextGap(
  { bookings, longest }: Readonly<CalendarHost>,
  start: number,
  lasts: number,
  cleaningMs: number,
): number {
  let at = start;
  for (let next = firstBehind(bookings, start - cleaningMs - longest); next < bookings.length; next += 1) {
    const booking = bookings[next];
    if (booking === undefined || booking.from >= at + lasts + cleaningMs) break;
    if (booking.to > at - cleaningMs) at = booking.to + cleaningMs;
  }
  return at;
}

/** Ends of bookings that are looked at on one host. */
const endsAtMost = 50;

function nextUnits(
  host: Readonly<CalendarHost>,
  ask: Extract<HostWish['ask'], { kind: 'slots' }>,
  start: number,
  lasts: number,
  cleaningMs: number,
): number {
  let at = start;
  for (let looked = 0; looked < endsAtMost; looked += 1) {
    const inside = bookingsIn(host, { from: at - cleaningMs, to: at + lasts + cleaningMs });
    if (inside.length === 0 || unitsIn(roomBeside(host.facts, inside, ask.needs), ask.needs) >= unitsPerHost(ask))
      break;
    const whole = inside.filter(({ slots }) => slots === null).map(({ to }) => to);
    // Whoever has it whole must be gone; of instances the first may be enough.
    at = (whole.length > 0 ? Math.max(...whole) : firstEnd(inside)) + cleaningMs;
  }
  return at;
}

function nextEnd({ ordered }: OfferingCalendar, after: number): number {
  let next = Infinity;
  for (const { bookings } of ordered) for (const { to } of bookings) if (to > after && to < next) next = to;
  return next;
}

/** When everything booked is over, and the hosts are clean. */
export function idleFrom({ ordered }: OfferingCalendar, cleaningMs: number): number {
  let last = 0;
  for (const { bookings } of ordered) for (const { to } of bookings) if (to > last) last = to;
  return fullMinute(last + cleaningMs);
}

/** A resource of which the host would not have enough if nothing were booked. */
export function lackingResource({ facts }: Readonly<CalendarHost>, ask: HostWish['ask']): string | undefined {
  if (ask.kind === 'hosts') return undefined;
  const units = unitsPerHost(ask);
  return ask.needs.find(({ resource }) => capacityOf(facts, resource) < units * amountOf(ask.needs, resource))
    ?.resource;
}
