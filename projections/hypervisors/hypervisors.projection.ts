import { hypervisorCatalog, type HypervisorEvent, type Resources } from '#inventory';
import type { EventEnvelope } from '#kernel';
import type { Change, DocumentRef, Documents, Projection } from '#read-store';
import {
  changeId,
  hypervisorsChangeCollection,
  hypervisorsCollection,
  vanishedCollection,
  type HypervisorDocument,
} from './hypervisors.document.js';

/** Events that change no answer about hypervisors are not asked for. */
const folded = Object.keys(hypervisorCatalog.versions)
  .filter((type) => !type.startsWith('Image'))
  .map((type) => `inventory/${type}`);

export const hypervisorsProjection: Projection = {
  name: 'hypervisors',
  version: 1,
  keeps: 'state',
  collections: [hypervisorsCollection, vanishedCollection, hypervisorsChangeCollection],
  catalogs: [hypervisorCatalog],
  events: folded,
  wants: ({ event }) => references((event as HypervisorEvent).data.uuid),
  fold,
};

function references(uuid: string): readonly DocumentRef[] {
  return [
    { collection: hypervisorsCollection.name, id: uuid },
    { collection: vanishedCollection.name, id: uuid },
  ];
}

function fold(envelope: EventEnvelope, documents: Documents): readonly Change[] {
  const event = envelope.event as HypervisorEvent;
  const { uuid } = event.data;
  const change: Change = { put: { collection: hypervisorsChangeCollection.name, document: { _id: changeId } } };
  if (event.type === 'HypervisorRegistered') return [put(registered(event.data)), change];

  const present = documents.get<HypervisorDocument>(hypervisorsCollection.name, uuid);
  const vanished = documents.get<HypervisorDocument>(vanishedCollection.name, uuid);
  if (event.type === 'HypervisorVanished' && present !== undefined) {
    return [put(whole(present), vanishedCollection.name), remove(uuid), change];
  }
  if (event.type === 'HypervisorReturned' && vanished !== undefined) {
    return [put(whole(vanished)), remove(uuid, vanishedCollection.name), change];
  }
  // What is told of a hypervisor while it is away is kept, so that it returns as it then is.
  if (present !== undefined) return [put(changed(whole(present), event)), change];
  if (vanished !== undefined) return [put(changed(whole(vanished), event), vanishedCollection.name), change];
  throw new Error(`${event.type} of hypervisor ${uuid}, which was never registered`);
}

function put(document: HypervisorDocument, collection = hypervisorsCollection.name): Change {
  return { put: { collection, document } };
}

function remove(id: string, collection = hypervisorsCollection.name): Change {
  return { delete: { collection, id } };
}

/** Without the position that the store has added. */
function whole(stored: HypervisorDocument): HypervisorDocument {
  const { _position: _, ...document } = stored as HypervisorDocument & { readonly _position?: number };
  return document;
}

type Registered = Extract<HypervisorEvent, { type: 'HypervisorRegistered' }>['data'];

function registered({ uuid, at: _at, resources, ...facts }: Registered): HypervisorDocument {
  return { _id: uuid, ...facts, ...figures(resources), ...used([]), guests: [] };
}

function figures(resources: Resources) {
  const { type, version, hostIp, vcpus, memoryMb, localGb, diskAvailableLeastGb, cpuInfo } = resources;
  return { type, version, hostIp, vcpus, memoryMb, localGb, diskAvailableLeastGb, cpuInfo };
}

type Guests = HypervisorDocument['guests'];

/** Derived from the guests, never counted up or down (C17). */
function used(guests: Guests) {
  const sum = (amount: (guest: Guests[number]) => number): number =>
    guests.reduce((total, guest) => total + amount(guest), 0);
  return {
    vcpusUsed: sum((guest) => guest.vcpus),
    memoryMbUsed: sum((guest) => guest.memoryMb),
    localGbUsed: sum((guest) => guest.diskGb),
  };
}

function changed(document: HypervisorDocument, event: Exclude<HypervisorEvent, Registered>): HypervisorDocument {
  switch (event.type) {
    case 'HypervisorRenamed': {
      const { hypervisorHostname, service } = event.data;
      return { ...document, hypervisorHostname, service };
    }
    case 'ResourcesReported':
      return { ...document, ...figures(event.data.resources) };
    case 'GuestFound':
    case 'GuestChanged':
      return withGuests(document, placed(document.guests, event.data.guest));
    case 'GuestGone':
      return withGuests(
        document,
        document.guests.filter((guest) => guest.uuid !== event.data.guestUuid),
      );
    case 'HypervisorWentDown':
    case 'HypervisorCameUp':
      return { ...document, alive: event.type === 'HypervisorCameUp' };
    case 'ServiceDisabled':
      return { ...document, enabled: false, disabledReason: event.data.reason };
    case 'ServiceEnabled':
      return { ...document, enabled: true, disabledReason: null };
    case 'ServiceForcedDown':
    case 'ForcedDownLifted':
      return { ...document, forcedDown: event.type === 'ServiceForcedDown' };
    case 'HypervisorRegistered':
    case 'HypervisorVanished':
    case 'HypervisorReturned':
    case 'ImageCached':
    case 'ImageCachingFailed':
      return document;
  }
}

function withGuests(document: HypervisorDocument, guests: Guests): HypervisorDocument {
  return { ...document, guests, ...used(guests) };
}

/** In its old place if it is known, else last. */
function placed(guests: Guests, guest: Guests[number]): Guests {
  const index = guests.findIndex((known) => known.uuid === guest.uuid);
  return index < 0 ? [...guests, guest] : guests.with(index, guest);
}
