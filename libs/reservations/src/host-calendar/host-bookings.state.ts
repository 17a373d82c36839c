import type { Interval } from '#kernel';
import type { Booking, CalendarHost } from './host-calendar.state.js';

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
export function bookingsIn(host: Readonly<CalendarHost>, window: Interval): Booking[] {
  const { bookings, longest } = host;
  const found: Booking[] = [];
  for (let at = firstBehind(bookings, window.from - longest); at < bookings.length; at += 1) {
    const booking = bookings[at];
    if (booking === undefined || booking.from >= window.to) break;
    if (booking.to > window.from) found.push(booking);
  }
  return found;
}

/** Place of the first booking that begins after that moment. */
function firstBehind(bookings: readonly Booking[], moment: number): number {
  let [low, high] = [0, bookings.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bookings[middle]?.from ?? moment) <= moment) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Most of a resource that instances use at one moment inside the window. */
export function peakOf(bookings: readonly Booking[], resource: string, window: Interval): number {
  const ends: { readonly to: number; readonly amount: number }[] = [];
  const begun: { readonly from: number; readonly to: number; readonly amount: number }[] = [];
  for (const { from, to, slots } of bookings) {
    if (slots === null || to <= window.from || from >= window.to) continue;
    const amount = slots.needs.reduce((sum, need) => (need.resource === resource ? sum + need.amount : sum), 0);
    if (amount > 0) begun.push({ from, to, amount: amount * slots.count });
  }
  if (begun.length === 0) return 0;
  ends.push(...begun);
  begun.sort((one, other) => one.from - other.from);
  ends.sort((one, other) => one.to - other.to);
  let [used, peak, ended] = [0, 0, 0];
  for (const { from, amount } of begun) {
    for (let end = ends[ended]; end !== undefined && end.to <= from; end = ends[(ended += 1)]) used -= end.amount;
    used += amount;
    peak = Math.max(peak, used);
  }
  return peak;
}
