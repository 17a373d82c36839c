import { createHash } from 'node:crypto';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { defaultPoolsSettings, type PoolSettings, type PoolsSettings } from '#pools';
import { SimulatedProvider } from '#providers/adapters/simulated';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { deriveUuid, leasebookNamespace } from '#runtime';
import { FaultPlan, seededRandom, turns, VirtualClock, type Fault } from '#specs';
import { pool, poolStream } from '../../../libs/pools/src/pool/pool.aggregate.js';
import { stockOf } from '../../../libs/pools/src/pool/pool.looks.js';
import { dice, type Dice } from '../dice.js';
import { Life } from '../mortal.js';
import type { SimulatedProcess } from '../simulated-process.js';
import { Clients } from './clients.js';
import { startServer, type PoolSurroundings } from './simulated-server.js';
import { logged, verdict } from './verdict.js';

export interface SimulationReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly events: number;
  readonly deaths: number;
  readonly given: number;
  /** Over all events: stream, type and data. */
  readonly digest: string;
}

const names = { pools: ['a', 'b', 'c'], aliases: ['any', 'most'] } as const;

function poolOf(name: string, aliases: readonly string[]): PoolSettings {
  return {
    ...{ name, size: 3, template: `t/${name}`, aliases, cloneTarget: null, readyTtlMinutes: null },
    ...{ timeoutMinutes: null, timeoutNotificationMinutes: null, folder: null, datastore: null, provider: null },
    ...{ dnsPlugin: null, domain: null, hosts: ['kvm-1', 'kvm-2'], hostAggregate: null },
    ...{ vcpus: 1, memoryMb: 512, diskGb: 1 },
  };
}

function settingsFor(clock: VirtualClock, holdMs: number): PoolsSettings {
  return {
    ...defaultPoolsSettings,
    clock,
    timeZone: 'UTC',
    pools: [poolOf('a', ['any', 'most']), poolOf('b', ['any']), poolOf('c', ['any', 'most'])],
    vmLifetimeHours: 1,
    timeoutMinutes: 3,
    taskLimit: 4,
    onDemandCloneLimit: 3,
    maxOnDemandInstancesPerRequest: 3,
    onDemandTtlMinutes: 2,
    dataTtlHours: 1,
    authConfigured: false,
    holdMs,
    providerTimeoutMs: 60_000,
  };
}

/** One world under one seed: the same code that serves, with deaths, faults and misfired timers, in virtual time. */
export class Simulation {
  private readonly clock = new VirtualClock();
  private readonly chance: Dice;
  private readonly around: PoolSurroundings;
  private readonly clients: Clients;
  private faults = new FaultPlan([]);
  private serving: SimulatedProcess | undefined;
  private deaths = -1;

  constructor(private readonly seed: number) {
    const { clock } = this;
    this.chance = dice(seededRandom(seed));
    let made = 0;
    const uuid = (): string => deriveUuid(leasebookNamespace, `simulation ${String(seed)} ${String((made += 1))}`);
    this.around = {
      clock,
      store: new MemoryEventStore({ clock }),
      readStore: createMemoryReadStore(),
      provider: new SimulatedProvider({
        seed,
        clock,
        sleep: (ms) => new Promise((resolve) => void clock.setTimeout(resolve, ms)),
        hosts: ['kvm-1', 'kvm-2'].map((name) => ({ name, vcpus: 64, memoryMb: 1e6, localGb: 1e5 })),
        failureRate: 0.02,
        latencyMs: { min: 0, max: 100 },
        vms: { cloneMs: { min: 0, max: 2_000 }, bootMs: { min: 0, max: 10_000 }, failureRate: 0.05 },
      }),
      settings: settingsFor(clock, this.chance.one([300, 1_000, 5_000]) ?? 0),
      random: seededRandom(seed + 1),
      uuid,
    };
    this.clients = new Clients(names, dice(seededRandom(seed + 2)), uuid, () => clock.now());
  }

  private get server(): SimulatedProcess {
    if (this.serving === undefined) throw new Error('no server was started');
    return this.serving;
  }

