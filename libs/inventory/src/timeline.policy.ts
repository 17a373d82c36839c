import type { Json, Mention, Timeline } from '#kernel';
import type { HostAggregatesEvent } from './host-aggregates/host-aggregates.events.js';
import type { HypervisorRegistryEvent } from './hypervisor-registry/hypervisor-registry.events.js';
import type { Guest, HypervisorEvent, Resources } from './hypervisor/hypervisor.events.js';

export type InventoryEvent = HostAggregatesEvent | HypervisorRegistryEvent | HypervisorEvent;

type More = Pick<Mention, 'sets' | 'ends'>;

const mention = (kind: string, id: string, what: string, more: More): Mention => ({ kind, id, what, ...more });
const aggregate = (id: number, what: string, more: More = {}): Mention => mention('aggregate', String(id), what, more);
const hypervisor = (uuid: string, what: string, more: More = {}): Mention => mention('hypervisor', uuid, what, more);
const host = (name: string, what: string, more: More = {}): Mention => mention('host', name, what, more);
const lease = (id: string, what: string, more: More = {}): Mention => mention('lease', id, what, more);
const reservation = (id: string, what: string, more: More = {}): Mention => mention('reservation', id, what, more);
const guest = (uuid: string, what: string, more: More = {}): Mention => mention('guest', uuid, what, more);

/** Nova keeps the zone among the metadata; people look for it under its own name. */
function metadataField(key: string): string {
  return key === 'availability_zone' ? 'availabilityZone' : `metadata.${key}`;
}

function resources(has: Resources): Record<string, Json> {
  const { type, version, hostIp, vcpus, memoryMb, localGb, diskAvailableLeastGb, cpuInfo } = has;
  return {
    type,
    version,
    hostIp,
    vcpus,
    memoryMb,
    localGb,
    diskAvailableLeastGb,
    cpuInfo: cpuInfo as Json,
  };
}

function size({ name, vcpus, memoryMb, diskGb }: Guest): Record<string, Json> {
  return { name, vcpus, memoryMb, diskGb };
}

const instant = (time: number | null): Json => (time === null ? null : new Date(time).toISOString());

const many = (count: number, one: string): string => (count === 1 ? `1 ${one}` : `${String(count)} ${one}s`);

const aggregates: Timeline<HostAggregatesEvent> = {
  AggregateCreated: ({ id, uuid, name, availabilityZone }) => [
    aggregate(id, 'created', { sets: { name, availabilityZone, uuid } }),
  ],
  AggregateOwned: ({ id, owner }) => [
    aggregate(id, `owned by ${owner.kind}`, { sets: { owner: `${owner.kind} ${owner.id}` } }),
  ],
  AggregateRenamed: ({ id, name }) => [aggregate(id, 'renamed', { sets: { name } })],
  AggregateMetadataSet: ({ id, set, removed }) => [
    aggregate(id, 'metadata changed', {
      sets: Object.fromEntries([
        ...set.map(({ key, value }) => [metadataField(key), value] as const),
        ...removed.map((key) => [metadataField(key), null] as const),
      ]),
    }),
  ],
  HostAddedToAggregate: (added) => [
    aggregate(added.id, `host ${added.host} added`, { sets: { [`hosts.${added.host}`]: true } }),
    host(added.host, `added to aggregate ${String(added.id)}`, { sets: { [`aggregates.${String(added.id)}`]: true } }),
  ],
  HostRemovedFromAggregate: (removed) => [
    aggregate(removed.id, `host ${removed.host} removed`, { sets: { [`hosts.${removed.host}`]: null } }),
    host(removed.host, `removed from aggregate ${String(removed.id)}`, {
      sets: { [`aggregates.${String(removed.id)}`]: null },
    }),
  ],
  AggregateDeleted: ({ id }) => [aggregate(id, 'deleted', { ends: true })],
  ImageCachingRequested: ({ id, imageIds, hosts }) => [
    aggregate(id, `caching of ${many(imageIds.length, 'image')} on ${many(hosts.length, 'host')} asked for`),
    ...imageIds.map((imageId) => mention('image', imageId, `caching asked for in aggregate ${String(id)}`, {})),
  ],
  ImageCachingFinished: ({ id }) => [aggregate(id, 'caching of images finished')],
};

