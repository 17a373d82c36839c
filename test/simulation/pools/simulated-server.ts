import { Global, Module } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { MemoryEventStore } from '#event-store/adapters/memory';
import {
  defaultInventorySettings,
  DiscoverHypervisors,
  INVENTORY_CLOCK,
  INVENTORY_SETTINGS,
  InventoryModule,
  KNOWN_IMAGES,
} from '#inventory';
import {
  ConfigurePools,
  LOG_EPOCH,
  poolProcesses,
  POOLS_SETTINGS,
  POOLS_WORLD,
  PoolsModule,
  PoolUsers,
  TokenUses,
  VmSupply,
  type PoolsSettings,
} from '#pools';
import { PROVIDERS, ResilientProvider } from '#providers';
import type { ReadStore } from '#read-store';
import {
  CommandExecutor,
  MemoryVault,
  observing,
  ProcessRunner,
  StoreCommandExecutor,
  systemContext,
  Vault,
  type RunningProcess,
} from '#runtime';
import { FaultyEventStore, type FaultPlan, type VirtualClock } from '#specs';
import { createMemoryTimers } from '#timers/adapters/memory';
import type { SimulatedProvider } from '#providers/adapters/simulated';
import { misfiring } from './misfired-timers.js';
import { mortalProvider, mortalStore, type Life } from './mortal.js';

/** What outlives a server. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly store: MemoryEventStore;
  readonly readStore: ReadStore;
  readonly provider: SimulatedProvider;
  readonly settings: PoolsSettings;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly uuid: () => string;
}

export interface SimulatedServer {
  readonly commands: CommandBus;
  readonly executor: CommandExecutor;
  readonly life: Life;
}

/** The pools and the inventory as a server has them, in memory and virtual time: until its life ends, or it is the last. */
export async function startServer(around: Surroundings, life: Life, faults: FaultPlan): Promise<SimulatedServer> {
  const { clock, random, settings } = around;
  // Its own, as after a restart, on the one log; what it had under way ends with it.
  const own = new MemoryEventStore({ clock, log: around.store.log });
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      clock.setTimeout(() => {
        if (!life.ended) resolve();
      }, ms);
    });
  // Now and then a disk takes its time, and deadlines pass meanwhile.
  const delay = (): Promise<void> => (random() < 0.04 ? sleep(random() * 3_000) : Promise.resolve());
  const store = mortalStore(new FaultyEventStore(own, faults), life, delay);
  const executor = new StoreCommandExecutor({
    store,
    vault: new MemoryVault(),
    blobs: around.readStore.blobs,
    settings: { sleep, random },
  });
  const resilient = new ResilientProvider(around.provider, {
    attempts: 2,
    random,
    sleep,
    limit: (_ms, call) => call(),
  });
  const provided = [
    { provide: CommandExecutor, useValue: executor },
    { provide: Vault, useValue: new MemoryVault() },
    { provide: PROVIDERS, useValue: [mortalProvider(resilient, life)] },
    { provide: KNOWN_IMAGES, useValue: [] },
    { provide: INVENTORY_SETTINGS, useValue: { ...defaultInventorySettings, serviceDownMs: 1e15 } },
    { provide: POOLS_SETTINGS, useValue: settings },
    { provide: LOG_EPOCH, useValue: () => store.epoch },
    { provide: PoolUsers, useValue: {} },
    { provide: TokenUses, useValue: {} },
  ];
  @Global()
  @Module({ providers: provided, exports: provided.map(({ provide }) => provide) })
  class Around {}
  const module = await Test.createTestingModule({ imports: [Around, CqrsModule, InventoryModule, PoolsModule] })
    .setLogger({ log: () => undefined, warn: () => undefined, error: () => undefined })
    .overrideProvider(INVENTORY_CLOCK)
    .useValue(clock)
    .overrideProvider(POOLS_WORLD)
    .useValue({
      now: () => clock.now(),
      uuid: around.uuid,
      random,
      characters: (count: number) =>
        Array.from({ length: count }, () => Math.floor(random() * 36).toString(36)).join(''),
      setTimeout: (callback: () => void, ms: number) =>
        clock.setTimeout(() => {
          if (!life.ended) callback();
        }, ms),
      clearTimeout: (handle: { id: number }) => {
        clock.clearTimeout(handle);
      },
    })
    .compile();
  await module.init();
  const commands = module.get(CommandBus);
  await commands.execute(new DiscoverHypervisors(systemContext(clock.now())));
  await module.get(ConfigurePools).run();
  const timers = createMemoryTimers({
    now: () => clock.now(),
    setTimeout: (callback: () => void, ms: number) =>
      clock.setTimeout(() => {
        if (!life.ended) callback();
      }, ms),
    clearTimeout: (handle: { id: number }) => {
      clock.clearTimeout(handle);
    },
  });
  const runner = new ProcessRunner({
    store,
    readStore: around.readStore,
    timers: misfiring(timers, { random, sleep }),
    clock,
    processes: module.get<readonly RunningProcess[]>(poolProcesses),
    observer: observing({}),
    pauses: { firstMs: 50, mostMs: 1_000, sleep },
  });
  await runner.start();
  await module.get(VmSupply).start();
  return { commands, executor, life };
}
