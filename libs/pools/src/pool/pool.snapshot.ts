import type { SnapshotFormat } from '#kernel';
import type { PoolRules, PoolSettings } from '../pools.settings.js';
import type { Day, Durations } from './day-figures.state.js';
import type { Placement } from './pool.events.js';
import {
  rememberedAtMost,
  rememberedForMs,
  type Hold,
  type OnDemandEnd,
  type OnDemandState,
  type Pool,
  type PoolState,
} from './pool.state.js';
import { ReadyQueue } from './ready-queue.state.js';
import { Remembered } from './remembered.state.js';
import { unused, type Vm, type VmQueue } from './vm.state.js';

type Entries<Outcome extends string> = readonly (readonly [id: string, outcome: Outcome, at: number])[];

/** Only what cannot be worked out; queues are rebuilt from the machines in them. */
interface StoredPool {
  readonly facts: Pick<
    Pool,
    'name' | 'configured' | 'order' | 'sizeOverride' | 'templateOverride' | 'cloneTargetOverride' | 'lastPlace'
  >;
  readonly settings: PoolSettings;
  readonly rules: PoolRules;
  /** What many machines share, and each has by its place here. */
  readonly placements: readonly Placement[];
  readonly origins: readonly Origin[];
  readonly vms: readonly StoredVm[];
  /** In their order, which is not that of the machines. */
  readonly pending: readonly string[];
  readonly running: readonly string[];
  readonly completed: readonly string[];
  readonly tasked: readonly string[];
  readonly holds: readonly Hold[];
  readonly decidedAttempts: Entries<'confirmed' | 'released'>;
  readonly requests: readonly (readonly [string, OnDemandState])[];
  readonly endedRequests: Entries<OnDemandEnd>;
  readonly days: readonly StoredDay[];
}

type Origin = readonly [template: string, cloneTarget: string | null, domain: string | null];

/** A row for a machine: thousands are written at a time. `more`: what is not as with an unused machine. */
type StoredVm = readonly [
  name: string,
  vmId: string,
  queue: VmQueue,
  generation: number,
  placement: number,
  origin: number,
  requestedAt: number,
  timeoutAt: number,
  clonedAt: number | null,
  cloneSeconds: number | null,
  ip: string | null,
  readyAt: number | null,
  staleAt: number | null,
  place: number,
  more: Partial<Vm> | 0,
];

interface StoredDay {
  readonly date: string;
  readonly boots: Durations | null;
  readonly clones: Durations | null;
  readonly table: readonly (readonly [string, string])[];
  readonly counts: readonly (readonly [string, readonly (readonly [string, number])[]])[];
}

export const poolSnapshot: SnapshotFormat<PoolState> = {
  version: 1,
  everyEvents: 5_000,
  write: (state): StoredPool | null => (state === undefined ? null : write(state)),
  read: (stored: StoredPool | null): PoolState => (stored === null ? undefined : read(stored)),
};

function write(pool: Readonly<Pool>): StoredPool {
  const { name, configured, order, sizeOverride, templateOverride, cloneTargetOverride, lastPlace } = pool;
  const placements = new Shared<Placement>(({ hypervisorUuid, provider, nativeId, serviceHost }) =>
    JSON.stringify([hypervisorUuid, provider, nativeId, serviceHost]),
  );
  const origins = new Shared<Origin>((origin) => JSON.stringify(origin));
  return {
    facts: { name, configured, order, sizeOverride, templateOverride, cloneTargetOverride, lastPlace },
    settings: pool.settings,
    rules: pool.rules,
    vms: Array.from(pool.vms.values(), (vm) => row(vm, placements, origins)),
    placements: placements.values,
    origins: origins.values,
    pending: [...pool.pending],
    running: [...pool.running],
    completed: [...pool.completed],
    tasked: [...pool.tasked],
    holds: [...pool.holds.values()],
    decidedAttempts: pool.decidedAttempts.entries(),
    requests: [...pool.requests],
    endedRequests: pool.endedRequests.entries(),
    days: Array.from(pool.days, ([date, day]) => storedDay(date, day)),
  };
}

/** Equal values once each. */
class Shared<Value> {
  readonly values: Value[] = [];
  private readonly places = new Map<string, number>();

  constructor(private readonly keyOf: (value: Value) => string) {}

  place(value: Value): number {
    const key = this.keyOf(value);
    let place = this.places.get(key);
    if (place === undefined) {
      place = this.values.push(value) - 1;
      this.places.set(key, place);
    }
    return place;
  }
}

