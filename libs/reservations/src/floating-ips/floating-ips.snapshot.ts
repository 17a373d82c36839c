import type { SnapshotFormat } from '#kernel';
import type { DecidedAttempts } from '../host-calendar/decided-attempts.state.js';
import {
  addIp,
  allocate,
  holdAddresses,
  noFloatingIps,
  type AddressAllocation,
  type AddressHold,
  type FloatingIp,
  type FloatingIps,
} from './floating-ips.state.js';

/** Only what cannot be worked out: the bookings of an address follow from allocations and holds. */
interface StoredFloatingIps {
  readonly ips: readonly Omit<FloatingIp, 'bookings'>[];
  readonly allocations: readonly (readonly [reservationId: string, AddressAllocation])[];
  readonly holds: readonly AddressHold[];
  readonly decided: ReturnType<DecidedAttempts['entries']>;
}

export const floatingIpsSnapshot: SnapshotFormat<FloatingIps> = {
  version: 1,
  everyEvents: 1_000,
  write: ({ ips, allocations, holds, decidedAttempts }): StoredFloatingIps => ({
    ips: Array.from(ips.values(), ({ bookings: _bookings, ...ip }) => ip),
    allocations: [...allocations],
    holds: [...holds.values()],
    decided: decidedAttempts.entries(),
  }),
  read: (stored: StoredFloatingIps): FloatingIps => {
    const state = noFloatingIps();
    for (const { createdAt: at, ...ip } of stored.ips) addIp(state, { ...ip, at });
    for (const [reservationId, { leaseId, window, floatingIpIds }] of stored.allocations)
      allocate(state, leaseId, { reservationId, window, floatingIpIds });
    for (const hold of stored.holds) holdAddresses(state, hold);
    state.decidedAttempts.restore(stored.decided);
    return state;
  },
};
