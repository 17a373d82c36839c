import type { Interval } from '#kernel';
import type { HostWish, PickedShares } from '../../host-calendar/host-calendar.commands.js';
import type { HostShare } from '../../host-calendar/host-calendar.events.js';
import type { AllocatedHost, ReservationTerms } from '../../lease/lease.events.js';
import type { ReservationFacts } from '../../lease/lease.facts.state.js';
import { fresh, hostWish } from './wishes.policy.js';

/** A host that failed under a reservation. */
export interface Failure {
  readonly reservation: ReservationFacts;
  readonly terms: Exclude<ReservationTerms, { resourceType: 'virtual:floatingip' }>;
  readonly failed: AllocatedHost;
  /** Its other hosts. */
  readonly kept: readonly AllocatedHost[];
  readonly window: Interval;
  /** Hosts that cannot replace it. */
  readonly excluded: ReadonlySet<string>;
}

/** One host for one host, or room for as many instances; asked as if for another reservation. */
export function replacementWish({ terms, failed, window }: Failure): HostWish {
  const wish = hostWish('', terms, window, fresh);
  if (wish.ask.kind === 'hosts') return { ...wish, ask: { kind: 'hosts', min: 1, max: 1 } };
  // What may be apart may be together too, but what fitted one host is to fit one host again.
  return { ...wish, ask: { ...wish.ask, amount: failed.slots ?? 1, affinity: true } };
}

/** All that the reservation is to have in each partition concerned. `picked`: what replaces; empty: nothing does. */
export function sharesAfter(
  { reservation, terms, failed, kept, window }: Failure,
  picked: ReadonlyMap<string, readonly PickedShares[]>,
): ReadonlyMap<string, readonly PickedShares[]> {
  const { filter, ask } = hostWish(reservation.id, terms, window, fresh);
  const needs = ask.kind === 'slots' ? ask.needs : [];
  const traits = ask.kind === 'slots' ? { traits: ask.traits } : {};
  const after = new Map<string, PickedShares[]>();
  for (const partition of new Set([failed.partition, ...picked.keys()])) {
    const shares = new Map<string, HostShare>();
    const add = (hostId: string, count: number | null): void => {
      const total = count === null ? null : count + (shares.get(hostId)?.slots?.count ?? 0);
      shares.set(hostId, { hostId, slots: total === null ? null : { count: total, needs } });
    };
    for (const host of kept) if (host.partition === partition) add(host.hostId, host.slots);
    for (const share of picked.get(partition)?.flatMap((each) => each.shares) ?? [])
      add(share.hostId, share.slots?.count ?? null);
    after.set(partition, [{ reservationId: reservation.id, window, filter, ...traits, shares: [...shares.values()] }]);
  }
  return after;
}
