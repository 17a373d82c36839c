import type { Interval } from '#kernel';
import type { Booking, CalendarHost } from './host-calendar.state.js';
import { amountOf } from './host-capacity.policy.js';

export function addBooking(host: CalendarHost, booking: Booking): void {
  host.bookings.splice(firstBehind(host.bookings, booking.from), 0, booking);
  host.longest = Math.max(host.longest, booking.to - booking.from);
}

/** What a reservation has (`attempt` null: confirmed) from that moment on. */
export function removeBooking(host: CalendarHost, reservationId: string, attempt: string | null, from: number): void {
  const { bookings } = host;
  for (let at = firstBehind(bookings, from) - 1; bookings[at]?.from === from; at -= 1) {
    if (bookings[at]?.reservationId !== reservationId || bookings[at]?.attempt !== attempt) continue;
    bookings.splice(at, 1);
    break;
  }
  if (bookings.length === 0) host.longest = 0;
}

/** Bookings that overlap the window, by `from`. What only touches it does not. */
export function bookingsIn(
  { bookings, longest }: Pick<CalendarHost, 'bookings' | 'longest'>,
  window: Interval,
): Booking[] {
  const found: Booking[] = [];
  for (let at = firstBehind(bookings, window.from - longest); at < bookings.length; at += 1) {
    const booking = bookings[at];
    if (booking === undefined || booking.from >= window.to) break;
    if (booking.to > window.from) found.push(booking);
  }
  return found;
}

/** Place of the first booking that begins after that moment. */
export function firstBehind(bookings: readonly Booking[], moment: number): number {
  let [low, high] = [0, bookings.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bookings[middle]?.from ?? moment) <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Most of a resource that the instances of bookings, which all overlap one window, use at one moment inside it. */
export function peakOf(bookings: readonly Booking[], resource: string): number {
  const using: { readonly from: number; readonly to: number; readonly amount: number }[] = [];
  for (const { from, to, slots } of bookings) {
    if (slots !== null) using.push({ from, to, amount: slots.count * amountOf(slots.needs, resource) });
  }
  const ending = [...using].sort((one, other) => one.to - other.to);
  using.sort((one, other) => one.from - other.from);
  let [used, peak, ended] = [0, 0, 0];
  for (const { from, amount } of using) {
    for (let end = ending[ended]; end !== undefined && end.to <= from; end = ending[(ended += 1)]) used -= end.amount;
    used += amount;
    peak = Math.max(peak, used);
  }
  return peak;
}