  async run(steps: number): Promise<SimulationReport> {
    await this.begin();
    await this.pass(this.chance.below(30_000), 500);
    for (let step = 0; step < steps; step += 1) {
      if (this.server.life.ended || this.chance.random() < 0.03) await this.begin();
      this.misfortune();
      for (let n = 0; n <= this.chance.below(6); n += 1) this.clients.act(this.server);
      const most = this.chance.one([0, 20, 300, 2_000, 20_000]) ?? 0;
      await this.pass(this.chance.below(most + 1), 100 + most / 20);
    }
    return this.end();
  }

  /** Another server on the same log, after the former has died at whatever it was doing. */
  private async begin(last = false): Promise<void> {
    this.serving?.life.end();
    this.deaths += 1;
    for (;;) {
      const life = new Life(last ? Infinity : 1 + this.chance.below(400), this.chance.random() < 0.5);
      this.faults = new FaultPlan(last ? [] : this.script(), { repeated: true, most: 20, calls: ['append'] });
      const start: { server?: SimulatedProcess; failed?: true } = {};
      startServer(this.around, life, this.faults).then(
        (server) => {
          start.server = server;
        },
        () => {
          start.failed = true;
        },
      );
      while (start.server === undefined && start.failed !== true && !life.ended) await this.pass(100, 50);
      if (start.server !== undefined) {
        this.serving = start.server;
        return;
      }
      life.end();
      this.deaths += 1;
    }
  }

  /** What becomes of appends, one after the other: some fail, of some it is not known. */
  private script(): readonly Fault[] {
    const faults: readonly Fault[] = ['before', 'after', 'timeout', 'slow'];
    return Array.from({ length: 97 }, () =>
      this.chance.random() < 0.06 ? (this.chance.one(faults) ?? 'none') : 'none',
    );
  }

  private misfortune(): void {
    const { control } = this.around.provider;
    const roll = this.chance.random();
    if (roll < 0.05)
      control.failNext('createVm', 1 + this.chance.below(3), this.chance.random() < 0.5 ? 'permanent' : 'timeout');
    else if (roll < 0.08) control.failNext('destroyVm', 2);
    else if (roll < 0.1) control.failNext('inspectVm', 4);
    else if (roll < 0.12) control.failNext('listVms', 2);
  }

  /** Nothing fails any more, and enough time for everything to come to its end. */
  private async end(): Promise<SimulationReport> {
    await this.begin(true);
    await this.pass(30 * 60_000, 1_000);
    const events = this.around.store.log.events.map(logged);
    const machines = await this.machines();
    const found = [...verdict(events, this.clients, machines, this.clock.now()), ...(await this.stocks())];
    this.server.life.end();
    const digest = createHash('sha256');
    for (const { stream, type, data } of events) digest.update(`${stream} ${type} ${JSON.stringify(data)}\n`);
    return {
      seed: this.seed,
      violations: found,
      events: events.length,
      deaths: this.deaths,
      given: this.clients.wishes.filter(({ answer }) => answer?.kind === 'given').length,
      digest: digest.digest('hex'),
    };
  }

  /** What the provider says that there is, asked until it answers. */
  private async machines(): Promise<readonly string[]> {
    for (;;) {
      const call = { requestId: this.around.uuid(), timeoutMs: 1_000 };
      let answer: readonly string[] | undefined;
      this.around.provider.listHypervisors(call).then(
        ({ hypervisors }) => {
          answer = hypervisors.flatMap(({ guests }) => guests.map(({ uuid }) => uuid));
        },
        () => undefined,
      );
      await this.pass(1_000, 100);
      if (answer !== undefined) return answer;
    }
  }

  private async stocks(): Promise<string[]> {
    const found: string[] = [];
    for (const name of names.pools) {
      const stock = await this.server.executor.look(pool, poolStream(name), stockOf);
      if (stock === undefined) found.push(`${name} was never configured`);
      else if (stock.ready !== stock.size || stock.pending + stock.completed > 0)
        found.push(`${name} is not at rest: ${JSON.stringify(stock)}`);
    }
    return found;
  }

  private async pass(ms: number, stepMs: number): Promise<void> {
    for (let left = ms; left > 0; left -= stepMs) {
      await turns(6);
      await this.clock.advance(Math.min(left, stepMs));
    }
    await turns(6);
  }
}

export function simulate(seed: number, steps = 40): Promise<SimulationReport> {
  return new Simulation(seed).run(steps);
}
