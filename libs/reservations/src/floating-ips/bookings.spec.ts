import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { overlaps } from '#kernel';
import { book, bookedByOthers, unbook, type Booking, type Bookings } from './bookings.state.js';

const window = fc
  .tuple(fc.nat(30), fc.integer({ min: 1, max: 12 }))
  .map(([from, length]) => ({ from, to: from + length }));
const booking = fc.record({
  window,
  leaseId: fc.constant('l'),
  reservationId: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
  attempt: fc.constantFrom(null, 'a', 'b'),
});

/** Only what may be booked is: nobody gets what another has, and nobody has the same twice. */
function booked(all: readonly Booking[]): Bookings {
  const bookings: Bookings = [];
  for (const each of all) {
    const { reservationId, attempt } = each;
    const again = bookings.some((other) => other.reservationId === reservationId && other.attempt === attempt);
    if (!again && bookedByOthers(bookings, each.window, reservationId).length === 0) book(bookings, each);
  }
  return bookings;
}

describe('bookings of an address', () => {
  it('say who else has it in a window', () => {
    fc.assert(
      fc.property(fc.array(booking, { maxLength: 25 }), window, fc.constantFrom('r1', 'r2', 'new'), (all, at, by) => {
        const bookings = booked(all);
        const expected = bookings.filter((each) => each.reservationId !== by && overlaps(each.window, at));
        const found = bookedByOthers(bookings, at, by);
        expect(found).toHaveLength(expected.length);
        expect(found).toEqual(expect.arrayContaining(expected));
      }),
      { numRuns: 2_000 },
    );
  });

  it('are in order, and gone when they are taken out', () => {
    fc.assert(
      fc.property(fc.array(booking, { maxLength: 25 }), fc.nat(), (all, dice) => {
        const bookings = booked(all);
        const beginnings = bookings.map((each) => each.window.from);
        expect(beginnings).toEqual([...beginnings].sort((one, other) => one - other));
        const going = bookings[dice % Math.max(1, bookings.length)];
        if (going === undefined) return;
        const rest = bookings.filter((each) => each !== going);
        unbook(bookings, going.window, going.reservationId, going.attempt);
        expect(bookings).toEqual(rest);
        unbook(bookings, going.window, going.reservationId, going.attempt);
        expect(bookings).toEqual(rest);
      }),
    );
  });
});
