import { createHash } from 'node:crypto';
import { MemoryEventStore, type MemoryLog } from '#event-store/adapters/memory';
import type { RecordedEvent } from '#event-store';
import { ConfigureFlavors, FLAVORS_SETTINGS, FlavorsModule, defaultFlavorsSettings } from '#flavors';
import type { CommandContext, StoredMetadata } from '#kernel';
import { SimulatedProvider } from '#providers/adapters/simulated';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import {
  defaultReservationsSettings,
  FreePool,
  reservationProcesses,
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  ReservationsModule,
  type ReservationsSettings,
} from '#reservations';
import { deriveUuid, leasebookNamespace, systemContext, type RunningProcess } from '#runtime';
import { FaultPlan, seededRandom, turns, VirtualClock, type Fault } from '#specs';
import { dice, type Dice } from '../dice.js';
import { Life } from '../mortal.js';
import { startProcess, type SimulatedProcess, type Surroundings } from '../simulated-process.js';
import { Clients, network } from './clients.js';
import type { LeftServer } from './host-places.js';
import { verdict, type CorrelatedEvent } from './verdict.js';

export interface SimulationReport {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly events: number;
  readonly deaths: number;
  readonly created: number;
  readonly codes: ReadonlyMap<string, number>;
  /** Over all events: stream, type and data. */
  readonly digest: string;
}

const hosts = Array.from({ length: 8 }, (_, n) => `node-${String(n)}`);
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Before summer time begins and ends in Europe and America, and before the seconds of 32 bits run out. */
const beginnings = ['2026-03-07', '2026-03-20', '2026-10-17', '2026-10-28', '2028-02-15', '2038-01-10'].map(Date.parse);

function settingsFor(clock: VirtualClock, chance: Dice): ReservationsSettings {
  const partitions = [
    { name: 'a', hosts: ['node-0', 'node-1', 'node-2'] },
    { name: 'b', hosts: ['node-3', 'node-4'] },
  ];
  return {
    ...defaultReservationsSettings,
    clock,
    partitions: chance.random() < 0.5 ? [] : partitions,
    cleaningMinutes: chance.one([0, 0, 10]) ?? 0,
    minutesBeforeEnd: chance.one([0, 10, 60]) ?? 0,
    beforeEndAction: chance.one(['', 'snapshot'] as const) ?? '',
    randomizeHosts: chance.random() < 0.3,
    eventMaxRetries: chance.one([1, 1, 6]) ?? 1,
    networks: [
      {
        id: network,
        name: 'public',
        subnets: [{ id: '00000000-0000-4000-8000-0000000000ab', cidr: '203.0.113.0/24', gateway: null, pools: [] }],
      },
    ],
    holdMs: chance.one([500, 2_000, 30_000]) ?? 0,
    providerTimeoutMs: minute,
  };
}

/** One world under one seed, for thirty days: the same code that serves, with deaths, faults, misfired timers and clocks that are set. */
export class Simulation {
  private readonly clock: VirtualClock;
  private readonly chance: Dice;
  private readonly around: Surroundings;
  private readonly settings: ReservationsSettings;
  private readonly clients: Clients;
  private faults = new FaultPlan([]);
  private serving: SimulatedProcess | undefined;
  private deaths = -1;
  private readonly servers: LeftServer[] = [];

  constructor(private readonly seed: number) {
    this.chance = dice(seededRandom(seed));
    const clock = new VirtualClock((this.chance.one(beginnings) ?? 0) + this.chance.below(day));
    this.clock = clock;
    let made = 0;
    const uuid = (): string => deriveUuid(leasebookNamespace, `leases ${String(seed)} ${String((made += 1))}`);
    this.around = {
      clock,
      store: new MemoryEventStore({ clock }),
      readStore: createMemoryReadStore(),
      provider: new SimulatedProvider({
        seed,
        clock,
        sleep: (ms) => new Promise((resolve) => void clock.setTimeout(resolve, ms)),
        hosts: hosts.map((name) => ({ name, vcpus: 16, memoryMb: 65_536, localGb: 1_000 })),
        failureRate: 0.02,
        // Now and then whoever moves out is still there when the next one comes.
        latencyMs: { min: 0, max: this.chance.one([100, 3_000]) ?? 0 },
      }),
      random: seededRandom(seed + 1),
      uuid,
    };
    this.settings = settingsFor(clock, this.chance);
    this.clients = new Clients(hosts, dice(seededRandom(seed + 2)), uuid, () => clock.now());
  }

  private get server(): SimulatedProcess {
    if (this.serving === undefined) throw new Error('no server was started');
    return this.serving;
  }

  get log(): MemoryLog {
    return this.around.store.log;
  }

  async run(): Promise<SimulationReport> {
    await this.begin();
    this.clients.enrolAll(this.server);
    await this.pass(minute);
    for (let passed = 0; passed < 30 * day;) {
      if (this.server.life.ended || this.chance.random() < 0.05) await this.begin();
      this.misfortune();
      for (let n = 0; n <= this.chance.below(5); n += 1) this.clients.act(this.server);
      const most = this.chance.one([0, 2_000, 5 * minute, 10 * hour, day]) ?? 0;
      const ms = this.chance.below(most + 1);
      await this.pass(ms);
      passed += ms;
    }
    return this.end();
  }

