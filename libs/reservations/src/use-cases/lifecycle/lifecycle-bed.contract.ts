import { MemoryEventStore } from '#event-store/adapters/memory';
import { defaultFlavorsSettings, FLAVORS_SETTINGS, FlavorsModule } from '#flavors';
import {
  ChangeService,
  CheckHeartbeats,
  defaultInventorySettings,
  DiscoverHypervisors,
  INVENTORY_CLOCK,
  INVENTORY_SETTINGS,
  InventoryModule,
  KNOWN_IMAGES,
} from '#inventory';
import type { CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import { PROVIDERS, ResilientProvider } from '#providers';
import { SimulatedProvider, type SimulatedOptions } from '#providers/adapters/simulated';
import {
  CommandExecutor,
  deriveUuid,
  leasebookNamespace,
  MemoryVault,
  StoreCommandExecutor,
  systemContext,
  type RunningProcess,
} from '#runtime';
import { processesIn, turns, VirtualClock, world, CrashingExecutor, crashingProvider, type CrashPlan } from '#specs';
import { Global, Module, type LoggerService } from '@nestjs/common';
import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { CreateLease, DeleteLease, EnrolHost, UpdateLease, WithdrawHost, type LeaseChange } from '../../contracts.js';
import type { HostFacts } from '../../host-calendar/host-facts.state.js';
import type { LeaseFacts } from '../../lease/lease.facts.state.js';
import { lease, leaseOf, leaseStream } from '../../lease/lease.aggregate.js';
import { reservationProcesses, ReservationsModule } from '../../reservations.module.js';
import {
  defaultReservationsSettings,
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type ReservationsSettings,
} from '../../reservations.settings.js';
import { FreePool } from '../hosts/free-pool.js';
import { LeaseLifecycle } from './lease-lifecycle.js';
import { aggregatesIn, wrongsIn } from './lease-wrongs.contract.js';

export const minute = 60_000;
export const hour = 60 * minute;

export const ada = { userId: 'ada', projectId: 'engines', administrator: false };
export const operator = { userId: 'root', projectId: 'admin', administrator: true };

export interface ServerParts {
  readonly settings?: Partial<ReservationsSettings>;
  readonly crash?: CrashPlan;
  /** False: neither timers nor reactions. */
  readonly processes?: boolean;
}

export type LifecycleServer = Awaited<ReturnType<LifecycleBed['server']>>;

type Outcome<Answer = unknown> = CommandOutcome<DomainEvent, string, Answer>;

export const hosts = (min: number, more: Readonly<Record<string, unknown>> = {}) => ({
  ...{ resource_type: 'physical:host', min, max: min, hypervisor_properties: '', resource_properties: '' },
  before_end: '',
  ...more,
});

export const instances = (amount: number) => ({
  ...{ resource_type: 'virtual:instance', amount, vcpus: 4, memory_mb: 4096, disk_gb: 10 },
  ...{ affinity: null, resource_properties: '' },
});

/** Reservations, inventory, flavors and simulated machines in memory and virtual time; what outlives a server is here. */
export class LifecycleBed {
  readonly clock = new VirtualClock(Date.UTC(2031, 4, 4, 8));
  readonly store = new MemoryEventStore({ clock: this.clock, exclusive: false });
  readonly readStore = world().readStore;
  readonly provider: SimulatedProvider;
  /** What the servers said. */
  readonly logged: string[] = [];
  private made = 0;
  private asked = 0;

  constructor(
    names: readonly string[] = ['node-1', 'node-2'],
    private readonly settings: Partial<ReservationsSettings> = {},
    options: Partial<SimulatedOptions> = {},
  ) {
    const { clock } = this;
    this.provider = new SimulatedProvider({
      hosts: names.map((name) => ({ name, vcpus: 64, memoryMb: 262_144, localGb: 4096 })),
      clock,
      sleep: (ms) => this.sleep(ms),
      ...options,
    });
  }

  /** Started, with its hypervisors discovered. A second one is what a restart or another server would be. */
  async server(parts: ServerParts = {}) {
    const { crash } = parts;
    const inner = new StoreCommandExecutor({ store: this.store, vault: new MemoryVault() });
    const executor = crash === undefined ? inner : new CrashingExecutor(inner, crash);
    const limit = <T>(_ms: number, call: () => Promise<T>) => call();
    const resilient = new ResilientProvider(this.provider, { attempts: 1, sleep: (ms) => this.sleep(ms), limit });
    const provider = crash === undefined ? resilient : crashingProvider(resilient, crash);
    const module = await Test.createTestingModule({
      imports: [
        this.surroundings(executor, provider, parts.settings),
        CqrsModule,
        InventoryModule,
        FlavorsModule,
        ReservationsModule,
      ],
    })
      .setLogger(this.logger())
      .overrideProvider(INVENTORY_CLOCK)
      .useValue(this.clock)
      .overrideProvider(RESERVATIONS_WORLD)
      .useValue(this.world())
      .compile();
    await module.init();
    const commands = module.get(CommandBus);
    // Timers live as long as their server.
    const ports = world({ store: this.store, readStore: this.readStore, clock: this.clock });
    const processes = module.get<readonly RunningProcess[]>(reservationProcesses);
    const runner = processesIn(ports, parts.processes === false ? [] : processes);
    const run = async <Answer>(command: Parameters<CommandBus['execute']>[0]): Promise<Outcome<Answer>> =>
      this.until(commands.execute<typeof command, Outcome<Answer>>(command));
    const ask = async <Answer>(command: Parameters<CommandBus['execute']>[0]): Promise<Answer> => {
      const outcome = await run<Answer>(command);
      if (outcome.kind === 'accepted') return outcome.answer;
      throw new Error(`${outcome.code} ${JSON.stringify(outcome.facts)}`);
    };
    return {
      ...{ module, commands, executor, runner, run, ask, crash },
      timers: ports.timers,
      lifecycle: module.get(LeaseLifecycle),
      start: async () => {
        await commands.execute(new DiscoverHypervisors(this.context()));
        await module.get(FreePool).ensure(this.context());
        await runner.start();
      },
      enrol: (name: string, more: Partial<CommandContext> = {}) =>
        ask<HostFacts>(new EnrolHost(this.context(more), { name, capabilities: [] })),
      withdraw: (id: string) => run(new WithdrawHost(this.context(), id)),
      /** In minutes from now on. */
      create: (from: number, to: number, reservations: readonly Readonly<Record<string, unknown>>[]) =>
        ask<LeaseFacts>(new CreateLease(this.context(), ada, this.wanted(from, to, reservations))),
      update: (id: string, change: LeaseChange) => run<LeaseFacts>(new UpdateLease(this.context(), ada, id, change)),
      remove: (id: string, caller = ada, more: Partial<CommandContext> = {}) =>
        run(new DeleteLease(this.context(more), caller, id)),
      lease: (id: string) => inner.look(lease, leaseStream(id), (state) => leaseOf(state)?.facts),
      status: async (id: string) => (await inner.look(lease, leaseStream(id), leaseOf))?.facts.status,
      service: (host: string, change: ChangeService['change']) => ask(new ChangeService(this.context(), host, change)),
      checkHeartbeats: () => commands.execute(new CheckHeartbeats(this.context())),
      discover: () => commands.execute(new DiscoverHypervisors(this.context())),
      /** As when it is killed: nothing of it goes on. */
      kill: async () => {
        crash?.now();
        await this.until(Promise.all([module.close(), runner.stop()]));
      },
    };
  }

  async started(parts: ServerParts = {}): Promise<LifecycleServer> {
    const server = await this.server(parts);
    await this.until(server.start());
    return server;
  }

  wanted(from: number, to: number, reservations: readonly Readonly<Record<string, unknown>>[]) {
    const now = Math.floor(this.clock.now() / minute) * minute;
    this.asked += 1;
    const name = `lease ${String(this.asked)}`;
    return { name, startsAt: now + from * minute, endsAt: now + to * minute, reservations };
  }

  /** Time passes in so small steps that what is begun in one ends in it, as far as it takes no time itself. */
  async pass(ms: number, stepMs = Math.max(100, Math.ceil(ms / 200))): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      await turns(16);
      await this.clock.advance(Math.min(left, stepMs));
    }
    await turns(60);
  }

  /** Time passes until it is settled, at most so long. */
  async until<T>(promise: Promise<T>, mostMs = 10 * minute): Promise<T> {
    const state = { settled: false };
    const done = () => {
      state.settled = true;
    };
    promise.then(done, done);
    for (let passed = 0; ; passed += 100) {
      await turns(30);
      if (state.settled) return promise;
      if (passed >= mostMs) throw new Error(`not settled within ${String(mostMs)} ms`);
      await this.clock.advance(100);
    }
  }

  context(more: Partial<CommandContext> = {}): CommandContext {
    return { ...systemContext(this.clock.now()), ...more };
  }

  async events(): Promise<readonly { readonly type: string; readonly stream: string; readonly data: never }[]> {
    const recorded = await this.store.readAll();
    return recorded.map(({ type, stream, data }) => ({
      type: type.replace(/^[^/]+\/(.*)@\d+$/, '$1'),
      stream,
      data: JSON.parse(data) as never,
    }));
  }

  /** Types of events of one stream. */
  async types(stream: string): Promise<readonly string[]> {
    return (await this.events()).filter((event) => event.stream === stream).map(({ type }) => type);
  }

  /** An aggregate as the log tells of it; undefined: there is none (any more). */
  async aggregate(name: string | undefined) {
    return aggregatesIn(await this.events()).find((each) => each.name === name)?.facts;
  }

  /** What should not be so when nothing is under way; none: all is well. */
  async wrongs(): Promise<readonly string[]> {
    return wrongsIn(await this.events(), this.clock.now());
  }

  guest(uuid: string) {
    return { uuid, name: `instance-${uuid}`, vcpus: 2, memoryMb: 4096, diskGb: 20 };
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.clock.setTimeout(resolve, ms));
  }

  private world() {
    const { clock } = this;
    return {
      now: () => clock.now(),
      uuid: () => deriveUuid(leasebookNamespace, `lifecycle bed ${String((this.made += 1))}`),
      random: () => 0.5,
      setTimeout: (callback: () => void, ms: number) => clock.setTimeout(callback, ms),
      clearTimeout: (handle: unknown) => {
        clock.clearTimeout(handle as never);
      },
    };
  }

  private logger(): LoggerService {
    const keep = (text: unknown, context: unknown): void => {
      if (context === 'Reservations') this.logged.push(String(text));
    };
    return { log: () => undefined, warn: keep, error: keep };
  }

  private surroundings(
    executor: CommandExecutor,
    provider: unknown,
    settings: Partial<ReservationsSettings> | undefined,
  ) {
    const { clock } = this;
    const provided = [
      { provide: CommandExecutor, useValue: executor },
      { provide: PROVIDERS, useValue: [provider] },
      { provide: KNOWN_IMAGES, useValue: [] },
      { provide: INVENTORY_SETTINGS, useValue: defaultInventorySettings },
      { provide: FLAVORS_SETTINGS, useValue: { ...defaultFlavorsSettings, clock } },
      {
        provide: RESERVATIONS_SETTINGS,
        useValue: { ...defaultReservationsSettings, clock, minutesBeforeEnd: 0, ...this.settings, ...settings },
      },
    ];
    @Global()
    @Module({ providers: provided, exports: provided.map(({ provide }) => provide) })
    class Surroundings {}
    return Surroundings;
  }
}
