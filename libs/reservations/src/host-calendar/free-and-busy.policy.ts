import type { Interval } from '#kernel';
import type { BusyTime, HostAvailability } from '../contracts.js';
import { bookingsIn } from './host-bookings.state.js';
import type { Booking, CalendarHost } from './host-calendar.state.js';

/** What is booked and what is not, inside a window. What is held counts as booked, once where it is what the reservation has. */
export function freeAndBusy(host: Readonly<CalendarHost>, window: Interval): HostAvailability {
  const { id: hostId, hypervisorHostname: hostname, reservable } = host.facts;
  const busy: BusyTime[] = [];
  const free: Interval[] = [];
  let freeFrom = window.from;
  const inside = bookingsIn(host, window);
  for (const [index, booking] of inside.entries()) {
    const from = Math.max(booking.from, window.from);
    const to = Math.min(booking.to, window.to);
    if (from > freeFrom) free.push({ from: freeFrom, to: from });
    if (to > freeFrom) freeFrom = to;
    if (isSaidBefore(inside, index, booking)) continue;
    const { leaseId, reservationId, slots } = booking;
    busy.push({ from, to, leaseId, reservationId, slots: slots === null ? null : slots.count });
  }
  if (freeFrom < window.to) free.push({ from: freeFrom, to: window.to });
  return { hostId, hostname, reservable, busy, free };
}

function isSaidBefore(inside: readonly Booking[], index: number, booking: Booking): boolean {
  for (let before = index - 1; inside[before]?.from === booking.from; before -= 1) {
    const other = inside[before];
    const same = other?.reservationId === booking.reservationId && other.to === booking.to;
    if (same && other.slots?.count === booking.slots?.count) return true;
  }
  return false;
}
