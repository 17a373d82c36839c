import { describe, expect, it } from '@jest/globals';
import { hostAggregatesCatalog } from './host-aggregates/host-aggregates.events.js';
import { hypervisorRegistryCatalog } from './hypervisor-registry/hypervisor-registry.events.js';
import { hypervisorCatalog } from './hypervisor/hypervisor.events.js';
import { inventoryTimeline, type InventoryEvent } from './timeline.policy.js';

type Data<Type extends InventoryEvent['type']> = Extract<InventoryEvent, { type: Type }>['data'];

const told = <Type extends InventoryEvent['type']>(type: Type, data: Data<Type>) =>
  (inventoryTimeline[type] as (data: Data<Type>) => readonly unknown[])(data);

const uuid = '0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10';
const image = '7d3f8f3a-0c0e-4d6a-9d4d-3a4a0c5f2b11';
const at = 1000;
const service = { number: 2, uuid: 'service-uuid', host: 'compute-1' };
const resources = {
  type: 'QEMU',
  version: 7_002_000,
  hostIp: null,
  vcpus: 64,
  memoryMb: 1024,
  localGb: 10,
  diskAvailableLeastGb: null,
  cpuInfo: { arch: 'x86_64' },
};
const guest = { uuid: 'guest-uuid', name: 'instance-1', vcpus: 2, memoryMb: 4096, diskGb: 20 };

