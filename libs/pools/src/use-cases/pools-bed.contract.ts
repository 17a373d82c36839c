import type { EventStore } from '#event-store';
import { MemoryEventStore } from '#event-store/adapters/memory';
import type { CommandContext } from '#kernel';
import { MemoryVault, StoreCommandExecutor, systemContext, type ProcessRunner } from '#runtime';
import { allDone, processesIn, seededRandom, turns, VirtualClock, world } from '#specs';
import type { PoolHolder, WantedVms } from '../contracts.js';
import { CheckOutVms, PoolUsers, TokenUses } from '../contracts.js';
import { pool as poolAggregate, poolStream } from '../pool/pool.aggregate.js';
import type { PoolCommand } from '../pool/pool.commands.js';
import { stockOf, undecidedHolds, vmOf } from '../pool/pool.looks.js';
import { defaultPoolsSettings, type PoolSettings, type PoolsSettings, type PoolsWorld } from '../pools.settings.js';
import { ConfigurePools } from '../supply/configure-pools.js';
import { Rush } from '../supply/pace/rush.js';
import { PoolDecisions } from '../supply/pool-decisions.js';
import { vmName, vmNameStream } from '../vm-name/vm-name.aggregate.js';
import { AttemptsUnderWay } from './attempts-under-way.js';
import { CheckOutVmsHandler } from './check-out-vms.handler.js';
import { CheckoutAttempts } from './checkout-attempts.js';
import { CheckoutProcess } from './checkout-process.js';
import { CheckoutRounds } from './checkout-rounds.js';
import { DeleteOnDemandRequestHandler } from './delete-on-demand-request.handler.js';
import { DeletePoolTokenHandler } from './delete-pool-token.handler.js';
import { HoldResolution } from './hold-resolution.js';
import { IssuePoolTokenHandler } from './issue-pool-token.handler.js';
import { MachineCommands } from './machine-commands.js';
import { ModifyVmHandler } from './modify-vm.handler.js';
import { OnDemandProcess } from './on-demand-process.js';
import { OnDemandRequests } from './on-demand-requests.js';
import { OnePoolCheckout } from './one-pool-checkout.js';
import { OverridePoolsHandler } from './override-pools.handler.js';
import { PoolHolds } from './pool-holds.js';
import { PoolNames } from './pool-names.js';
import { PoolOverrides } from './pool-overrides.js';
import { RequestOnDemandVmsHandler } from './request-on-demand-vms.handler.js';
import { ResetPoolOverrideHandler } from './reset-pool-override.handler.js';
import { ResetPoolsHandler } from './reset-pools.handler.js';
import { ReturnVmHandler } from './return-vm.handler.js';
import { StreamPoolTokens } from './stream-pool-tokens.js';
import { AddDiskHandler, RevertVmHandler, SnapshotVmHandler } from './vm-tasks.handler.js';

export const placement = {
  hypervisorUuid: '0d9e5bd1-4a5e-4b55-9a53-1c2f1f0f7c10',
  provider: 'simulated',
  nativeId: 'kvm-1',
  serviceHost: 'kvm-1',
};

export function samplePool(name: string, more: Partial<PoolSettings> = {}): PoolSettings {
  return {
    ...{ name, size: 100, template: `templates/${name}`, aliases: [], cloneTarget: null },
    ...{ readyTtlMinutes: null, timeoutMinutes: null, timeoutNotificationMinutes: null },
    ...{ folder: null, datastore: null, provider: null, dnsPlugin: null, domain: null },
    ...{ hosts: ['kvm-1'], hostAggregate: null, vcpus: 2, memoryMb: 4096, diskGb: 20 },
    ...more,
  };
}

export const holder = (userId: string, administrator = false): PoolHolder => ({
  tokenHash: `hash-of-${userId}`,
  userId,
  projectId: null,
  name: null,
  administrator,
});

export interface ProcessParts {
  readonly store?: EventStore;
  readonly settings?: Partial<PoolsSettings>;
}

