import type { AddressWish } from '../floating-ips/floating-ips.commands.js';
import { addressOffers, bookingEnds } from '../floating-ips/floating-ips.looks.js';
import type { FloatingIps } from '../floating-ips/floating-ips.state.js';
import { shifted } from '../host-calendar/next-start.policy.js';

/** Ends of bookings that are tried. */
const triesAtMost = 100;

/** The earliest start from then on at which all wishes, as long as they are, would have their addresses; null: none was found. */
export function nextAddresses(
  state: Readonly<FloatingIps>,
  wishes: readonly AddressWish[],
  from: number,
): number | null {
  const ends = new Set(wishes.flatMap(({ networkId }) => bookingEnds(state, networkId)));
  const later = [...ends].filter((end) => end > from).sort((one, other) => one - other);
  const starts = [from, ...later.slice(0, triesAtMost), ...later.slice(-1)];
  const fits = (start: number): boolean =>
    addressOffers(
      state,
      wishes.map((wish) => shifted(wish, start)),
    ).every((offer) => offer.fits);
  return starts.find(fits) ?? null;
}
