import { overlaps, type Interval } from '#kernel';

/** When a reservation has an address; `attempt`: it is only held, until that attempt is decided. */
export interface Booking {
  readonly window: Interval;
  readonly leaseId: string;
  readonly reservationId: string;
  readonly attempt: string | null;
}

/**
 * In order of their beginnings. Those of different reservations never overlap; those of one may: what it has, and what
 * a change of it holds.
 */
export type Bookings = Booking[];

export function book(bookings: Bookings, booking: Booking): void {
  bookings.splice(firstFrom(bookings, booking.window.from + 1), 0, booking);
}

/** Takes out what this reservation has (`attempt` null), or what that attempt holds for it. */
export function unbook(bookings: Bookings, window: Interval, reservationId: string, attempt: string | null): void {
  for (let place = firstFrom(bookings, window.from); place < bookings.length; place += 1) {
    const booking = bookings[place];
    if (booking === undefined || booking.window.from > window.from) return;
    if (booking.reservationId !== reservationId || booking.attempt !== attempt) continue;
    bookings.splice(place, 1);
    return;
  }
}

/** Bookings of other reservations that overlap the window, the last first. Looks only at its neighbourhood. */
export function bookedByOthers(bookings: readonly Booking[], window: Interval, reservationId: string): Booking[] {
  const found: Booking[] = [];
  let before: string | undefined;
  for (let place = firstFrom(bookings, window.to) - 1; place >= 0; place -= 1) {
    const booking = bookings[place];
    // Who begins before somebody else's end has ended: only those of the same reservation may reach further.
    if (booking === undefined || (before !== undefined && before !== booking.reservationId)) break;
    if (!overlaps(booking.window, window)) before = booking.reservationId;
    else if (booking.reservationId !== reservationId) found.push(booking);
  }
  return found;
}

/** Place of the first booking that does not begin before the moment. */
function firstFrom(bookings: readonly Booking[], moment: number): number {
  let [low, high] = [0, bookings.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bookings[middle]?.window.from ?? moment) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
