import type { Reservation, ReservationTerms } from '../../lease/lease.events.js';
import type { LeaseFacts } from '../../lease/lease.facts.state.js';
import type { ReservationChange, UpdatePlan } from '../../lease/lease-update.policy.js';
import type { Held, Wanted } from './attempt.js';
import { forInstances, serverGroupOf } from './instance-flavor.js';
import { addressWish, hostWish, wantsAddresses } from './wishes.policy.js';

export function isNothing({ name, startsAt, endsAt, events, reservations }: UpdatePlan): boolean {
  const dated = startsAt !== undefined || endsAt !== undefined || events.length > 0;
  return name === undefined && !dated && reservations.length === 0;
}

/** What has to be held for a change. */
export function wantedByChange({ reservations }: UpdatePlan): Wanted {
  const hosts: Wanted['hosts'][number][] = [];
  const addresses: Wanted['addresses'][number][] = [];
  for (const change of reservations) {
    const { reservation, terms, window, wants } = change;
    if (wants === null) continue;
    if (wantsAddresses(terms)) addresses.push(addressWish(reservation.id, terms, window, change));
    else hosts.push(hostWish(reservation.id, terms, window, change));
  }
  return { hosts, addresses };
}

/** The reservations of a change, as they are to be. */
export function changedReservations(changes: readonly ReservationChange[], held: Held): readonly Reservation[] {
  return changes.map(({ reservation, terms, wants }) => {
    const { id, resourceId, means } = reservation;
    const hosts = wants === 'hosts' ? (held.hosts.get(id) ?? []) : reservation.hosts;
    const addresses = wants === 'addresses' ? (held.addresses.get(id) ?? []) : reservation.addresses;
    return { id, resourceId, terms, hosts, addresses, means: changedMeans(id, terms, means) };
  });
}

function changedMeans(id: string, terms: ReservationTerms, means: Reservation['means']): Reservation['means'] {
  return means === null || !forInstances(terms) ? means : { ...means, serverGroupId: serverGroupOf(id, terms) };
}

/** The lease as it would be, with what it has now. */
export function filteredLease(lease: LeaseFacts, { name, startsAt, endsAt, reservations }: UpdatePlan) {
  const changed = new Map(reservations.map(({ reservation, terms }) => [reservation.id, terms]));
  return {
    id: lease.id,
    name: name ?? lease.name,
    startsAt: startsAt ?? lease.startsAt,
    endsAt: endsAt ?? lease.endsAt,
    reservations: lease.reservations.map((each) => ({ ...each, terms: changed.get(each.id) ?? each.terms })),
  };
}
