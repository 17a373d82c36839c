import type { EventStore } from '#event-store';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { ConfigureFlavors, defaultFlavorsSettings, FLAVORS_SETTINGS, FlavorsModule, type RegionFlavor } from '#flavors';
import {
  defaultInventorySettings,
  DiscoverHypervisors,
  INVENTORY_CLOCK,
  INVENTORY_SETTINGS,
  InventoryModule,
  KNOWN_IMAGES,
} from '#inventory';
import type { CommandContext } from '#kernel';
import { PROVIDERS, ResilientProvider } from '#providers';
import { SimulatedProvider, type SimulatedHost } from '#providers/adapters/simulated';
import {
  CommandExecutor,
  MemoryVault,
  StoreCommandExecutor,
  systemContext,
  type ProcessRunner,
  type RunningProcess,
} from '#runtime';
import { allDone, processesIn, turns, VirtualClock, world } from '#specs';
import { Global, Logger, Module, type Provider } from '@nestjs/common';
import { CommandBus, QueryBus } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  AddFloatingIp,
  CreateLease,
  DeleteLease,
  EnrolHost,
  foldLease,
  UpdateLease,
  type Caller,
  type LeaseChange,
  type LeaseEvent,
  type LeaseFacts,
  type RawReservation,
  type WantedLease,
} from '../contracts.js';
import { floatingIps, floatingIpsStream } from '../floating-ips/floating-ips.aggregate.js';
import { addressesOf, undecidedHolds as undecidedAddresses } from '../floating-ips/floating-ips.looks.js';
import { hostCalendar, hostCalendarStream } from '../host-calendar/host-calendar.aggregate.js';
import { allocatedTo, undecidedHolds } from '../host-calendar/host-calendar.looks.js';
import { reservationProcesses, ReservationsModule } from '../reservations.module.js';
import {
  defaultReservationsSettings,
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type NetworkSettings,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../reservations.settings.js';
import type { LeaseOutcome } from './allocation/lease-outcome.js';
import { FreePool } from './hosts/free-pool.js';

export const minuteMs = 60_000;

export const sampleNetwork: NetworkSettings = {
  id: '5a3c7c1e-9d0b-4a54-8f6e-2f7b7d1f0a11',
  name: 'public',
  subnets: [{ id: '8e1d7f0a-64a5-4d7e-9a9b-3c8a1d3f7e02', cidr: '203.0.113.0/24', gateway: null, pools: [] }],
};

export const sampleCaller: Caller = { userId: 'u-71', projectId: 'p-1', administrator: false };

/** As requests send them. */
export const raw = {
  hosts: (min: number, max = min, more: RawReservation = {}): RawReservation => ({
    ...{ resource_type: 'physical:host', min, max, hypervisor_properties: '', resource_properties: '' },
    ...more,
  }),
  instances: (amount: number, more: RawReservation = {}): RawReservation => ({
    ...{ resource_type: 'virtual:instance', amount, vcpus: 2, memory_mb: 4096, disk_gb: 20, affinity: null },
    ...{ resource_properties: '', ...more },
  }),
  ofFlavor: (amount: number, flavorId: string): RawReservation => ({
    ...{ resource_type: 'flavor:instance', amount, flavor_id: flavorId, affinity: null },
  }),
  addresses: (amount: number, more: RawReservation = {}): RawReservation => ({
    ...{ resource_type: 'virtual:floatingip', network_id: sampleNetwork.id, amount, ...more },
  }),
};

export function sampleFlavor(id: string, more: Partial<RegionFlavor> = {}): RegionFlavor {
  return {
    ...{ id, name: `flavor-${id}`, vcpus: 4, ramMb: 8192, diskGb: 40, ephemeralGb: 0, swapMb: 0, rxtxFactor: 1 },
    ...{ isPublic: true, extraSpecs: [], access: [], reservationId: null, ...more },
  };
}

export function sampleHost(name: string, more: Partial<SimulatedHost> = {}): SimulatedHost {
  return { name, vcpus: 64, memoryMb: 262_144, localGb: 2048, ...more };
}

/** The same numbers in the same order whenever it is made anew with the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Holdings {
  readonly held: readonly string[];
  readonly allocated: Readonly<Record<string, readonly string[]>>;
  /** Reservations that have something and are no lease's. */
  readonly strangers: readonly string[];
}