const registry: Timeline<HypervisorRegistryEvent> = {
  ServiceListed: ({ number, uuid, host: name, provider }) => [
    host(name, 'compute service listed', { sets: { serviceId: number, serviceUuid: uuid, provider } }),
  ],
  HypervisorListed: (listed) => [
    hypervisor(listed.uuid, 'listed', {
      sets: {
        id: listed.number,
        provider: listed.provider,
        nativeId: listed.nativeId,
        hypervisorHostname: listed.hypervisorHostname,
        serviceHost: listed.serviceHost,
      },
    }),
    host(listed.serviceHost, `hypervisor ${listed.hypervisorHostname} listed`),
  ],
  HypervisorRelisted: ({ uuid, hypervisorHostname, serviceHost }) => [
    hypervisor(uuid, 'listed again', { sets: { hypervisorHostname, serviceHost } }),
  ],
  HypervisorDelisted: ({ uuid }) => [hypervisor(uuid, 'delisted')],
};

const hypervisors: Timeline<HypervisorEvent> = {
  HypervisorRegistered: (found) => [
    hypervisor(found.uuid, 'registered', {
      sets: {
        id: found.number,
        provider: found.provider,
        nativeId: found.nativeId,
        hypervisorHostname: found.hypervisorHostname,
        serviceHost: found.service.host,
        enabled: found.enabled,
        disabledReason: found.disabledReason,
        forcedDown: found.forcedDown,
        up: found.alive,
        ...resources(found.resources),
      },
    }),
  ],
  HypervisorRenamed: ({ uuid, hypervisorHostname, service }) => [
    hypervisor(uuid, 'renamed', { sets: { hypervisorHostname, serviceHost: service.host } }),
  ],
  ResourcesReported: ({ uuid, resources: has }) => [
    hypervisor(uuid, 'other resources reported', { sets: resources(has) }),
  ],
  GuestFound: ({ uuid, guest: found }) => [
    hypervisor(uuid, `guest ${found.name} found`, { sets: { [`guests.${found.uuid}`]: found.name } }),
    guest(found.uuid, 'found', { sets: { hypervisor: uuid, ...size(found) } }),
  ],
  GuestChanged: ({ uuid, guest: changed }) => [
    hypervisor(uuid, `guest ${changed.name} changed`, { sets: { [`guests.${changed.uuid}`]: changed.name } }),
    guest(changed.uuid, 'changed', { sets: { hypervisor: uuid, ...size(changed) } }),
  ],
  GuestGone: ({ uuid, guestUuid, destroyed }) => {
    const what = destroyed === true ? 'destroyed' : 'gone';
    return [
      hypervisor(uuid, `guest ${guestUuid} ${what}`, { sets: { [`guests.${guestUuid}`]: null } }),
      guest(guestUuid, what, { ends: true }),
    ];
  },
  GuestPlaced: ({ uuid, guest: placed, owner }) => [
    hypervisor(uuid, `guest ${placed.name} placed for ${owner.kind} ${owner.id}`, {
      sets: { [`guests.${placed.uuid}`]: placed.name },
    }),
    guest(placed.uuid, 'placed', { sets: { hypervisor: uuid, owner: `${owner.kind} ${owner.id}`, ...size(placed) } }),
  ],
  GuestRemoved: ({ uuid, guestUuid }) => [
    hypervisor(uuid, `guest ${guestUuid} removed`, { sets: { [`guests.${guestUuid}`]: null } }),
    guest(guestUuid, 'removed', { ends: true }),
  ],
  HypervisorWentDown: ({ uuid, heartbeatAt }) => [
    hypervisor(uuid, 'went down', { sets: { up: false, lastHeartbeat: instant(heartbeatAt) } }),
  ],
  HypervisorCameUp: ({ uuid, heartbeatAt }) => [
    hypervisor(uuid, 'came up', { sets: { up: true, lastHeartbeat: instant(heartbeatAt) } }),
  ],
  ServiceDisabled: ({ uuid, reason }) => [
    hypervisor(uuid, 'taken out of service', { sets: { enabled: false, disabledReason: reason } }),
  ],
  ServiceEnabled: ({ uuid }) => [
    hypervisor(uuid, 'put back into service', { sets: { enabled: true, disabledReason: null } }),
  ],
  ServiceForcedDown: ({ uuid }) => [hypervisor(uuid, 'forced down', { sets: { forcedDown: true } })],
  ForcedDownLifted: ({ uuid }) => [hypervisor(uuid, 'no longer forced down', { sets: { forcedDown: false } })],
  HypervisorVanished: ({ uuid }) => [hypervisor(uuid, 'vanished', { sets: { vanished: true } })],
  HypervisorReturned: ({ uuid }) => [hypervisor(uuid, 'returned', { sets: { vanished: null } })],
  HypervisorClaimed: ({ uuid, partition }) => [
    hypervisor(uuid, `claimed for reservations, calendar ${partition}`, { sets: { partition } }),
  ],
  HypervisorClaimEnded: ({ uuid }) => [hypervisor(uuid, 'free of reservations', { sets: { partition: null } })],
  HostTaken: ({ uuid, leaseId, reservationId, fencingToken }) => [
    hypervisor(uuid, `taken by reservation ${reservationId}`, {
      sets: { takenBy: reservationId, lease: leaseId, fencingToken },
    }),
    reservation(reservationId, `took hypervisor ${uuid}`, { sets: { [`on.${uuid}`]: true } }),
    lease(leaseId, `took hypervisor ${uuid}`),
  ],
  HostVacated: ({ uuid, leaseId, reservationId }) => [
    hypervisor(uuid, `vacated by reservation ${reservationId}`, { sets: { takenBy: null, lease: null } }),
    reservation(reservationId, `vacated hypervisor ${uuid}`, { sets: { [`on.${uuid}`]: null } }),
    lease(leaseId, `vacated hypervisor ${uuid}`),
  ],
  GuestDestructionRequested: ({ uuid, guestUuids }) => [
    hypervisor(uuid, `destruction of ${many(guestUuids.length, 'guest')} asked for`),
    ...guestUuids.map((guestUuid) => guest(guestUuid, 'destruction asked for')),
  ],
  GuestImagingRequested: ({ uuid, guestUuids }) => [
    hypervisor(uuid, `images of ${many(guestUuids.length, 'guest')} asked for`),
    ...guestUuids.map((guestUuid) => guest(guestUuid, 'image asked for')),
  ],
  GuestImaged: ({ uuid, guestUuid, imageId, name }) => [
    hypervisor(uuid, `guest ${guestUuid} kept as image ${name}`),
    guest(guestUuid, `kept as image ${name}`),
    mention('image', imageId, `made of guest ${guestUuid}`, { sets: { name, guest: guestUuid } }),
  ],
  ImageCached: ({ uuid, imageId }) => [
    hypervisor(uuid, `image ${imageId} cached`),
    mention('image', imageId, `cached on hypervisor ${uuid}`, {}),
  ],
  ImageCachingFailed: ({ uuid, imageId, reason }) => [
    hypervisor(uuid, `image ${imageId} could not be cached: ${reason}`),
    mention('image', imageId, `could not be cached on hypervisor ${uuid}: ${reason}`, {}),
  ],
};

/**
 * Kinds: `aggregate` (integer id), `hypervisor` and `guest` (uuid), `host` (name of the compute service), `image` (id),
 * `lease` and `reservation` (uuid).
 * Members of a set are fields of their own (`hosts.compute-1`), since an event tells one of them, not all.
 */
export const inventoryTimeline: Timeline<InventoryEvent> = { ...aggregates, ...registry, ...hypervisors };
