import type { Booking } from './history.type.js';

/** Two leases on one host at overlapping times; back-to-back is none. In order of host and time. */
export function overlaps(bookings: readonly Booking[]): readonly string[] {
  const byHost = new Map<string, Booking[]>();
  for (const booking of bookings) {
    const booked = byHost.get(booking.host);
    if (booked === undefined) byHost.set(booking.host, [booking]);
    else booked.push(booking);
  }
  const found: string[] = [];
  for (const [host, booked] of byHost) {
    booked.sort((a, b) => a.window.from - b.window.from || a.window.to - b.window.to);
    let last: Booking | undefined;
    for (const booking of booked) {
      if (last !== undefined && booking.window.from < last.window.to && booking.leaseId !== last.leaseId)
        found.push(
          `${host} has ${last.leaseId} and ${booking.leaseId} at ${new Date(booking.window.from).toISOString()}`,
        );
      if (last === undefined || booking.window.to > last.window.to) last = booking;
    }
  }
  return found;
}
