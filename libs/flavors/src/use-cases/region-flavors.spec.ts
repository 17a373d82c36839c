import { beforeEach, describe, expect, it } from '@jest/globals';
import { Global, Logger, Module } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { CommandExecutor, MemoryVault, StoreCommandExecutor, systemContext } from '#runtime';
import { VirtualClock } from '#specs';
import {
  CreateRegionFlavor,
  DeleteRegionFlavor,
  EnsureReservationFlavor,
  FindRegionFlavor,
  GrantRegionFlavorAccess,
} from '../contracts.js';
import { FlavorsModule } from '../flavors.module.js';
import { FLAVORS_SETTINGS, type FlavorsSettings } from '../flavors.settings.js';
import type { RegionFlavor } from '../region/region.events.js';
import { ConfigureFlavors } from './configure-flavors.js';

const flavor = (id: string, more: Partial<RegionFlavor> = {}): RegionFlavor => ({
  ...{ id, name: `m1.${id}`, vcpus: 1, ramMb: 512, diskGb: 1, ephemeralGb: 0, swapMb: 0, rxtxFactor: 1 },
  ...{ isPublic: true, extraSpecs: [], access: [], reservationId: null, ...more },
});

let clock: VirtualClock;
let store: MemoryEventStore;
beforeEach(() => {
  Logger.overrideLogger(false);
  clock = new VirtualClock();
  store = new MemoryEventStore({ clock });
});

/** A server on the log. */
async function started(flavors: readonly RegionFlavor[] = []) {
  const settings: FlavorsSettings = { clock, region: 'RegionOne', flavors };
  const executor = new StoreCommandExecutor({ store, vault: new MemoryVault() });
  @Global()
  @Module({
    providers: [
      { provide: CommandExecutor, useValue: executor },
      { provide: FLAVORS_SETTINGS, useValue: settings },
    ],
    exports: [CommandExecutor, FLAVORS_SETTINGS],
  })
  class Platform {}
  const app = await Test.createTestingModule({ imports: [Platform, FlavorsModule] }).compile();
  await app.init();
  const [commands, queries] = [app.get(CommandBus), app.get(QueryBus)];
  const context = () => systemContext(clock.now());
  return {
    configure: () => app.get(ConfigureFlavors).run(context()),
    create: (made: RegionFlavor) => commands.execute(new CreateRegionFlavor(context(), made)),
    ensure: (made: RegionFlavor & { readonly reservationId: string }) =>
      commands.execute(new EnsureReservationFlavor(context(), made)),
    remove: (id: string, reservationId: string | null = null) =>
      commands.execute(new DeleteRegionFlavor(context(), id, reservationId)),
    grant: (id: string, project: string) => commands.execute(new GrantRegionFlavorAccess(context(), id, project)),
    find: (id: string) => queries.execute(new FindRegionFlavor(id)),
  };
}

async function types(): Promise<readonly string[]> {
  return (await store.readAll()).map(({ stream, type }) => `${stream} ${type}`);
}

describe('flavors of the own region', () => {
  it('are made, found and deleted', async () => {
    const { create, find, remove } = await started();
    expect(await create(flavor('1'))).toMatchObject({ kind: 'accepted', answer: flavor('1') });
    expect(await find('1')).toEqual(flavor('1'));
    expect(await find('2')).toBeUndefined();
    expect(await create(flavor('1', { vcpus: 2 }))).toMatchObject({ kind: 'refused', code: 'flavor-exists' });
    expect(await remove('1')).toMatchObject({ kind: 'accepted' });
    expect(await find('1')).toBeUndefined();
    expect(await types()).toEqual([
      'region-RegionOne flavors/RegionFlavorCreated@1',
      'region-RegionOne flavors/RegionFlavorDeleted@1',
    ]);
  });

  it('of reservations are changed by these alone', async () => {
    const { create, ensure, find, grant, remove } = await started();
    const own = { ...flavor('r1', { isPublic: false }), reservationId: 'r1' };
    expect(await ensure(own)).toMatchObject({ kind: 'accepted', answer: own });
    expect(await grant('r1', 'p')).toMatchObject({ kind: 'accepted' });
    const more = { ...own, vcpus: 3, access: ['p'] };
    expect(await ensure({ ...own, vcpus: 3 })).toMatchObject({ kind: 'accepted', answer: more });
    expect(await find('r1')).toEqual(more);
    expect(await create(flavor('r1'))).toMatchObject({ kind: 'refused', code: 'flavor-exists' });
    expect(await remove('r1')).toMatchObject({ kind: 'refused', code: 'flavor-of-a-reservation' });
    expect(await remove('r1', 'r1')).toMatchObject({ kind: 'accepted' });
    expect(await remove('r1', 'r1')).toMatchObject({ kind: 'accepted', events: [] });
    expect(await grant('r1', 'p')).toMatchObject({ kind: 'refused', code: 'flavor-unknown' });
  });
});

describe('flavors of the settings', () => {
  const both = [flavor('1'), flavor('2')];

  it('are there from the first start on', async () => {
    const first = await started(both);
    await first.configure();
    expect([await first.find('1'), await first.find('2')]).toEqual(both);
    const [{ length }, second] = [await types(), await started(both)];
    await second.configure();
    expect(await types()).toHaveLength(length);
  });

  it('stay deleted, and leave what users made', async () => {
    const first = await started(both);
    await first.create(flavor('9', { name: 'm1.3' }));
    await first.configure();
    await first.remove('2');
    const second = await started([...both, flavor('3'), flavor('4')]);
    await second.configure();
    expect(await second.find('2')).toBeUndefined();
    expect(await second.find('3')).toBeUndefined();
    expect(await second.find('4')).toEqual(flavor('4'));
  });

  it('are none of a server without any', async () => {
    await (await started()).configure();
    expect(await types()).toEqual([]);
  });
});
