import type { Interval } from '#kernel';
import type { BusyTime, HostAvailability } from '../contracts.js';
import { firstBehind } from './host-bookings.state.js';
import type { Booking, CalendarHost } from './host-calendar.state.js';

/** What is booked and what is not, inside a window. What is held counts as booked, once where it is what the reservation has. */
export function freeAndBusy({ facts, bookings, longest }: Readonly<CalendarHost>, window: Interval): HostAvailability {
  const busy: BusyTime[] = [];
  const free: Interval[] = [];
  let freeFrom = window.from;
  // A loop without lists in between: calendars of many hosts are asked for at once.
  for (let next = firstBehind(bookings, window.from - longest); next < bookings.length; next += 1) {
    const booking = bookings[next];
    if (booking === undefined || booking.from >= window.to) break;
    if (booking.to <= window.from) continue;
    const from = Math.max(booking.from, window.from);
    const to = Math.min(booking.to, window.to);
    if (from > freeFrom) free.push({ from: freeFrom, to: from });
    if (to > freeFrom) freeFrom = to;
    if (isSaidBefore(bookings, next, booking)) continue;
    const { leaseId, reservationId, slots } = booking;
    busy.push({ from, to, leaseId, reservationId, slots: slots === null ? null : slots.count });
  }
  if (freeFrom < window.to) free.push({ from: freeFrom, to: window.to });
  return { hostId: facts.id, hostname: facts.hypervisorHostname, reservable: facts.reservable, busy, free };
}

function isSaidBefore(bookings: readonly Booking[], index: number, booking: Booking): boolean {
  for (let before = index - 1; bookings[before]?.from === booking.from; before -= 1) {
    const other = bookings[before];
    const same = other?.reservationId === booking.reservationId && other.to === booking.to;
    if (same && other.slots?.count === booking.slots?.count) return true;
  }
  return false;
}