function sorted(all: Readonly<Record<string, readonly string[]>>) {
  return Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1));
}

export interface BedServer {
  readonly module: TestingModule;
  readonly executor: StoreCommandExecutor;
  readonly commands: CommandBus;
  readonly queries: QueryBus;
  readonly running: readonly RunningProcess[];
  create(wanted: Partial<WantedLease>, more?: Partial<CommandContext>, caller?: Caller): Promise<LeaseOutcome>;
  update(leaseId: string, change: LeaseChange, more?: Partial<CommandContext>, caller?: Caller): Promise<LeaseOutcome>;
  delete(leaseId: string): ReturnType<CommandBus['execute']>;
}

export interface BedOptions {
  readonly hosts?: readonly SimulatedHost[];
  readonly settings?: Partial<ReservationsSettings>;
  readonly flavors?: readonly RegionFlavor[];
  readonly seed?: number;
}

/** Reservations, inventory and flavors as a server has them, over memory and simulated hosts, in virtual time: for specs. */
export class ReservationsBed {
  readonly clock = new VirtualClock();
  readonly world: ReservationsWorld;
  readonly settings: ReservationsSettings;
  readonly provider: SimulatedProvider;
  readonly readStore = world({ clock: this.clock }).readStore;
  /** What all servers write to; each has its own view, as servers have of a shared store. */
  readonly store = new MemoryEventStore({ clock: this.clock, exclusive: false });
  /** Of the last runner: like those of an embedded server, they end with it. */
  timers = world({ clock: this.clock }).timers;
  private readonly vault = new MemoryVault();
  private readonly flavors: readonly RegionFlavor[];
  private readonly open: TestingModule[] = [];

  constructor({ hosts = [], settings = {}, flavors = [], seed = 1 }: BedOptions = {}) {
    // Providers fail on purpose here: nobody wants to read it.
    Logger.overrideLogger(false);
    const { clock } = this;
    this.flavors = flavors;
    this.provider = new SimulatedProvider({ name: 'simulated', hosts, clock });
    this.settings = { ...defaultReservationsSettings, clock, networks: [sampleNetwork], ...settings };
    let uuids = 0;
    this.world = {
      now: () => clock.now(),
      uuid: () => `00000000-0000-4000-8000-${String((uuids += 1)).padStart(12, '0')}`,
      random: seeded(seed),
      setTimeout: (callback, ms) => clock.setTimeout(callback, ms),
      clearTimeout: (handle) => {
        clock.clearTimeout(handle as { id: number });
      },
    };
  }

  /** One server on the log; a second one is what a restart or another server would be. */
  async server(store: EventStore = this.store, more: Partial<ReservationsSettings> = {}): Promise<BedServer> {
    const { clock, vault } = this;
    const executor = new StoreCommandExecutor({ store, vault, settings: { sleep: () => turns(1) } });
    const flavors = { ...defaultFlavorsSettings, clock, flavors: this.flavors };
    const provided = [
      { provide: CommandExecutor, useValue: executor },
      { provide: PROVIDERS, useValue: [new ResilientProvider(this.provider, { attempts: 1 })] },
      { provide: KNOWN_IMAGES, useValue: [] },
      { provide: INVENTORY_SETTINGS, useValue: { ...defaultInventorySettings, serviceDownMs: 1e15 } },
      { provide: FLAVORS_SETTINGS, useValue: flavors },
      { provide: RESERVATIONS_SETTINGS, useValue: { ...this.settings, ...more } },
    ];
    @Global()
    @Module({ providers: provided as Provider[], exports: provided.map(({ provide }) => provide) })
    class Platform {}
    const module = await Test.createTestingModule({
      imports: [Platform, InventoryModule, FlavorsModule, ReservationsModule],
    })
      .overrideProvider(RESERVATIONS_WORLD)
      .useValue(this.world)
      .overrideProvider(INVENTORY_CLOCK)
      .useValue(this.world)
      .compile();
    await module.init();
    this.open.push(module);
    const commands = module.get(CommandBus);
    return {
      module,
      executor,
      commands,
      queries: module.get(QueryBus),
      running: module.get<readonly RunningProcess[]>(reservationProcesses),
      create: (wanted, its = {}, caller = sampleCaller) =>
        commands.execute(new CreateLease(this.context(its), caller, this.wanted(wanted))),
      update: (leaseId, change, its = {}, caller = sampleCaller) =>
        commands.execute(new UpdateLease(this.context(its), caller, leaseId, change)),
      delete: (leaseId) => commands.execute(new DeleteLease(this.context(), sampleCaller, leaseId)),
    };
  }

