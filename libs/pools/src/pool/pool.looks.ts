import type { PoolRules, PoolSettings } from '../pools.settings.js';
import type { CheckedOutVm, CheckoutFacts, Placement, VmRecord, VmTask } from './pool.events.js';
import {
  dueAt,
  originOf,
  sizeOf,
  surplusOf,
  wantedForStock,
  type Hold,
  type Pool,
  type PoolState,
} from './pool.state.js';
import { vmsNamed } from './retirement.policy.js';
import { checkedOutVm, recordOf, type Vm, type VmQueue } from './vm.state.js';

/** What others may know of a pool's state. All copied, each bounded. */

export interface Stock {
  /** False: it left the configuration. */
  readonly configured: boolean;
  readonly size: number;
  readonly template: string;
  readonly cloneTarget: string | null;
  readonly ready: number;
  readonly pending: number;
  readonly pendingForStock: number;
  readonly running: number;
  readonly completed: number;
  readonly wantedForStock: number;
  readonly surplus: number;
}

export function stockOf(state: Readonly<PoolState>): Stock | undefined {
  if (state === undefined) return undefined;
  return {
    configured: state.configured,
    size: sizeOf(state),
    ...originOf(state),
    ready: state.ready.length,
    pending: state.pending.size,
    pendingForStock: state.pendingForStock,
    running: state.running.size,
    completed: state.completed.size,
    wantedForStock: wantedForStock(state),
    surplus: surplusOf(state),
  };
}

export interface PendingVm {
  readonly name: string;
  readonly vmId: string;
  readonly placement: Placement;
  /** Stream of the on-demand request that it is for; null: for stock. */
  readonly request: string | null;
  readonly requestedAt: number;
  readonly clonedAt: number | null;
  readonly timeoutAt: number;
}

/** What the supply has to do here: at most `limit` of each. */
export interface Supply {
  readonly configured: boolean;
  readonly settings: PoolSettings;
  readonly rules: PoolRules;
  readonly size: number;
  readonly template: string;
  readonly cloneTarget: string | null;
  readonly domain: string | null;
  readonly wantedForStock: number;
  readonly surplus: number;
  /** Open on-demand requests that wait for machines to be begun, oldest first. */
  readonly requests: readonly {
    readonly request: string;
    readonly waiting: number;
    readonly checkout: CheckoutFacts;
  }[];
  /** Oldest first. */
  readonly pending: readonly PendingVm[];
  readonly completed: readonly { readonly name: string; readonly vmId: string; readonly placement: Placement }[];
  /** Of machines that are there and stay. */
  readonly tasks: readonly {
    readonly name: string;
    readonly vmId: string;
    readonly placement: Placement;
    readonly task: VmTask;
  }[];
}

export function supplyOf(state: Readonly<PoolState>, limit: number): Supply | undefined {
  if (state === undefined) return undefined;
  return {
    configured: state.configured,
    settings: state.settings,
    rules: state.rules,
    size: sizeOf(state),
    ...originOf(state),
    domain: state.settings.domain ?? state.rules.domain,
    wantedForStock: wantedForStock(state),
    surplus: surplusOf(state),
    requests: state.configured ? waitingRequests(state, limit) : [],
    pending: first(state, state.pending, limit).map(pendingVm),
    completed: first(state, state.completed, limit).map(({ name, vmId, placement }) => ({ name, vmId, placement })),
    tasks: vmsNamed(state, state.tasked)
      .filter(({ queue, clonedAt }) => queue !== 'completed' && (queue !== 'pending' || clonedAt !== null))
      .slice(0, limit)
      .flatMap(({ name, vmId, placement, tasks }) => tasks.map((task) => ({ name, vmId, placement, task }))),
  };
}

function waitingRequests(pool: Readonly<Pool>, limit: number): Supply['requests'] {
  if (pool.waiting === 0) return [];
  const requests: Supply['requests'][number][] = [];
  for (const [request, { waiting, parts }] of pool.requests) {
    if (requests.length === limit) break;
    const [part] = parts;
    if (waiting > 0 && part !== undefined) requests.push({ request, waiting, checkout: part.checkout });
  }
  return requests;
}

function pendingVm({ name, vmId, placement, request, requestedAt, clonedAt, timeoutAt }: Readonly<Vm>): PendingVm {
  return { name, vmId, placement, request, requestedAt, clonedAt, timeoutAt };
}

function first(pool: Readonly<Pool>, names: Iterable<string>, limit: number): Readonly<Vm>[] {
  const some: string[] = [];
  for (const name of names) {
    if (some.length >= limit) break;
    some.push(name);
  }
  return vmsNamed(pool, some);
}