/** The pools' use cases over memory, in virtual time, without a supply: for specs. */
export class PoolsBed {
  readonly clock = new VirtualClock();
  readonly world: PoolsWorld;
  readonly vault = new MemoryVault();
  readonly settings: PoolsSettings;
  /** What all processes write to; each has its own view, as servers have of a shared store. */
  readonly store = new MemoryEventStore({ clock: this.clock, exclusive: false });
  /** Of the last runner: like those of an embedded server, they end with it. */
  timers = world({ clock: this.clock }).timers;
  readonly users = new Map<string, { readonly administrator: boolean }>();
  readonly uses = new Map<string, number>();
  private readonly readStore = world({ clock: this.clock }).readStore;
  private made = 0;

  constructor(settings: Partial<PoolsSettings> = {}, seed = 1) {
    this.settings = {
      ...defaultPoolsSettings,
      clock: this.clock,
      timeZone: 'UTC',
      domain: 'lab.example.test',
      ...settings,
    };
    const random = seededRandom(seed);
    const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
    let uuids = 0;
    this.world = {
      now: () => this.clock.now(),
      uuid: () => `00000000-0000-4000-8000-${String((uuids += 1)).padStart(12, '0')}`,
      random,
      characters: (count) => Array.from({ length: count }, () => letters[Math.floor(random() * 36)]).join(''),
      setTimeout: (callback, ms) => this.clock.setTimeout(callback, ms),
      clearTimeout: (handle) => {
        this.clock.clearTimeout(handle as never);
      },
    };
  }

  /** One process on the log; a second one is what a restart or another server would be. */
  process({ store = this.store, settings: more = {} }: ProcessParts = {}) {
    const { world, vault } = this;
    const settings = { ...this.settings, ...more };
    const sleep = () => turns(1);
    const executor = new StoreCommandExecutor({ store, vault, settings: { sleep } });
    const epoch = () => 'epoch';
    const names = new PoolNames(settings);
    const onePool = new OnePoolCheckout(executor, epoch);
    const underWay = new AttemptsUnderWay();
    const resolution = new HoldResolution(executor, underWay, world);
    const holds = new PoolHolds(executor, world);
    const attempts = new CheckoutAttempts(executor, underWay, holds, resolution, world);
    const rounds = new CheckoutRounds(executor, attempts, onePool, resolution, settings, world, epoch);
    const rush = new Rush(world);
    const checkOut = new CheckOutVmsHandler(names, onePool, rounds, rush, settings);
    const machines = new MachineCommands(executor, resolution, settings, world);
    const overrides = new PoolOverrides(executor, names);
    const requests = new OnDemandRequests(executor);
    const tokens = new StreamPoolTokens(executor, vault, this.poolUsers(), this.tokenUses(), world);
    return {
      executor,
      resolution,
      checkOut,
      returnVm: new ReturnVmHandler(machines, rush),
      modify: new ModifyVmHandler(machines, settings),
      addDisk: new AddDiskHandler(machines, world),
      snapshot: new SnapshotVmHandler(machines, world),
      revert: new RevertVmHandler(machines, world),
      overridePools: new OverridePoolsHandler(overrides),
      resetOverride: new ResetPoolOverrideHandler(overrides),
      resetPools: new ResetPoolsHandler(overrides),
      request: new RequestOnDemandVmsHandler(executor, names, requests, settings, world),
      deleteRequest: new DeleteOnDemandRequestHandler(executor, requests, settings),
      tokens,
      issueToken: new IssuePoolTokenHandler(executor, vault, tokens, world),
      deleteToken: new DeletePoolTokenHandler(executor, tokens, this.tokenUses()),
      configure: () => new ConfigurePools(executor, new PoolDecisions(executor, world), settings, world).run(),
      running: [new CheckoutProcess(resolution).running, new OnDemandProcess(executor, settings, world).running],
      /** Checks out as nobody, or as a holder of a token. */
      take: (
        wanted: Readonly<Record<string, number>>,
        more: Partial<CommandContext> = {},
        its: PoolHolder | null = null,
      ) => checkOut.execute(new CheckOutVms(this.context(more), wantedOf(wanted), its)),
    };
  }

  /** The processes of one server. */
  runner(parts: ProcessParts = {}): ProcessRunner {
    const { store = this.store } = parts;
    const { running } = this.process(parts);
    const { readStore, clock } = this;
    const ports = world({ store, readStore, clock });
    this.timers = ports.timers;
    return processesIn(ports, running);
  }

