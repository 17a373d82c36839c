import { leaseCatalog, type LeaseEvent } from '#reservations';
import type { EventEnvelope } from '#kernel';
import type { Change, Documents, Projection } from '#read-store';
import {
  allocationsCollection,
  leaseHostsCollection,
  type AllocationDocument,
  type LeaseHostsDocument,
} from './allocations.document.js';

const folded = [
  'LeaseCreated',
  'LeaseUpdated',
  'ReservationHealed',
  'LeaseEnded',
  'LeaseEndFailed',
  'LeaseDeleted',
] as const;
type Folded = Extract<LeaseEvent, { type: (typeof folded)[number] }>;
type Changing = Extract<Folded, { type: 'LeaseUpdated' | 'ReservationHealed' }>;

export const allocationsProjection: Projection = {
  name: 'allocations',
  version: 1,
  keeps: 'state',
  collections: [allocationsCollection, leaseHostsCollection],
  catalogs: [leaseCatalog],
  events: folded.map((type) => `reservations/${type}`),
  wants: ({ event }) =>
    event.type === 'LeaseCreated'
      ? []
      : [{ collection: leaseHostsCollection.name, id: (event as Folded).data.leaseId }],
  fold,
};

type Reservations = LeaseHostsDocument['reservations'];

function fold(envelope: EventEnvelope, documents: Documents): readonly Change[] {
  const event = envelope.event as Folded;
  const { leaseId } = event.data;
  if (event.type === 'LeaseCreated') {
    const { startsAt, endsAt, reservations } = event.data;
    const created = { _id: leaseId, startsAt, endsAt, reservations: reservations.map(hostsOf) };
    return replaced([], created);
  }
  const lease = documents.get<LeaseHostsDocument>(leaseHostsCollection.name, leaseId);
  // Ended or deleted before.
  if (lease === undefined) return [];
  if (event.type !== 'LeaseUpdated' && event.type !== 'ReservationHealed') {
    return [
      ...idsIn(lease.reservations).map((id) => remove(id)),
      { delete: { collection: leaseHostsCollection.name, id: leaseId } },
    ];
  }
  return replaced(lease.reservations, changed(lease, event));
}

function changed(lease: LeaseHostsDocument, event: Changing): LeaseHostsDocument {
  if (event.type === 'ReservationHealed') {
    const { reservationId: id, hosts } = event.data;
    return { ...lease, reservations: inPlace(lease.reservations, [hostsOf({ id, hosts })]) };
  }
  const { startsAt = lease.startsAt, endsAt = lease.endsAt, reservations } = event.data;
  return { ...lease, startsAt, endsAt, reservations: inPlace(lease.reservations, reservations.map(hostsOf)) };
}

function hostsOf({ id, hosts }: Reservations[number]): Reservations[number] {
  return { id, hosts: hosts.map(({ hostId, slots }) => ({ hostId, slots })) };
}

function inPlace(reservations: Reservations, anew: Reservations): Reservations {
  const changes = new Map(anew.map((reservation) => [reservation.id, reservation]));
  return reservations.map((reservation) => changes.get(reservation.id) ?? reservation);
}

function replaced(former: Reservations, lease: LeaseHostsDocument): readonly Change[] {
  const kept = new Set(idsIn(lease.reservations));
  const gone = idsIn(former).filter((id) => !kept.has(id));
  return [
    ...gone.map((id) => remove(id)),
    ...allocationsOf(lease).map((document) => ({ put: { collection: allocationsCollection.name, document } })),
    { put: { collection: leaseHostsCollection.name, document: lease } },
  ];
}

function allocationsOf({ _id: leaseId, startsAt, endsAt, reservations }: LeaseHostsDocument) {
  return reservations.flatMap(({ id: reservationId, hosts }) =>
    hosts.map(({ hostId, slots }): AllocationDocument => ({
      _id: allocationId(reservationId, hostId),
      hostId,
      leaseId,
      reservationId,
      slots,
      startsAt,
      endsAt,
    })),
  );
}

function idsIn(reservations: Reservations): readonly string[] {
  return reservations.flatMap(({ id, hosts }) => hosts.map(({ hostId }) => allocationId(id, hostId)));
}

function allocationId(reservationId: string, hostId: string): string {
  return `${reservationId}.${hostId}`;
}

function remove(id: string): Change {
  return { delete: { collection: allocationsCollection.name, id } };
}
