import { MemoryEventStore } from '#event-store/adapters/memory';
import {
  defaultInventorySettings,
  DiscoverHypervisors,
  INVENTORY_CLOCK,
  INVENTORY_SETTINGS,
  InventoryModule,
  KNOWN_IMAGES,
} from '#inventory';
import { PROVIDERS, ResilientProvider, type Provider } from '#providers';
import { SimulatedProvider, type SimulatedOptions } from '#providers/adapters/simulated';
import {
  CommandExecutor,
  deriveUuid,
  leasebookNamespace,
  MemoryVault,
  StoreCommandExecutor,
  systemContext,
} from '#runtime';
import {
  processesIn,
  seededRandom,
  turns,
  VirtualClock,
  world,
  CrashingExecutor,
  crashingProvider,
  type CrashPlan,
} from '#specs';
import { Global, Module, type LoggerService } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { pool, poolStream } from '../pool/pool.aggregate.js';
import type { PoolCommand } from '../pool/pool.commands.js';
import type { CheckoutFacts, PoolEvent } from '../pool/pool.events.js';
import { stockOf } from '../pool/pool.looks.js';
import type { PoolState } from '../pool/pool.state.js';
import {
  defaultPoolsSettings,
  POOLS_SETTINGS,
  POOLS_WORLD,
  type PoolSettings,
  type PoolsSettings,
  type PoolsWorld,
} from '../pools.settings.js';
import { ConfigurePools } from './configure-pools.js';
import { leaksIn, recordedMachines } from './leaks.contract.js';
import { supplyProcesses, supplyProcessesProvider, supplyProviders } from './supply.providers.js';
import { VmSupply } from './vm-supply.js';

export function samplePool(name: string, more: Partial<PoolSettings> = {}): PoolSettings {
  return {
    ...{ name, size: 3, template: `templates/${name}`, aliases: [], cloneTarget: null },
    ...{ readyTtlMinutes: null, timeoutMinutes: null, timeoutNotificationMinutes: null, folder: null, datastore: null },
    ...{ provider: null, dnsPlugin: null, domain: null, hosts: ['kvm-1', 'kvm-2'], hostAggregate: null },
    ...{ vcpus: 2, memoryMb: 4096, diskGb: 20 },
    ...more,
  };
}

export function sampleCheckout(checkoutId: string, more: Partial<CheckoutFacts> = {}): CheckoutFacts {
  return { checkoutId, requestedAs: 'a', tokenHash: null, userId: null, lifetime: null, ...more };
}

export interface ServerParts {
  readonly settings?: Partial<PoolsSettings>;
  readonly providers?: readonly Provider[];
  readonly crash?: CrashPlan;
  /** False: no processes, so neither timers nor nudges. */
  readonly processes?: boolean;
}

export type SupplyServer = Awaited<ReturnType<SupplyBed['server']>>;

/** Supply, inventory and simulated machines in memory and virtual time; what outlives a server is here. */
export class SupplyBed {
  readonly clock = new VirtualClock();
  readonly store = new MemoryEventStore({ clock: this.clock });
  readonly readStore = world().readStore;
  readonly provider: SimulatedProvider;
  /** What the supply said. */
  readonly logged: string[] = [];
  readonly world: PoolsWorld;

  constructor(options: Partial<SimulatedOptions> = {}, seed = 1) {
    const { clock } = this;
    this.provider = new SimulatedProvider({
      hosts: ['kvm-1', 'kvm-2'].map((name) => ({ name, vcpus: 64, memoryMb: 262_144, localGb: 4096 })),
      clock,
      sleep: (ms) => this.sleep(ms),
      ...options,
    });
    let made = 0;
    const random = seededRandom(seed);
    this.world = {
      now: () => clock.now(),
      uuid: () => deriveUuid(leasebookNamespace, `supply bed ${String(seed)} ${String((made += 1))}`),
      random,
      characters: (count) => Array.from({ length: count }, () => Math.floor(random() * 36).toString(36)).join(''),
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (handle) => {
        clock.clearTimeout(handle as { id: number });
      },
    };
  }

