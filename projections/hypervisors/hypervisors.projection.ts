import { hypervisorCatalog, type HypervisorEvent, type Resources } from '#inventory';
import type { EventEnvelope } from '#kernel';
import type { Change, DocumentRef, Documents, Projection } from '#read-store';
import {
  changeId,
  hypervisorsChangeCollection,
  hypervisorsCollection,
  placedGuestsCollection,
  vanishedCollection,
  type GuestSums,
  type HypervisorDocument,
  type PlacedGuestDocument,
} from './hypervisors.document.js';

/** Events that change no answer about hypervisors are not asked for. */
const folded = Object.keys(hypervisorCatalog.versions)
  .filter((type) => !/Imag|Requested$/.test(type))
  .map((type) => `inventory/${type}`);

export const hypervisorsProjection: Projection = {
  name: 'hypervisors',
  version: 3,
  keeps: 'state',
  collections: [hypervisorsCollection, placedGuestsCollection, vanishedCollection, hypervisorsChangeCollection],
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
  const guests = placedGuests(event, envelope.revision);
  // What is told of a hypervisor while it is away is kept, so that it returns as it then is.
  if (present !== undefined) return [put(changed(whole(present), event)), ...guests, change];
  if (vanished !== undefined) return [put(changed(whole(vanished), event), vanishedCollection.name), ...guests, change];
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
  const none = sumsOf([]);
  const idle = { partition: null, takenBy: null };
  return { _id: uuid, ...facts, ...figures(resources), ...used(none, none), ...idle, guests: [] };
}

function figures(resources: Resources) {
  const { type, version, hostIp, vcpus, memoryMb, localGb, diskAvailableLeastGb, cpuInfo } = resources;
  return { type, version, hostIp, vcpus, memoryMb, localGb, diskAvailableLeastGb, cpuInfo };
}

type Guests = HypervisorDocument['guests'];

function sumsOf(guests: Guests): GuestSums {
  const sum = (amount: (guest: Guests[number]) => number): number =>
    guests.reduce((total, guest) => total + amount(guest), 0);
  return {
    guests: guests.length,
    vcpus: sum((guest) => guest.vcpus),
    memoryMb: sum((guest) => guest.memoryMb),
    diskGb: sum((guest) => guest.diskGb),
  };
}

/** Never counted up or down (C17): what was found is summed up, what is placed is told by each event. */
function used(found: GuestSums, placed: GuestSums) {
  return {
    found,
    placed,
    vcpusUsed: found.vcpus + placed.vcpus,
    memoryMbUsed: found.memoryMb + placed.memoryMb,
    localGbUsed: found.diskGb + placed.diskGb,
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
      return withFound(document, inPlace(document.guests, event.data.guest));
    case 'GuestGone':
      return withFound(document, without(document.guests, event.data.guestUuid));
    case 'GuestPlaced':
      return withPlaced(document, event.data.guest.uuid, event.data.placed);
    case 'GuestRemoved':
      return withPlaced(document, event.data.guestUuid, event.data.placed);
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
    case 'HypervisorClaimed':
      return { ...document, partition: event.data.partition };
    case 'HypervisorClaimEnded':
      return { ...document, partition: null };
    case 'HostTaken': {
      const { leaseId, reservationId, fencingToken } = event.data;
      return { ...document, takenBy: { leaseId, reservationId, fencingToken } };
    }
    case 'HostVacated':
      return { ...document, takenBy: null };
    case 'HypervisorRegistered':
    case 'HypervisorVanished':
    case 'HypervisorReturned':
    case 'GuestDestructionRequested':
    case 'GuestImagingRequested':
    case 'GuestImaged':
    case 'ImageCached':
    case 'ImageCachingFailed':
      return document;
  }
}

function withFound(document: HypervisorDocument, guests: Guests): HypervisorDocument {
  return { ...document, guests, ...used(sumsOf(guests), document.placed) };
}

/** A guest that was found before its owner came, or went, is none of the found ones any more. */
function withPlaced(document: HypervisorDocument, guestUuid: string, placed: GuestSums): HypervisorDocument {
  const guests = without(document.guests, guestUuid);
  const found = guests === document.guests ? document.found : sumsOf(guests);
  return { ...document, guests, ...used(found, placed) };
}

function placedGuests(event: HypervisorEvent, order: number): readonly Change[] {
  const collection = placedGuestsCollection.name;
  if (event.type === 'GuestRemoved') return [remove(placedId(event.data.uuid, event.data.guestUuid), collection)];
  if (event.type !== 'GuestPlaced') return [];
  const { uuid: hypervisor, guest, owner } = event.data;
  const document: PlacedGuestDocument = { _id: placedId(hypervisor, guest.uuid), hypervisor, order, ...guest, owner };
  return [{ put: { collection, document } }];
}

function placedId(hypervisor: string, guest: string): string {
  return `${hypervisor}.${guest}`;
}

function without(guests: Guests, uuid: string): Guests {
  return guests.some((guest) => guest.uuid === uuid) ? guests.filter((guest) => guest.uuid !== uuid) : guests;
}

/** In its old place if it is known, else last. */
function inPlace(guests: Guests, guest: Guests[number]): Guests {
  const index = guests.findIndex((known) => known.uuid === guest.uuid);
  return index < 0 ? [...guests, guest] : guests.with(index, guest);
}
