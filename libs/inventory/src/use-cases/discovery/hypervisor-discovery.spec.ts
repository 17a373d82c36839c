import { describe, expect, it } from '@jest/globals';
import { CommandExecutor } from '#runtime';
import { PROVIDERS } from '#providers';
import { turns } from '#specs';
import { Global, Module } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { ChangeService, CreateAggregate, HypervisorUptimes, KNOWN_IMAGES } from '../../contracts.js';
import { InventoryModule } from '../../inventory.module.js';
import { defaultInventorySettings, INVENTORY_CLOCK, INVENTORY_SETTINGS } from '../../inventory.settings.js';
import { imageCaching } from '../image-caching.js';
import { InventoryBed, sampleHost } from '../inventory-bed.contract.js';
import { HypervisorDiscovery } from './hypervisor-discovery.js';
import { hypervisorUuid } from './sightings.js';

async function inventory(bed: InventoryBed, discovers = true) {
  const provided = [
    { provide: CommandExecutor, useValue: bed.process().executor },
    { provide: PROVIDERS, useValue: [bed.provider] },
    { provide: KNOWN_IMAGES, useValue: [] },
    { provide: INVENTORY_SETTINGS, useValue: { ...defaultInventorySettings, discovers } },
  ];
  @Global()
  @Module({ providers: provided, exports: provided.map(({ provide }) => provide) })
  class Surroundings {}
  const module = await Test.createTestingModule({ imports: [Surroundings, InventoryModule] })
    .overrideProvider(INVENTORY_CLOCK)
    .useValue(bed.clock)
    .compile();
  await module.init();
  return { module, discovery: module.get(HypervisorDiscovery), queries: module.get(QueryBus) };
}

const hosts = [sampleHost('a'), sampleHost('dead', { alive: false })];

describe('looking after the hypervisors', () => {
  it('begins with a round that is over when it has started', async () => {
    const bed = new InventoryBed(hosts);
    const { discovery } = await inventory(bed);
    expect(await bed.types()).toEqual([]);
    await discovery.start();
    expect((await bed.types()).filter((type) => type === 'HypervisorRegistered')).toHaveLength(2);
    await discovery.stop();
  });

  it('lists every minute and listens every ten seconds, until it is stopped', async () => {
    const bed = new InventoryBed(hosts);
    const { discovery } = await inventory(bed);
    await discovery.start();
    const { length } = await bed.log();
    bed.provider.control.addHost(sampleHost('b'));
    bed.provider.control.revive('dead');
    await bed.clock.advance(9_999);
    expect(await bed.types(length)).toEqual([]);
    await bed.clock.advance(1);
    await turns(100);
    expect(await bed.types(length)).toEqual(['HypervisorCameUp']);
    await bed.clock.advance(50_000);
    await turns(100);
    expect(await bed.types(length)).toContain('HypervisorRegistered');
    await discovery.stop();
    expect(bed.clock.waiting).toBe(0);
    const seen = (await bed.log()).length;
    bed.provider.control.addHost(sampleHost('c'));
    await bed.clock.advance(600_000);
    await turns(100);
    expect(await bed.types(seen)).toEqual([]);
  });

  it('starts, and goes on, while a provider fails', async () => {
    const bed = new InventoryBed(hosts);
    const { discovery } = await inventory(bed);
    bed.provider.control.failNext('listHypervisors');
    await discovery.start();
    expect(await bed.types()).toEqual([]);
    await bed.clock.advance(60_000);
    await turns(100);
    expect(await bed.types()).toContain('HypervisorRegistered');
    await discovery.stop();
  });

  it('is left to others by a process without that role', async () => {
    const bed = new InventoryBed(hosts);
    const { discovery } = await inventory(bed, false);
    await discovery.start();
    expect([await bed.types(), bed.clock.waiting]).toEqual([[], 0]);
    await discovery.stop();
  });
});

describe('the inventory module', () => {
  it('takes commands and questions, and has a process for the runtime', async () => {
    const bed = new InventoryBed(hosts);
    const { module, discovery, queries } = await inventory(bed);
    await discovery.start();
    const commands = module.get(CommandBus);
    const made = await commands.execute(new CreateAggregate(bed.context(), { name: 'x', availabilityZone: null }));
    expect(made).toMatchObject({ kind: 'accepted', answer: { id: 1 } });
    const refused = await commands.execute(new ChangeService(bed.context(), '9', { kind: 'enable' }));
    expect(refused).toMatchObject({ code: 'hypervisor-unknown' });
    expect(module.get(imageCaching)).toMatchObject({ process: { name: 'imageCaching' } });
    const [a, dead, unknown] = ['a', 'dead', 'x'].map((id) => hypervisorUuid('simulated', id)) as [
      string,
      string,
      string,
    ];
    const uptimes = await queries.execute(new HypervisorUptimes([a, dead, unknown]));
    expect([uptimes.get(dead), uptimes.get(unknown)]).toEqual([null, null]);
    expect(uptimes.get(a)).toMatch(/ up \d+ days?, /);
    await discovery.stop();
  });
});