  /** Started, with its hypervisors discovered and its pools configured. A second one is what a restart would be. */
  async server(pools: readonly PoolSettings[], parts: ServerParts = {}) {
    const { crash, providers = [this.provider] } = parts;
    const inner = new StoreCommandExecutor({ store: this.store, vault: new MemoryVault() });
    const executor = crash === undefined ? inner : new CrashingExecutor(inner, crash);
    const sleep = (ms: number) => this.sleep(ms);
    const resilience = { attempts: 2, sleep, limit: <T>(_ms: number, call: () => Promise<T>) => call() };
    const resilient = providers
      .map((provider) => new ResilientProvider(provider, resilience))
      .map((provider) => (crash === undefined ? provider : crashingProvider(provider, crash)));
    const module = await Test.createTestingModule({
      imports: [this.surroundings(executor, resilient, pools, parts.settings), CqrsModule, InventoryModule],
      providers: [...supplyProviders, supplyProcessesProvider],
    })
      .setLogger(this.logger())
      .overrideProvider(INVENTORY_CLOCK)
      .useValue(this.clock)
      .compile();
    await module.init();
    const commands = module.get(CommandBus);
    const supply = module.get(VmSupply);
    // Timers live as long as their server.
    const ports = world({ store: this.store, readStore: this.readStore, clock: this.clock });
    const { timers } = ports;
    const runner = processesIn(ports, parts.processes === false ? [] : module.get(supplyProcesses));
    const start = async (): Promise<void> => {
      await commands.execute(new DiscoverHypervisors(systemContext(this.clock.now())));
      await module.get(ConfigurePools).run();
      await supply.start();
      await runner.start();
    };
    const decide = (name: string, command: PoolCommand) =>
      inner.execute(pool, poolStream(name), command, systemContext(this.clock.now()));
    const look = <T>(name: string, look: (state: Readonly<PoolState>) => T) => inner.look(pool, poolStream(name), look);
    return {
      ...{ supply, commands, executor, runner, timers, start, decide, look },
      stock: (name: string) => look(name, stockOf),
      checkOut: async (name: string, count: number, more: Partial<CheckoutFacts> = {}) => {
        const checkout = sampleCheckout(this.world.uuid(), more);
        const outcome = await decide(name, { type: 'check-out', count, checkout, at: this.clock.now() });
        if (outcome.kind === 'refused') return [];
        return outcome.events.flatMap((event) => (event.type === 'VmsCheckedOut' ? event.data.vms : []));
      },
      /** As when the server is stopped: what is under way ends. */
      stop: async () => {
        const stopped = Promise.all([supply.stop(), runner.stop()]);
        await this.pass(4_000);
        await stopped;
      },
      /** As when it is killed: nothing of it goes on. */
      kill: async () => {
        crash?.now();
        const stopped = Promise.all([supply.stop(), runner.stop()]);
        await this.pass(6_000);
        await stopped;
      },
    };
  }

  async started(pools: readonly PoolSettings[], parts: ServerParts = {}): Promise<SupplyServer> {
    const server = await this.server(pools, parts);
    let ended = 0;
    const started = server.start().finally(() => (ended += 1));
    // The provider may take its time.
    await turns(12);
    while (ended === 0) await this.pass(50, 50);
    await started;
    return server;
  }

  /** Time passes in so small steps that what is begun in one ends in it, as far as it takes no time itself. */
  async pass(ms: number, stepMs = Math.max(100, Math.ceil(ms / 100))): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      await turns(12);
      await this.clock.advance(Math.min(left, stepMs));
    }
    await turns(12);
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.setTimeout(resolve, ms));
  }

  async events(): Promise<readonly PoolEvent[]> {
    const recorded = await this.store.readAll();
    return recorded.map(({ type, data }) => {
      const [, name = type] = /^[^/]+\/(.*)@\d+$/.exec(type) ?? [];
      return { type: name, data: JSON.parse(data) as unknown } as PoolEvent;
    });
  }

  async of<Type extends PoolEvent['type']>(type: Type): Promise<readonly Extract<PoolEvent, { type: Type }>['data'][]> {
    return (await this.events()).filter((event) => event.type === type).map(({ data }) => data as never);
  }

  async types(): Promise<readonly string[]> {
    return (await this.events()).map(({ type }) => type);
  }

  /** What provider, hypervisors, names and pools do not agree upon; none: nothing leaked. */
  async leaks(): Promise<readonly string[]> {
    const { control } = this.provider;
    const machines = control.hosts.flatMap(({ nativeId }) =>
      Array.from(control.guestsOn(nativeId), ({ uuid }) => uuid),
    );
    return leaksIn(recordedMachines(await this.events()), machines, this.clock.now());
  }

  private logger(): LoggerService {
    const keep = (text: unknown, context: unknown): void => {
      if (context === 'Supply') this.logged.push(String(text));
    };
    return { log: keep, warn: keep, error: keep };
  }

  private surroundings(
    executor: CommandExecutor,
    providers: readonly Provider[],
    pools: readonly PoolSettings[],
    settings: Partial<PoolsSettings> = {},
  ) {
    const provided = [
      { provide: CommandExecutor, useValue: executor },
      { provide: PROVIDERS, useValue: providers },
      { provide: KNOWN_IMAGES, useValue: [] },
      { provide: INVENTORY_SETTINGS, useValue: { ...defaultInventorySettings, serviceDownMs: 1e15 } },
      {
        provide: POOLS_SETTINGS,
        useValue: { ...defaultPoolsSettings, clock: this.clock, timeZone: 'UTC', pools, ...settings },
      },
      { provide: POOLS_WORLD, useValue: this.world },
    ];
    @Global()
    @Module({ providers: provided, exports: provided.map(({ provide }) => provide) })
    class Surroundings {}
    return Surroundings;
  }
}
