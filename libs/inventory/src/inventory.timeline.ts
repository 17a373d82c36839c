import type { Mention, Timeline } from '#kernel';
import type { HostAggregatesEvent } from './host-aggregates/host-aggregates.events.js';
import type { HypervisorEvent, Resources } from './hypervisor/hypervisor.events.js';
import type { HypervisorRegistryEvent } from './hypervisor-registry/hypervisor-registry.events.js';

export type InventoryEvent = HostAggregatesEvent | HypervisorEvent | HypervisorRegistryEvent;

type More = Pick<Mention, 'sets' | 'ends'>;

const aggregate = (id: number, what: string, more: More = {}): Mention => ({
  kind: 'aggregate',
  id: String(id),
  what,
  ...more,
});
const host = (name: string, what: string, more: More = {}): Mention => ({ kind: 'host', id: name, what, ...more });
const hypervisor = (uuid: string, what: string, more: More = {}): Mention => ({
  kind: 'hypervisor',
  id: uuid,
  what,
  ...more,
});

function figures(resources: Resources): More['sets'] {
  const { type, version, hostIp, vcpus, memoryMb, localGb, diskAvailableLeastGb } = resources;
  return { type, version, hostIp, vcpus, memoryMb, localGb, diskAvailableLeastGb };
}

/** Members of an aggregate and guests of a host are fields of their own, so that one coming or going is one change. */
export const inventoryTimeline: Timeline<InventoryEvent> = {
  AggregateCreated: ({ id, name, availabilityZone }) => [
    aggregate(id, 'created', { sets: { name, availability_zone: availabilityZone } }),
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
  HostAddedToAggregate: (data) => [
    aggregate(data.id, 'host added', { sets: { [`host ${data.host}`]: 'member' } }),
    host(data.host, 'added to aggregate', { sets: { [`aggregate ${String(data.id)}`]: 'member' } }),
  ],
  HostRemovedFromAggregate: (data) => [
    aggregate(data.id, 'host removed', { sets: { [`host ${data.host}`]: null } }),
    host(data.host, 'removed from aggregate', { sets: { [`aggregate ${String(data.id)}`]: null } }),
  ],
  AggregateDeleted: ({ id }) => [aggregate(id, 'deleted', { ends: true })],
  ImageCachingRequested: ({ id }) => [aggregate(id, 'image caching requested')],
  ImageCachingFinished: ({ id }) => [aggregate(id, 'image caching finished')],

  ServiceListed: (data) => [host(data.host, 'service listed', { sets: { provider: data.provider } })],
  HypervisorListed: ({ uuid, number }) => [hypervisor(uuid, 'listed', { sets: { id: number } })],
  HypervisorRelisted: ({ uuid }) => [hypervisor(uuid, 'listed again')],
  HypervisorDelisted: ({ uuid }) => [hypervisor(uuid, 'no longer listed')],

  HypervisorRegistered: (data) => [
    hypervisor(data.uuid, 'registered', {
      sets: {
        provider: data.provider,
        hypervisorHostname: data.hypervisorHostname,
        host: data.service.host,
        enabled: data.enabled,
        disabledReason: data.disabledReason,
        forcedDown: data.forcedDown,
        alive: data.alive,
        ...figures(data.resources),
      },
    }),
  ],
  HypervisorRenamed: ({ uuid, hypervisorHostname, service }) => [
    hypervisor(uuid, 'renamed', { sets: { hypervisorHostname, host: service.host } }),
  ],
  ResourcesReported: ({ uuid, resources }) => [
    hypervisor(uuid, 'resources changed', { sets: figures(resources) ?? {} }),
  ],
  GuestFound: ({ uuid, guest }) => [hypervisor(uuid, 'guest found', { sets: { [`guest ${guest.uuid}`]: guest.name } })],
  GuestChanged: ({ uuid, guest }) => [
    hypervisor(uuid, 'guest changed', { sets: { [`guest ${guest.uuid}`]: guest.name } }),
  ],
  GuestGone: ({ uuid, guestUuid }) => [hypervisor(uuid, 'guest gone', { sets: { [`guest ${guestUuid}`]: null } })],
  HypervisorWentDown: ({ uuid }) => [hypervisor(uuid, 'went down', { sets: { alive: false } })],
  HypervisorCameUp: ({ uuid }) => [hypervisor(uuid, 'came up', { sets: { alive: true } })],
  ServiceDisabled: ({ uuid, reason }) => [
    hypervisor(uuid, 'taken out of service', { sets: { enabled: false, disabledReason: reason } }),
  ],
  ServiceEnabled: ({ uuid }) => [
    hypervisor(uuid, 'put into service', { sets: { enabled: true, disabledReason: null } }),
  ],
  ServiceForcedDown: ({ uuid }) => [hypervisor(uuid, 'forced down', { sets: { forcedDown: true } })],
  ForcedDownLifted: ({ uuid }) => [hypervisor(uuid, 'no longer forced down', { sets: { forcedDown: false } })],
  HypervisorVanished: ({ uuid }) => [hypervisor(uuid, 'vanished')],
  HypervisorReturned: ({ uuid }) => [hypervisor(uuid, 'returned')],
  ImageCached: ({ uuid, imageId }) => [hypervisor(uuid, 'image cached', { sets: { [`image ${imageId}`]: 'cached' } })],
  ImageCachingFailed: ({ uuid, imageId }) => [
    hypervisor(uuid, 'image caching failed', { sets: { [`image ${imageId}`]: 'failed' } }),
  ],
};

function metadataField(key: string): string {
  return key === 'availability_zone' ? key : `metadata ${key}`;
}
