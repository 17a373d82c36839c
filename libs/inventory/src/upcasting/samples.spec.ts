import { describe, expect, it } from '@jest/globals';
import { storedSamples } from '#specs';
import { hostAggregates } from '../host-aggregates/host-aggregates.decider.js';
import { hostAggregatesCatalog, type HostAggregatesEvent } from '../host-aggregates/host-aggregates.events.js';
import { hypervisorRegistry } from '../hypervisor-registry/hypervisor-registry.decider.js';
import {
  hypervisorRegistryCatalog,
  type HypervisorRegistryEvent,
} from '../hypervisor-registry/hypervisor-registry.events.js';
import { hypervisor } from '../hypervisor/hypervisor.decider.js';
import { hypervisorCatalog, type HypervisorEvent } from '../hypervisor/hypervisor.events.js';
import { inventoryTimeline } from '../timeline.policy.js';

describe('samples of stored events', () => {
  const catalogs = [hostAggregatesCatalog, hypervisorRegistryCatalog, hypervisorCatalog];
  const sample = storedSamples(new URL('./samples/', import.meta.url), catalogs, inventoryTimeline);

  it('fold into the state they were stored for', () => {
    const aggregates = ['AggregateCreated@1', 'HostAddedToAggregate@1', 'AggregateMetadataSet@1', 'AggregateRenamed@1']
      .concat('ImageCachingRequested@1')
      .map((name) => sample(name) as HostAggregatesEvent)
      .reduce(hostAggregates.decider.evolve, hostAggregates.decider.initialState());
    expect(aggregates.byId.get(12)).toMatchObject({ name: 'gpu-row-5', hosts: new Set(['node17.lab']) });
    expect(aggregates.byId.get(12)?.metadata).toEqual(
      new Map([
        ['availability_zone', 'hall-b'],
        ['ssd', 'true'],
      ]),
    );
    const owned = hostAggregates.decider.evolve(aggregates, sample('AggregateOwned@1') as HostAggregatesEvent);
    expect(owned.byId.get(12)?.owner).toEqual({ kind: 'reservations', id: 'freepool' });
    const registry = ['ServiceListed@1', 'HypervisorListed@1', 'HypervisorDelisted@1', 'HypervisorRelisted@1']
      .map((name) => sample(name) as HypervisorRegistryEvent)
      .reduce(hypervisorRegistry.decider.evolve, hypervisorRegistry.decider.initialState());
    expect(registry.uuidsByHost.get('node17.lab')?.size).toBe(1);
    const one = [
      'HypervisorRegistered@1',
      'GuestFound@1',
      'GuestChanged@1',
      'ResourcesReported@1',
      'HypervisorRenamed@1',
      'GuestPlaced@1',
    ]
      .map((name) => sample(name) as HypervisorEvent)
      .reduce(hypervisor.decider.evolve, hypervisor.decider.initialState());
    expect(one).toMatchObject({ number: 4, hypervisorHostname: 'node17b.lab', resources: { cpuInfo: null } });
    const pool = { kind: 'pool', id: 'debian-12-x86_64' };
    expect([...(one?.guests.values() ?? [])]).toMatchObject([{ vcpus: 4, owner: null }, { owner: pool }]);
    expect(one?.placed).toEqual({ guests: 1, vcpus: 2, memoryMb: 4096, diskGb: 20 });
    const less = hypervisor.decider.evolve(one, sample('GuestRemoved@1') as HypervisorEvent);
    expect(less).toMatchObject({ placed: { guests: 0 }, used: { guests: 1, vcpus: 4 } });
    const taken = ['HypervisorClaimed@1', 'HostTaken@1']
      .map((name) => sample(name) as HypervisorEvent)
      .reduce(hypervisor.decider.evolve, less);
    expect(taken).toMatchObject({ partition: 'default', takenBy: { fencingToken: 7 }, fencingToken: 7 });
    const free = ['HostVacated@1', 'HypervisorClaimEnded@1']
      .map((name) => sample(name) as HypervisorEvent)
      .reduce(hypervisor.decider.evolve, taken);
    expect(free).toMatchObject({ partition: null, takenBy: null, fencingToken: 7 });
  });
});
