import { setTimeout as wait } from 'node:timers/promises';
import type { Append, AppendOutcome, RecordedEvent } from '#event-store';
import type { Provider } from '#providers';
import type { SimulatedControl } from '#providers/adapters/simulated';
import { FaultPlan, FaultyEventStore, type Fault } from '#specs';
import type { EmbeddedPorts } from '../../apps/server/src/profiles/embedded.profile.js';
import type { ConfiguredPool } from '../../apps/server/src/profiles/pools.settings.type.js';
import type { Settings } from '../../apps/server/src/profiles/settings.type.js';
import { adminPassword, ask, startInProcess, type Answer, type InProcessServer } from '../in-process-server.js';
import { logIn } from '../server-process.js';

/** Of an event, as the log has it. */
export interface Logged {
  readonly type: string;
  readonly stream: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export function poolNamed(name: string, size: number, aliases: readonly string[] = []): ConfiguredPool {
  const shape = { vcpus: 1, memoryMb: 512, diskGb: 1 };
  return { name, size, template: `t/${name}`, aliases, hosts: ['kvm-1', 'kvm-2'], ...shape };
}

/** A plan for a part of the time: fault `fault` at call `index` from now on, counting the calls that it names. */
export class ArmedPlan extends FaultPlan {
  private current = new FaultPlan([]);
  counted = 0;

  constructor(private readonly counts: readonly string[]) {
    super([]);
  }

  arm(index: number, fault: Fault): void {
    const before = Array.from({ length: index }, (): Fault => 'none');
    this.current = new FaultPlan([...before, fault], { calls: this.counts });
    this.counted = 0;
  }

  override next(call: string): Fault {
    if (this.counts.includes(call)) this.counted += 1;
    return this.current.next(call);
  }

  override stop(): void {
    this.current.stop();
  }

  get wasMet(): boolean {
    return this.current.met.length > 0;
  }
}

/** Knows which appends nobody has had a true answer to yet. */
class WatchedEventStore extends FaultyEventStore {
  private readonly open = new Set<string>();

  get settled(): boolean {
    return this.open.size === 0;
  }

  override async append(batch: readonly Append[]): Promise<readonly AppendOutcome[]> {
    const outcomes = await super.append(batch);
    for (const [index, { events }] of batch.entries()) {
      const id = events[0]?.id ?? '';
      const kind = outcomes[index]?.kind;
      if (kind === 'unknown') this.open.add(id);
      else if (kind !== 'unavailable') this.open.delete(id);
    }
    return outcomes;
  }
}

export interface PoolFaults {
  /** Of the event store, that are counted and may fail. */
  readonly calls?: readonly ('append' | 'readStream')[];
  /** What the server sees instead of its provider. */
  readonly faulty?: (provider: Provider) => Provider;
}

const at0 = { min: 0, max: 0 };

/** The whole server with small pools whose machines are there at once, and whose ports fail by plan. */
export class PoolLab {
  private seen: Logged[] = [];
  private position: number | undefined;

  private constructor(
    readonly server: InProcessServer,
    private readonly watched: WatchedEventStore,
    private readonly ports: EmbeddedPorts,
    private readonly token: string,
    readonly plan: ArmedPlan,
  ) {}

  static async start(
    settings: Partial<Settings> & Pick<Settings, 'pools'>,
    { calls = [], faulty = (provider: Provider) => provider }: PoolFaults = {},
  ): Promise<PoolLab> {
    const plan = new ArmedPlan(calls);
    const host = { vcpus: 4096, memoryMb: 8_388_608, localGb: 65_536, alive: true, guests: [] };
    const opened: { ports?: EmbeddedPorts; watched?: WatchedEventStore } = {};
    const server = await startInProcess({
      settings: {
        simulatedHosts: ['kvm-1', 'kvm-2'].map((name) => ({ ...host, name })),
        poolAuth: { provider: 'dummy' },
        simulatedVms: { cloneSeconds: at0, bootSeconds: at0, failureRate: 0 },
        checkLoopMinSeconds: 0.1,
        checkLoopMaxSeconds: 0.5,
        poolHoldSeconds: 0.3,
        ...settings,
      },
      wrap: (ports) => {
        const watched = new WatchedEventStore(ports.eventStore, plan);
        Object.assign(opened, { ports, watched });
        return { ...ports, eventStore: watched, providers: ports.providers.map(faulty) };
      },
    });
    const { ports, watched } = opened as Required<typeof opened>;
    return new PoolLab(server, watched, ports, await logIn(server.url, 'admin', adminPassword), plan);
  }

  /** What the provider really has. */
  get machines(): SimulatedControl {
    return this.ports.simulated.control;
  }

  stop(): Promise<void> {
    this.plan.stop();
    return this.server.stop();
  }