  context(more: Partial<CommandContext> = {}): CommandContext {
    return { ...systemContext(this.clock.now()), ...more };
  }

  async on(executor: StoreCommandExecutor, pool: string, command: PoolCommand): Promise<void> {
    const outcome = await executor.execute(poolAggregate, poolStream(pool), command, this.context());
    if (outcome.kind === 'refused') throw new Error(`${pool}: ${outcome.code} ${JSON.stringify(outcome.facts)}`);
  }

  /** Machines of a pool that stand ready; their names. `request`: for an on-demand request, so they are delivered. */
  async fill(pool: string, count: number, request: string | null = null): Promise<string[]> {
    const { executor } = this.process();
    const names: string[] = [];
    for (let vm = 0; vm < count; vm += 1) {
      const made = await this.begin(executor, pool, request);
      await this.finish(executor, pool, made);
      names.push(made.name);
    }
    return names;
  }

  /** A machine that is being cloned. */
  async begin(executor: StoreCommandExecutor, pool: string, request: string | null = null) {
    this.made += 1;
    const name = `vm-${String(this.made)}`;
    const vmId = `id-${String(this.made)}`;
    const at = this.clock.now();
    await executor.execute(vmName, vmNameStream(name), { type: 'claim', name, pool, vmId, at }, this.context());
    const settings = this.settings.pools.find((each) => each.name === pool) ?? samplePool(pool);
    const { template, cloneTarget, vcpus, memoryMb, diskGb } = settings;
    const domain = settings.domain ?? this.settings.domain;
    const plan = { name, vmId, generation: 1, placement, template, cloneTarget, domain, vcpus, memoryMb, diskGb };
    await this.on(executor, pool, { type: 'request-vm', vm: plan, request, at });
    return { name, vmId };
  }

  /** It is cloned and has booted. */
  async finish(
    executor: StoreCommandExecutor,
    pool: string,
    { name, vmId }: { readonly name: string; readonly vmId: string },
  ): Promise<void> {
    const at = this.clock.now();
    const day = new Date(at).toISOString().slice(0, 10);
    await this.on(executor, pool, { type: 'note-cloned', name, vmId, seconds: 1, ip: null, day, at });
    await this.on(executor, pool, { type: 'offer', name, vmId, day, at });
  }

  /** By pool: ready, and held by undecided attempts. */
  async stocks(): Promise<Readonly<Record<string, readonly [ready: number, held: number]>>> {
    const { executor } = this.process();
    const stocks: Record<string, readonly [number, number]> = {};
    for (const { name } of this.settings.pools) {
      stocks[name] = await executor.look(poolAggregate, poolStream(name), (state) => {
        const held = undecidedHolds(state).reduce((sum, { vms }) => sum + vms.length, 0);
        return [stockOf(state)?.ready ?? 0, held] as const;
      });
    }
    return stocks;
  }

  queueOf(pool: string, name: string): Promise<string | undefined> {
    return this.process().executor.look(poolAggregate, poolStream(pool), (state) => vmOf(state, name)?.queue);
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
    const recorded = await this.store.readAll();
    return recorded.slice(after).map(({ type, stream, data }) => ({
      type: type.replace(/^pools\/(.*)@\d+$/, '$1'),
      stream,
      data: JSON.parse(data) as never,
    }));
  }

  private poolUsers(): PoolUsers {
    const { users } = this;
    return new (class extends PoolUsers {
      override check = () => Promise.resolve({ kind: 'unknown' as const });
      override standing = (userId: string) => Promise.resolve(users.get(userId));
    })();
  }

  private tokenUses(): TokenUses {
    const { uses } = this;
    return new (class extends TokenUses {
      override note = (tokenHash: string, at: number) => {
        uses.set(tokenHash, at);
      };
      override last = () => Promise.resolve(uses);
      override forget = (tokenHash: string) => {
        uses.delete(tokenHash);
        return Promise.resolve();
      };
    })();
  }
}

export function wantedOf(wanted: Readonly<Record<string, number>>): WantedVms[] {
  return Object.entries(wanted).map(([name, count]) => ({ name, count }));
}