  /** Another server on the same log, after the former has died at whatever it was doing. */
  private async begin(last = false): Promise<void> {
    this.serving?.life.end();
    this.deaths += 1;
    for (;;) {
      const life = new Life(last ? Infinity : 1 + this.chance.below(200), this.chance.random() < 0.5);
      this.faults = new FaultPlan(last ? [] : this.script(), { repeated: true, most: 20, calls: ['append'] });
      const start: { server?: SimulatedProcess; failed?: true } = {};
      this.start(life).then(
        (server) => {
          start.server = server;
        },
        () => {
          start.failed = true;
        },
      );
      while (start.server === undefined && start.failed !== true && !life.ended) await this.pass(100);
      if (start.server !== undefined) {
        this.serving = start.server;
        return;
      }
      life.end();
      this.deaths += 1;
    }
  }

  private start(life: Life): Promise<SimulatedProcess> {
    const { clock, settings } = this;
    return startProcess(this.around, life, this.faults, {
      modules: [FlavorsModule, ReservationsModule],
      provided: [
        { provide: RESERVATIONS_SETTINGS, useValue: settings },
        { provide: FLAVORS_SETTINGS, useValue: { ...defaultFlavorsSettings, clock } },
      ],
      world: RESERVATIONS_WORLD,
      prepare: async (module) => {
        const context = (): CommandContext => ({ ...systemContext(clock.now()), commandId: this.around.uuid() });
        await module.get(ConfigureFlavors).run(context());
        await module.get(FreePool).ensure(context());
      },
      processes: (module) => module.get<readonly RunningProcess[]>(reservationProcesses),
      sweepEveryMs: 2 * hour,
      lookEveryMs: 2 * hour,
    });
  }

  private script(): readonly Fault[] {
    const faults: readonly Fault[] = ['before', 'after', 'timeout', 'slow'];
    return Array.from({ length: 97 }, () =>
      this.chance.random() < 0.06 ? (this.chance.one(faults) ?? 'none') : 'none',
    );
  }

  private misfortune(): void {
    const { chance } = this;
    const { control } = this.around.provider;
    const roll = chance.random();
    if (roll < 0.05)
      control.failNext('destroyGuest', 1 + chance.below(3), chance.one(['permanent', 'timeout', 'retry']));
    else if (roll < 0.08) control.failNext('listGuests', 1 + chance.below(2));
    else if (roll < 0.1) control.failNext('imageGuest', 2, chance.one(['permanent', 'retry']));
    else if (roll < 0.3) this.putServer();
    else if (roll < 0.33) this.clock.jump(chance.one([hour, -hour, day, -day]) ?? 0);
    else if (roll < 0.333) this.clock.jump(400 * day);
  }

  /** Somebody boots a server on a host, leased or not. */
  private putServer(): void {
    const uuid = this.around.uuid();
    const guest = { uuid, name: `instance-${uuid.slice(0, 8)}`, vcpus: 1, memoryMb: 512, diskGb: 1 };
    const host = this.chance.one(hosts) ?? '';
    this.around.provider.control.putGuest(host, guest);
    this.servers.push({ uuid, host, since: this.around.store.log.events.length });
  }

  private leftServers(): readonly LeftServer[] {
    const { control } = this.around.provider;
    return this.servers.filter(({ uuid, host }) => control.host(host).guests.has(uuid));
  }

  /** Nothing fails any more, and enough time for everything to come to its end. */
  private async end(): Promise<SimulationReport> {
    await this.begin(true);
    this.clients.repairAll(this.server);
    await this.pass(30 * day);
    const log = this.around.store.log.events.map(correlated);
    const violations = verdict(log, this.clients, this.leftServers());
    this.server.life.end();
    const digest = createHash('sha256');
    for (const { stream, type, data } of log) digest.update(`${stream} ${type} ${JSON.stringify(data)}\n`);
    const { seed, deaths } = this;
    const created = this.clients.wishes.filter(({ answer }) => answer?.kind === 'created').length;
    return {
      seed,
      violations,
      events: log.length,
      deaths,
      created,
      codes: this.clients.codes,
      digest: digest.digest('hex'),
    };
  }

  /** From one wait to the next, each with some turns of the event loop for what it sets going. */
  private async pass(ms: number): Promise<void> {
    await turns(8);
    for (let left = ms; left > 0;) {
      const step = Math.min(left, Math.max(1, this.clock.nextInMs ?? left));
      await this.clock.advance(step);
      await turns(8);
      left -= step;
    }
  }
}

function correlated({ type, stream, data, metadata, recordedAt }: RecordedEvent): CorrelatedEvent {
  const [, name = type] = /^[^/]+\/(.*)@\d+$/.exec(type) ?? [];
  const { correlation } = JSON.parse(metadata) as StoredMetadata;
  return { type: name, stream, data: JSON.parse(data) as unknown, correlation, recordedAt };
}

export function simulate(seed: number): Promise<SimulationReport> {
  return new Simulation(seed).run();
}

/** Everything that happened in a world under that seed. */
export async function simulatedLog(seed: number): Promise<MemoryLog> {
  const simulation = new Simulation(seed);
  await simulation.run();
  return simulation.log;
}
