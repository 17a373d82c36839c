import type { AggregateOwner, OwnedAggregate } from '#inventory';
import type { InstanceMeans, ReservationTerms } from '../../lease/lease.events.js';

type Entries = OwnedAggregate['metadata'];

export function ownerOfReservation(reservationId: string): AggregateOwner {
  return { kind: 'reservations', id: reservationId };
}

/** As `aggregateOfReservation`, for instances: it also tells of which lease, so that one that nobody wants any more is found. */
export function aggregateOfInstances(
  leaseId: string,
  ...[reservationId, ...rest]: Parameters<typeof aggregateOfReservation>
): OwnedAggregate {
  const aggregate = aggregateOfReservation(reservationId, ...rest);
  return { ...aggregate, owner: { ...aggregate.owner, leaseId } };
}

/** Of a reservation's hosts while it runs; for instances from its creation on. Named by the reservation's id. */
export function aggregateOfReservation(
  reservationId: string,
  resourceType: ReservationTerms['resourceType'],
  means: Pick<InstanceMeans, 'serverGroupId'> | null,
  projectId: string,
): OwnedAggregate {
  const metadata =
    resourceType === 'physical:host'
      ? [{ key: 'blazar:owner', value: projectId }]
      : ofInstances(reservationId, means?.serverGroupId ?? null, projectId);
  return { name: reservationId, owner: ownerOfReservation(reservationId), metadata };
}

function ofInstances(reservationId: string, serverGroupId: string | null, projectId: string): Entries {
  const affinity = serverGroupId === null ? [] : [{ key: 'affinity_id', value: serverGroupId }];
  return [{ key: 'reservation', value: reservationId }, { key: 'filter_tenant_id', value: projectId }, ...affinity];
}

/** Of enrolled hosts that no reservation has. */
export function freePoolAggregate(name: string): OwnedAggregate {
  return { name, owner: { kind: 'reservations', id: name }, metadata: [] };
}