  /** The hosts are discovered and enrolled, the free pool and the flavors are there. */
  async prepare(server: BedServer, enrolled: readonly string[]): Promise<void> {
    const { commands, module } = server;
    await commands.execute(new DiscoverHypervisors(this.context()));
    await module.get(FreePool).ensure(this.context());
    await this.configureFlavors(server);
    for (const name of enrolled) await this.enrol(server, name);
  }

  async enrol({ commands }: BedServer, name: string, capabilities: Readonly<Record<string, string>> = {}) {
    const wanted = { name, capabilities: Object.entries(capabilities) };
    const outcome = await commands.execute(new EnrolHost(this.context(), wanted));
    if (outcome.kind === 'refused') throw new Error(`${name}: ${outcome.code} ${JSON.stringify(outcome.facts)}`);
    return outcome.answer;
  }

  /** Ids of the addresses added. */
  async addAddresses({ commands }: BedServer, ...addresses: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const address of addresses) {
      const outcome = await commands.execute(new AddFloatingIp(this.context(), sampleNetwork.id, address));
      if (outcome.kind === 'refused') throw new Error(`${address}: ${outcome.code}`);
      ids.push(outcome.answer.id);
    }
    return ids;
  }

  /** The processes of one server. */
  async runner(store: EventStore = this.store, server?: BedServer): Promise<ProcessRunner> {
    const { running } = server ?? (await this.server(store));
    const { readStore, clock } = this;
    const ports = world({ store, readStore, clock });
    this.timers = ports.timers;
    return processesIn(ports, running);
  }

  context(more: Partial<CommandContext> = {}): CommandContext {
    return { ...systemContext(this.clock.now()), ...more };
  }

  /** From in ten minutes for an hour, unless said otherwise. */
  wanted(more: Partial<WantedLease>): WantedLease {
    const startsAt = this.at(10);
    return { name: 'wind-tunnel', startsAt, endsAt: startsAt + 60 * minuteMs, reservations: [], ...more };
  }

  /** So many minutes from this minute. */
  at(minutes: number): number {
    return (Math.floor(this.clock.now() / minuteMs) + minutes) * minuteMs;
  }

  /** Time passes until it is settled, at most so long. */
  async until<T>(promise: Promise<T>, mostMs = 60_000): Promise<T> {
    const state = { settled: false };
    const done = () => {
      state.settled = true;
    };
    promise.then(done, done);
    for (let passed = 0; ; passed += 10) {
      await turns(20);
      if (state.settled) return promise;
      if (passed >= mostMs) throw new Error(`not settled within ${String(mostMs)} ms`);
      await this.clock.advance(10);
    }
  }

  /** Until the processes have done everything the log holds. */
  done(runner: ProcessRunner): Promise<void> {
    return allDone(runner, this.store);
  }

  /** Types of all events, or of those after so many; with their streams. */
  async log(after = 0): Promise<readonly { readonly type: string; readonly stream: string; readonly data: never }[]> {
    const recorded = [];
    for (let page = await this.store.readAll(); page.length > 0;) {
      recorded.push(...page);
      page = await this.store.readAll({ after: page.at(-1)?.position ?? Infinity });
    }
    return recorded.slice(after).map(({ type, stream, data }) => ({
      type: type.replace(/^[a-z]+\/(.*)@\d+$/, '$1'),
      stream,
      data: JSON.parse(data) as never,
    }));
  }

  /** All leases that are there, as their streams tell, by id. */
  async leases(): Promise<ReadonlyMap<string, LeaseFacts>> {
    const leases = new Map<string, LeaseFacts>();
    for (const { type, stream, data } of await this.log()) {
      if (!stream.startsWith('lease-')) continue;
      const facts = foldLease(leases.get(stream), { type, data } as LeaseEvent);
      if (facts === undefined) leases.delete(stream);
      else leases.set(stream, facts);
    }
    return new Map(Array.from(leases.values(), (facts) => [facts.id, facts]));
  }

  /** What is held without a decision, and what is allocated, by reservation; hosts by id, addresses as text. */
  async holdings(): Promise<Holdings> {
    const executor = new StoreCommandExecutor({ store: this.store, vault: this.vault });
    const held: string[] = [];
    const allocated: Record<string, string[]> = {};
    const note = (id: string, what: readonly string[]): void => {
      if (what.length > 0) allocated[id] = [...(allocated[id] ?? []), ...what].sort();
    };
    const ids = [...(await this.leases()).values()].flatMap((its) => its.reservations.map(({ id }) => id));
    for (const partition of [...this.settings.partitions.map(({ name }) => name), 'default']) {
      await executor.look(hostCalendar, hostCalendarStream(partition), (state) => {
        held.push(...undecidedHolds(state).map(({ attempt }) => `${attempt} in ${partition}`));
        for (const id of state.allocations.keys())
          note(
            id,
            allocatedTo(state, id).map(({ hostId }) => hostId),
          );
      });
    }
    await executor.look(floatingIps, floatingIpsStream, (state) => {
      held.push(...undecidedAddresses(state).map(({ attempt }) => `${attempt} in ${floatingIpsStream}`));
      for (const id of state.allocations.keys())
        note(
          id,
          addressesOf(state, id).map(({ address }) => address),
        );
    });
    return { held, allocated, strangers: Object.keys(allocated).filter((id) => !ids.includes(id)) };
  }

  /** The processes come to the end of the log; then everything is settled, and no timer is left but those of leases. */
  async settle(): Promise<void> {
    const runner = await this.runner();
    await runner.start();
    await this.done(runner);
    await this.expectSettled();
    const events = [...(await this.leases()).values()].flatMap((its) => its.events);
    const due = events.filter(({ status }) => status === 'UNDONE').length;
    const timers = await this.timers.count();
    await runner.stop();
    if (timers !== due) throw new Error(`${String(timers)} timers for ${String(due)} events`);
  }

  /** All is decided and settled; what each lease says that it has is what it has, and nobody else has anything. */
  async expectSettled(): Promise<void> {
    const { held, allocated, strangers } = await this.holdings();
    const leases = await this.leases();
    const said: Record<string, string[]> = {};
    for (const { id, hosts, addresses } of [...leases.values()].flatMap(({ reservations }) => reservations)) {
      const all = [...hosts.map(({ hostId }) => hostId), ...addresses.map(({ address }) => address)].sort();
      if (all.length > 0) said[id] = all;
    }
    if (held.length + strangers.length > 0 || JSON.stringify(sorted(said)) !== JSON.stringify(sorted(allocated)))
      throw new Error(`not settled: ${JSON.stringify({ held, strangers, said, allocated }, null, 2)}`);
  }

  async close(): Promise<void> {
    await Promise.all(this.open.splice(0).map((module) => module.close()));
  }

  private async configureFlavors({ module }: BedServer): Promise<void> {
    if (this.flavors.length === 0) return;
    await module.get(ConfigureFlavors).run(this.context());
  }
}