export interface VmView extends VmRecord {
  readonly queue: VmQueue;
  readonly hold: Pick<Hold, 'attempt' | 'decidedBy' | 'deadline'> | null;
  /** When it stands to end as it is now: by its lifetime, ready_ttl or timeout. */
  readonly expiresAt: number | null;
}

export function vmOf(state: Readonly<PoolState>, name: string): VmView | undefined {
  const vm = state?.vms.get(name);
  if (state === undefined || vm === undefined) return undefined;
  const hold = vm.attempt === null ? undefined : state.holds.get(vm.attempt);
  return {
    ...recordOf(vm, state.name),
    queue: vm.queue,
    hold: hold === undefined ? null : { attempt: hold.attempt, decidedBy: hold.decidedBy, deadline: hold.deadline },
    expiresAt: dueAt(state, vm),
  };
}

export function undecidedHolds(state: Readonly<PoolState>): readonly Hold[] {
  return state === undefined ? [] : Array.from(state.holds.values(), (hold) => ({ ...hold }));
}

/** What an attempt holds, and the pool's own hours for it; undefined: nothing (any more). */
export function heldBy(
  state: Readonly<PoolState>,
  attempt: string,
): (Hold & { readonly machines: readonly CheckedOutVm[]; readonly lifetimeHours: number }) | undefined {
  const hold = state?.holds.get(attempt);
  if (state === undefined || hold === undefined) return undefined;
  const machines = vmsNamed(state, hold.vms).map(checkedOutVm);
  return { ...hold, machines, lifetimeHours: state.rules.vmLifetimeHours };
}

/** What became of an attempt here, while that is remembered. */
export function attemptOf(state: Readonly<PoolState>, attempt: string): 'held' | 'confirmed' | 'released' | 'unknown' {
  if (state?.holds.has(attempt) === true) return 'held';
  return state?.decidedAttempts.get(attempt) ?? 'unknown';
}

/** Machines that `expire` would end now. */
export function dueVms(
  state: Readonly<PoolState>,
  now: number,
  limit: number,
): readonly { readonly name: string; readonly vmId: string }[] {
  const due: { readonly name: string; readonly vmId: string }[] = [];
  for (const vm of state?.vms.values() ?? []) {
    if (state === undefined || due.length >= limit) break;
    const at = dueAt(state, vm);
    if (at !== null && at <= now) due.push({ name: vm.name, vmId: vm.vmId });
  }
  return due;
}

export interface ReadyVm {
  readonly name: string;
  readonly vmId: string;
  readonly placement: Placement;
  readonly readyAt: number;
  /** For the next page. */
  readonly place: number;
}

/** A page of the ready queue, oldest first. `after`: place or name of the last one seen; a name that is gone begins anew. */
export function readyVms(state: Readonly<PoolState>, after: string | number | null, limit: number): readonly ReadyVm[] {
  if (state === undefined) return [];
  const behind = typeof after === 'string' ? state.vms.get(after)?.place : (after ?? undefined);
  return vmsNamed(state, state.ready.oldest(limit, behind)).map(
    ({ name, vmId, placement, readyAt, requestedAt, place }) => ({
      ...{ name, vmId, placement, place },
      readyAt: readyAt ?? requestedAt,
    }),
  );
}

/** Every machine by its id: only for the check against a provider's listing. */
export function knownVmIds(
  state: Readonly<PoolState>,
): ReadonlyMap<string, { readonly name: string; readonly queue: VmQueue; readonly placement: Placement }> {
  const vms = state === undefined ? [] : [...state.vms.values()];
  return new Map(vms.map(({ vmId, name, queue, placement }) => [vmId, { name, queue, placement }] as const));
}

/** What is overridden: the value in effect, and what the file says. Null: nothing. */
export interface Overrides {
  readonly configured: boolean;
  readonly settings: PoolSettings;
  readonly size: { readonly inEffect: number; readonly configured: number } | null;
  readonly template: { readonly inEffect: string; readonly configured: string } | null;
}

export function overridesOf(state: Readonly<PoolState>): Overrides | undefined {
  if (state === undefined) return undefined;
  const { configured, settings, sizeOverride, templateOverride } = state;
  return {
    configured,
    settings,
    size: sizeOverride === null ? null : { inEffect: sizeOverride, configured: settings.size },
    template: templateOverride === null ? null : { inEffect: templateOverride, configured: settings.template },
  };
}
