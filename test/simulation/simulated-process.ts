import { Global, Module, type Provider, type Type } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { MemoryEventStore } from '#event-store/adapters/memory';
import {
  defaultInventorySettings,
  DiscoverHypervisors,
  INVENTORY_CLOCK,
  INVENTORY_SETTINGS,
  InventoryModule,
  KNOWN_IMAGES,
  type InventorySettings,
} from '#inventory';
import { PROVIDERS, ResilientProvider } from '#providers';
import type { SimulatedProvider } from '#providers/adapters/simulated';
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
import { CommandBus } from '@nestjs/cqrs';
import { misfiring } from './misfired-timers.js';
import { mortalProvider, mortalStore, type Life } from './mortal.js';

/** What outlives a server. */
export interface Surroundings {
  readonly clock: VirtualClock;
  readonly store: MemoryEventStore;
  readonly readStore: ReadStore;
  readonly provider: SimulatedProvider;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  readonly uuid: () => string;
}

/** What makes it a server of one context. */
export interface Parts {
  readonly modules: readonly Type[];
  readonly provided: readonly (Provider & { readonly provide: unknown })[];
  /** Injection token of the context's world: all its time and chance. */
  readonly world: symbol;
  readonly inventory?: Partial<InventorySettings>;
  /** After the hypervisors were discovered, before the processes run. */
  readonly prepare: (module: TestingModule) => Promise<void>;
  readonly processes: (module: TestingModule) => readonly RunningProcess[];
  /** Milliseconds; what is lost is armed again, and a clock that was set is noticed, no later. Default: as in a server. */
  readonly sweepEveryMs?: number;
  readonly lookEveryMs?: number;
}

export interface SimulatedProcess {
  readonly commands: CommandBus;
  readonly executor: CommandExecutor;
  readonly module: TestingModule;
  readonly life: Life;
}

/** A context and the inventory as a server has them, in memory and virtual time: until its life ends, or it is the last. */
export async function startProcess(
  around: Surroundings,
  life: Life,
  faults: FaultPlan,
  parts: Parts,
): Promise<SimulatedProcess> {
  const { clock, random } = around;
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
    {
      provide: INVENTORY_SETTINGS,
      useValue: { ...defaultInventorySettings, serviceDownMs: 1e15, ...parts.inventory },
    },
    ...parts.provided,
  ];
  @Global()
  @Module({ providers: provided as Provider[], exports: provided.map(({ provide }) => provide as symbol) })
  class Around {}
  const mortal = {
    now: () => clock.now(),
    setTimeout: (callback: () => void, ms: number) =>
      clock.setTimeout(() => {
        if (!life.ended) callback();
      }, ms),
    clearTimeout: (handle: { id: number }) => {
      clock.clearTimeout(handle);
    },
  };
  const module = await Test.createTestingModule({ imports: [Around, CqrsModule, InventoryModule, ...parts.modules] })
    .setLogger({ log: () => undefined, warn: () => undefined, error: () => undefined })
    .overrideProvider(INVENTORY_CLOCK)
    .useValue(clock)
    .overrideProvider(parts.world)
    .useValue({
      ...mortal,
      uuid: around.uuid,
      random,
      characters: (count: number) =>
        Array.from({ length: count }, () => Math.floor(random() * 36).toString(36)).join(''),
    })
    .compile();
  await module.init();
  const commands = module.get(CommandBus);
  await commands.execute(new DiscoverHypervisors(systemContext(clock.now())));
  await parts.prepare(module);
  const timers = createMemoryTimers(mortal, parts.lookEveryMs);
  const runner = new ProcessRunner({
    store,
    readStore: around.readStore,
    timers: misfiring(timers, { random, sleep }),
    clock,
    processes: parts.processes(module),
    observer: observing({}),
    pauses: { firstMs: 50, mostMs: 1_000, sleep },
    ...(parts.sweepEveryMs === undefined ? {} : { sweepEveryMs: parts.sweepEveryMs }),
  });
  await runner.start();
  return { commands, executor, module, life };
}