  ask(method: string, path: string, options: Parameters<typeof ask>[3] = {}): Promise<Answer> {
    return ask(this.server.url, method, `/vmpooler/api/v3${path}`, options);
  }

  async poolToken(): Promise<string> {
    const authorization = `Basic ${Buffer.from('jdoe:other').toString('base64')}`;
    return ((await this.ask('POST', '/token', { headers: { authorization } })).json as { token: string }).token;
  }

  /** What has come to the log since the last time that somebody asked. */
  async news(): Promise<readonly Logged[]> {
    await this.readOn();
    const news = this.seen;
    this.seen = [];
    return news;
  }

  /** Everything is decided, every pool is full, and nothing is under way or held; throws where that does not come. */
  async quiet(): Promise<void> {
    const until = Date.now() + 20_000;
    for (;;) {
      const why = await this.unrest();
      if (why === undefined) return;
      if (Date.now() > until) throw new Error(`no quiet: ${why}`);
      await wait(10);
    }
  }

  /** Returns whatever runs under that token. */
  async tidy(token: string): Promise<void> {
    this.plan.stop();
    await this.quiet();
    const { json } = await this.ask('GET', `/token/${token}`);
    const shown = (json as Record<string, { vms?: { running?: readonly string[] } }>)[token];
    for (const vm of shown?.vms?.running ?? []) await this.ask('DELETE', `/vm/${vm}`, { token });
    await this.quiet();
    await this.news();
  }

  /** As the hypervisors, the provider and the pools have them. */
  async counts(): Promise<{ readonly hypervisors: number; readonly provider: number; readonly pools: number }> {
    const path = '/compute/v2.1/os-hypervisors/statistics';
    const { json } = await ask(this.server.url, 'GET', path, { token: this.token });
    const { hypervisor_statistics: statistics } = json as { hypervisor_statistics: { running_vms: number } };
    const names = this.server.settings.pools.map(({ name }) => name);
    const listed = await Promise.all(
      names.map((name) => this.ports.simulated.listVms(name, { requestId: `count-${name}`, timeoutMs: 10_000 })),
    );
    const { queue } = await this.status();
    return {
      hypervisors: statistics.running_vms,
      provider: listed.reduce((sum, { vms }) => sum + vms.length, 0),
      pools: queue.ready + queue.running,
    };
  }

  private async unrest(): Promise<string | undefined> {
    if (!this.watched.settled) return 'an append is not acknowledged';
    const { pools, queue } = await this.status();
    const short = Object.entries(pools).find(([, { ready, max }]) => ready !== max);
    if (short !== undefined) return `${short[0]} has ${short[1].ready} of ${short[1].max}`;
    if (queue.requested + queue.pending + queue.completed > 0) return JSON.stringify(queue);
    const { hypervisors, provider, pools: known } = await this.counts();
    if (hypervisors !== known || provider !== known) return JSON.stringify({ hypervisors, provider, known });
    await this.readOn();
    return undecided(this.seen);
  }

  private async status() {
    const { json } = await this.ask('GET', '/status');
    return json as {
      readonly pools: Readonly<Record<string, { readonly ready: number; readonly max: number }>>;
      readonly queue: Readonly<Record<'requested' | 'pending' | 'ready' | 'running' | 'completed', number>>;
    };
  }

  private async readOn(): Promise<void> {
    for (;;) {
      const page = await this.ports.eventStore.readAll(this.position === undefined ? {} : { after: this.position });
      for (const event of page) this.seen.push(logged(event));
      this.position = page.at(-1)?.position ?? this.position;
      if (page.length === 0) return;
    }
  }
}

function logged({ type, stream, data }: RecordedEvent): Logged {
  const name = /^[^/]+\/(.*)@\d+$/.exec(type)?.[1] ?? type;
  return { type: name, stream, data: JSON.parse(data) as Logged['data'] };
}

/** A hold, a request on demand or a task that has not ended, if there is one. */
function undecided(events: readonly Logged[]): string | undefined {
  const open = new Set<string>();
  for (const { type, stream, data } of events) {
    const { id } = (data.task ?? {}) as { readonly id?: string };
    const hold = `hold ${stream} ${String(data.attempt)}`;
    const task = `task ${stream} ${String(id)}`;
    if (type === 'VmsHeld') open.add(hold);
    else if (type === 'HoldConfirmed' || type === 'VmsReturned') open.delete(hold);
    else if (type === 'OnDemandRequested') open.add(stream);
    else if (type === 'OnDemandFulfilled' || type === 'OnDemandFailed') open.delete(stream);
    else if (type === 'VmTaskRequested') open.add(task);
    else if (type === 'VmTaskDone' || type === 'VmTaskFailed') open.delete(task);
  }
  const [first] = open;
  return first === undefined ? undefined : `${first} is open`;
}