function row(vm: Readonly<Vm>, placements: Shared<Placement>, origins: Shared<Origin>): StoredVm {
  const { name, vmId, queue, generation, requestedAt, timeoutAt, clonedAt, cloneSeconds, ip } = vm;
  return [
    ...([name, vmId, queue, generation] as const),
    placements.place(vm.placement),
    origins.place([vm.template, vm.cloneTarget, vm.domain]),
    ...([requestedAt, timeoutAt, clonedAt, cloneSeconds, ip, vm.readyAt, vm.staleAt, vm.place] as const),
    more(vm),
  ];
}

const rare = ['checkout', 'lifetime', 'request', 'attempt', 'retiredAt', 'retirement'] as const;
const lists = ['snapshots', 'disks', 'tasks'] as const;

function more(vm: Readonly<Vm>): Partial<Vm> | 0 {
  const rest: { -readonly [Field in keyof Vm]?: unknown } = {};
  for (const field of rare) if (vm[field] !== null) rest[field] = vm[field];
  for (const field of lists) if (vm[field].length > 0) rest[field] = vm[field];
  if (vm.resetWhileHeld) rest.resetWhileHeld = true;
  for (const _key in vm.tags) {
    rest.tags = vm.tags;
    break;
  }
  for (const _field in rest) return rest as Partial<Vm>;
  return 0;
}

function storedDay(date: string, { boots, clones, table, counts }: Day): StoredDay {
  return {
    ...{ date, boots, clones },
    table: [...table],
    counts: Array.from(counts, ([key, values]) => [key, [...values]] as const),
  };
}

function read(stored: StoredPool): Pool {
  const vms = stored.vms.map((each) => vmOfRow(each, stored));
  const ready = vms.filter(({ queue }) => queue === 'ready').sort((one, other) => one.place - other.place);
  return {
    ...stored.facts,
    settings: stored.settings,
    rules: stored.rules,
    vms: new Map(vms.map((vm) => [vm.name, vm])),
    ready: ReadyQueue.of(ready),
    pending: new Set(stored.pending),
    pendingForStock: vms.filter(({ queue, request }) => queue === 'pending' && request === null).length,
    running: new Set(stored.running),
    completed: new Set(stored.completed),
    tasked: new Set(stored.tasked),
    holds: new Map(stored.holds.map((hold) => [hold.attempt, hold])),
    held: vms.filter(({ queue }) => queue === 'held').length,
    decidedAttempts: new Remembered<'confirmed' | 'released'>(rememberedForMs, rememberedAtMost).restore(
      stored.decidedAttempts,
    ),
    requests: new Map(stored.requests),
    waiting: stored.requests.reduce((sum, [, { waiting }]) => sum + waiting, 0),
    endedRequests: new Remembered<OnDemandEnd>(rememberedForMs, rememberedAtMost).restore(stored.endedRequests),
    vmsOfRequest: byRequest(vms),
    days: new Map(stored.days.map((day) => [day.date, dayAsStored(day)])),
  };
}

function vmOfRow(stored: StoredVm, { placements, origins }: StoredPool): Vm {
  const [name, vmId, queue, generation, placementAt, originAt, requestedAt, timeoutAt, clonedAt, cloneSeconds] = stored;
  const [ip, readyAt, staleAt, place, rest] = [stored[10], stored[11], stored[12], stored[13], stored[14]];
  const placement = placements[placementAt];
  const origin = origins[originAt];
  if (placement === undefined || origin === undefined) throw new Error(`the snapshot does not say where ${name} is`);
  const [template, cloneTarget, domain] = origin;
  return {
    ...{ name, vmId, generation, placement, template, cloneTarget, domain, requestedAt, timeoutAt, request: null },
    ...unused,
    ...{ queue, clonedAt, cloneSeconds, ip, readyAt, staleAt, place },
    ...(rest === 0 ? {} : rest),
  };
}

function byRequest(vms: readonly Vm[]): Map<string, Set<string>> {
  const of = new Map<string, Set<string>>();
  for (const { name, request } of vms) {
    if (request !== null) of.set(request, (of.get(request) ?? new Set()).add(name));
  }
  return of;
}

function dayAsStored({ boots, clones, table, counts }: StoredDay): Day {
  return {
    boots,
    clones,
    table: new Map(table),
    counts: new Map(counts.map(([key, values]) => [key, new Map(values)])),
  };
}
