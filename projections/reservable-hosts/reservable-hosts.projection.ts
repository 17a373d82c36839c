import { foldHost, hostCalendarCatalog, type Capability, type HostCalendarEvent } from '#reservations';
import type { EventEnvelope } from '#kernel';
import type { Change, Documents, Projection } from '#read-store';
import {
  hostCapabilitiesCollection,
  reservableHostsCollection,
  type HostCapabilityDocument,
  type ReservableHostDocument,
} from './reservable-hosts.document.js';

const folded = [
  'HostEnrolled',
  'HostCapabilitiesSet',
  'HostBecameReservable',
  'HostBecameUnreservable',
  'HostWithdrawn',
] as const;
type Folded = Extract<HostCalendarEvent, { type: (typeof folded)[number] }>;

const collection = reservableHostsCollection.name;

/** Who has the hosts when is in other read models: holds are nobody's until they are committed. */
export const reservableHostsProjection: Projection = {
  name: 'reservableHosts',
  version: 1,
  keeps: 'state',
  collections: [reservableHostsCollection, hostCapabilitiesCollection],
  catalogs: [hostCalendarCatalog],
  events: folded.map((type) => `reservations/${type}`),
  wants: ({ event }) => (event.type === 'HostEnrolled' ? [] : [{ collection, id: (event as Folded).data.hostId }]),
  fold,
};

function fold(envelope: EventEnvelope, documents: Documents): readonly Change[] {
  const event = envelope.event as Folded;
  const { hostId } = event.data;
  const stored = event.type === 'HostEnrolled' ? undefined : documents.get<ReservableHostDocument>(collection, hostId);
  // Withdrawn further on: this event has come a second time.
  if (stored === undefined && event.type !== 'HostEnrolled') return [];
  const host = foldHost(stored, event);
  if (host === undefined) {
    // Its capabilities first: the host says which they are, also where only a part of these changes was stored.
    const capabilities = (stored?.capabilities ?? []).map(({ key }) => capabilityId(hostId, key));
    return [
      ...capabilities.map((id) => ({ delete: { collection: hostCapabilitiesCollection.name, id } })),
      { delete: { collection, id: hostId } },
    ];
  }
  const document: ReservableHostDocument = { ...host, _id: hostId, number: Number(hostId) };
  return [...capabilitiesIn(event).map((capability) => put(hostId, capability)), { put: { collection, document } }];
}

function capabilitiesIn(event: Folded): readonly Capability[] {
  if (event.type === 'HostEnrolled') return event.data.capabilities;
  return event.type === 'HostCapabilitiesSet' ? event.data.set : [];
}

function put(hostId: string, { key, value }: Capability): Change {
  const document: HostCapabilityDocument = { _id: capabilityId(hostId, key), hostId, key, value };
  return { put: { collection: hostCapabilitiesCollection.name, document } };
}

/** Keys are any text: as JSON they can be stored everywhere. */
function capabilityId(hostId: string, key: string): string {
  return JSON.stringify([hostId, key]);
}