describe('the history of inventory', () => {
  it('has an account of every type of event', () => {
    const catalogs = [hostAggregatesCatalog, hypervisorRegistryCatalog, hypervisorCatalog];
    expect(Object.keys(inventoryTimeline).sort()).toEqual(
      catalogs.flatMap(({ versions }) => Object.keys(versions)).sort(),
    );
  });

  it.each([
    [
      'created',
      told('AggregateCreated', { id: 1, uuid, name: 'rack', availabilityZone: null, at }),
      { sets: { name: 'rack', availabilityZone: null, uuid } },
    ],
    ['renamed', told('AggregateRenamed', { id: 1, name: 'row', at }), { sets: { name: 'row' } }],
    [
      'metadata changed',
      told('AggregateMetadataSet', {
        id: 1,
        set: [{ key: 'availability_zone', value: 'z1' }, { key: 'ssd', value: 'true' }], // prettier-ignore
        removed: ['old'],
        at,
      }),
      { sets: { availabilityZone: 'z1', 'metadata.ssd': 'true', 'metadata.old': null } },
    ],
    [
      'owned by reservations',
      told('AggregateOwned', { id: 1, owner: { kind: 'reservations', id: 'freepool' }, at }),
      { sets: { owner: 'reservations freepool' } },
    ],
    ['deleted', told('AggregateDeleted', { id: 1, at }), { ends: true }],
    ['caching of images finished', told('ImageCachingFinished', { requestId: 'r', id: 1, at }), {}],
  ])('of an aggregate: %s', (what, mentions, more) => {
    expect(mentions).toEqual([{ kind: 'aggregate', id: '1', what, ...more }]);
  });

  it('of a host in an aggregate stands with both', () => {
    expect(told('HostAddedToAggregate', { id: 7, host: 'compute-1', at })).toEqual([
      { kind: 'aggregate', id: '7', what: 'host compute-1 added', sets: { 'hosts.compute-1': true } },
      { kind: 'host', id: 'compute-1', what: 'added to aggregate 7', sets: { 'aggregates.7': true } },
    ]);
    expect(told('HostRemovedFromAggregate', { id: 7, host: 'compute-1', at })).toEqual([
      { kind: 'aggregate', id: '7', what: 'host compute-1 removed', sets: { 'hosts.compute-1': null } },
      { kind: 'host', id: 'compute-1', what: 'removed from aggregate 7', sets: { 'aggregates.7': null } },
    ]);
  });

  it('of images that are to be cached stands with the aggregate, each image and each hypervisor', () => {
    const request = { requestId: 'r', id: 7, imageIds: [image], hosts: ['a', 'b'], at };
    expect(told('ImageCachingRequested', request)).toEqual([
      { kind: 'aggregate', id: '7', what: 'caching of 1 image on 2 hosts asked for' },
      { kind: 'image', id: image, what: 'caching asked for in aggregate 7' },
    ]);
    expect(told('ImageCached', { uuid, imageId: image, requestId: 'r', at })).toMatchObject([
      { kind: 'hypervisor', id: uuid, what: `image ${image} cached` },
      { kind: 'image', id: image, what: `cached on hypervisor ${uuid}` },
    ]);
    expect(told('ImageCachingFailed', { uuid, imageId: image, requestId: 'r', reason: 'no room', at })).toMatchObject([
      { kind: 'hypervisor', what: `image ${image} could not be cached: no room` },
      { kind: 'image', what: `could not be cached on hypervisor ${uuid}: no room` },
    ]);
  });

  it('of the registry', () => {
    expect(told('ServiceListed', { ...service, provider: 'simulated', at })).toEqual([
      {
        kind: 'host',
        id: 'compute-1',
        what: 'compute service listed',
        sets: { serviceId: 2, serviceUuid: 'service-uuid', provider: 'simulated' },
      },
    ]);
    const names = { hypervisorHostname: 'compute-1.lab', serviceHost: 'compute-1' };
    expect(told('HypervisorListed', { number: 3, uuid, provider: 'simulated', nativeId: 'n', ...names, at })).toEqual([
      { kind: 'hypervisor', id: uuid, what: 'listed', sets: { id: 3, provider: 'simulated', nativeId: 'n', ...names } },
      { kind: 'host', id: 'compute-1', what: 'hypervisor compute-1.lab listed' },
    ]);
    expect(told('HypervisorRelisted', { uuid, ...names, at })).toMatchObject([{ what: 'listed again', sets: names }]);
    expect(told('HypervisorDelisted', { uuid, at })).toMatchObject([{ kind: 'hypervisor', what: 'delisted' }]);
  });

  it('of a hypervisor that is registered tells all that is known of it', () => {
    const mentions = told('HypervisorRegistered', {
      uuid,
      number: 3,
      provider: 'simulated',
      nativeId: 'n',
      hypervisorHostname: 'compute-1.lab',
      service,
      enabled: false,
      disabledReason: 'fan',
      forcedDown: false,
      alive: true,
      resources,
      at,
    });
    expect(mentions).toEqual([
      {
        kind: 'hypervisor',
        id: uuid,
        what: 'registered',
        sets: {
          id: 3,
          provider: 'simulated',
          nativeId: 'n',
          hypervisorHostname: 'compute-1.lab',
          serviceHost: 'compute-1',
          enabled: false,
          disabledReason: 'fan',
          forcedDown: false,
          up: true,
          ...resources,
        },
      },
    ]);
  });

  it.each([
    [
      told('HypervisorRenamed', { uuid, hypervisorHostname: 'b', service, at }),
      'renamed',
      { hypervisorHostname: 'b', serviceHost: 'compute-1' },
    ],
    [told('ResourcesReported', { uuid, resources, at }), 'other resources reported', resources],
    [told('HypervisorWentDown', { uuid, heartbeatAt: null, at }), 'went down', { up: false, lastHeartbeat: null }],
    [
      told('HypervisorCameUp', { uuid, heartbeatAt: 0, at }),
      'came up',
      { up: true, lastHeartbeat: '1970-01-01T00:00:00.000Z' },
    ],
    [
      told('ServiceDisabled', { uuid, reason: 'fan', at }),
      'taken out of service',
      { enabled: false, disabledReason: 'fan' },
    ],
    [told('ServiceEnabled', { uuid, at }), 'put back into service', { enabled: true, disabledReason: null }],
    [told('ServiceForcedDown', { uuid, at }), 'forced down', { forcedDown: true }],
    [told('ForcedDownLifted', { uuid, at }), 'no longer forced down', { forcedDown: false }],
    [told('HypervisorVanished', { uuid, at }), 'vanished', { vanished: true }],
    [told('HypervisorReturned', { uuid, at }), 'returned', { vanished: null }],
  ])('of a hypervisor: %#', (mentions, what, sets) => {
    expect(mentions).toEqual([{ kind: 'hypervisor', id: uuid, what, sets }]);
  });

  it('of a guest stands with it and with its hypervisor', () => {
    const size = { name: 'instance-1', vcpus: 2, memoryMb: 4096, diskGb: 20 };
    expect(told('GuestFound', { uuid, guest, at })).toEqual([
      { kind: 'hypervisor', id: uuid, what: 'guest instance-1 found', sets: { 'guests.guest-uuid': 'instance-1' } },
      { kind: 'guest', id: 'guest-uuid', what: 'found', sets: { hypervisor: uuid, ...size } },
    ]);
    expect(told('GuestChanged', { uuid, guest, at })).toMatchObject([
      { what: 'guest instance-1 changed' },
      { what: 'changed', sets: { hypervisor: uuid, ...size } },
    ]);
    expect(told('GuestGone', { uuid, guestUuid: 'guest-uuid', at })).toEqual([
      { kind: 'hypervisor', id: uuid, what: 'guest guest-uuid gone', sets: { 'guests.guest-uuid': null } },
      { kind: 'guest', id: 'guest-uuid', what: 'gone', ends: true },
    ]);
    const placed = { guests: 1, vcpus: 2, memoryMb: 4096, diskGb: 20 };
    expect(told('GuestPlaced', { uuid, guest, owner: { kind: 'pool', id: 'debian-12' }, placed, at })).toEqual([
      {
        kind: 'hypervisor',
        id: uuid,
        what: 'guest instance-1 placed for pool debian-12',
        sets: { 'guests.guest-uuid': 'instance-1' },
      },
      {
        kind: 'guest',
        id: 'guest-uuid',
        what: 'placed',
        sets: { hypervisor: uuid, owner: 'pool debian-12', ...size },
      },
    ]);
    expect(told('GuestRemoved', { uuid, guestUuid: 'guest-uuid', placed, at })).toEqual([
      { kind: 'hypervisor', id: uuid, what: 'guest guest-uuid removed', sets: { 'guests.guest-uuid': null } },
      { kind: 'guest', id: 'guest-uuid', what: 'removed', ends: true },
    ]);
  });

  it('of a host for reservations stands with it, the reservation and the lease', () => {
    const stay = { uuid, leaseId: 'lease-id', reservationId: 'reservation-id', at };
    expect(told('HypervisorClaimed', { uuid, partition: 'default', at })).toEqual([
      {
        kind: 'hypervisor',
        id: uuid,
        what: 'claimed for reservations, calendar default',
        sets: { partition: 'default' },
      },
    ]);
    expect(told('HypervisorClaimEnded', { uuid, at })).toEqual([
      { kind: 'hypervisor', id: uuid, what: 'free of reservations', sets: { partition: null } },
    ]);
    expect(told('HostTaken', { ...stay, fencingToken: 7 })).toEqual([
      {
        kind: 'hypervisor',
        id: uuid,
        what: 'taken by reservation reservation-id',
        sets: { takenBy: 'reservation-id', lease: 'lease-id', fencingToken: 7 },
      },
      { kind: 'reservation', id: 'reservation-id', what: `took hypervisor ${uuid}`, sets: { [`on.${uuid}`]: true } },
      { kind: 'lease', id: 'lease-id', what: `took hypervisor ${uuid}` },
    ]);
    expect(told('HostVacated', stay)).toEqual([
      {
        kind: 'hypervisor',
        id: uuid,
        what: 'vacated by reservation reservation-id',
        sets: { takenBy: null, lease: null },
      },
      { kind: 'reservation', id: 'reservation-id', what: `vacated hypervisor ${uuid}`, sets: { [`on.${uuid}`]: null } },
      { kind: 'lease', id: 'lease-id', what: `vacated hypervisor ${uuid}` },
    ]);
  });

  it('of guests that are destroyed or imaged stands with each of them', () => {
    const wanted = { uuid, requestId: 'q', guestUuids: ['g1', 'g2'], at };
    expect(told('GuestDestructionRequested', wanted)).toEqual([
      { kind: 'hypervisor', id: uuid, what: 'destruction of 2 guests asked for' },
      { kind: 'guest', id: 'g1', what: 'destruction asked for' },
      { kind: 'guest', id: 'g2', what: 'destruction asked for' },
    ]);
    expect(told('GuestGone', { uuid, guestUuid: 'g1', destroyed: true, at })).toMatchObject([
      { kind: 'hypervisor', what: 'guest g1 destroyed' },
      { kind: 'guest', id: 'g1', what: 'destroyed', ends: true },
    ]);
    expect(told('GuestImagingRequested', { ...wanted, guestUuids: ['g1'] })).toEqual([
      { kind: 'hypervisor', id: uuid, what: 'images of 1 guest asked for' },
      { kind: 'guest', id: 'g1', what: 'image asked for' },
    ]);
    expect(told('GuestImaged', { uuid, guestUuid: 'g1', imageId: image, name: 'n', at })).toEqual([
      { kind: 'hypervisor', id: uuid, what: 'guest g1 kept as image n' },
      { kind: 'guest', id: 'g1', what: 'kept as image n' },
      { kind: 'image', id: image, what: 'made of guest g1', sets: { name: 'n', guest: 'g1' } },
    ]);
  });
});
