import type { PoolRules, PoolSettings } from '../pools.settings.js';
import type { Days } from './day-figures.state.js';
import type { CheckoutFacts } from './pool.events.js';
import type { ReadyQueue } from './ready-queue.state.js';
import type { Remembered } from './remembered.state.js';
import type { Vm } from './vm.state.js';

/** Machines that an undecided attempt has. */
export interface Hold {
  readonly attempt: string;
  /** Name of the deciding stream. */
  readonly decidedBy: string;
  readonly deadline: number;
  readonly vms: readonly string[];
}

/** What an on-demand request wants here, under one of the names that it asked for. */
export interface OnDemandPart {
  readonly count: number;
  readonly checkout: CheckoutFacts;
  delivered: number;
}

export interface OnDemandState {
  readonly parts: OnDemandPart[];
  /** Machines to be begun. */
  waiting: number;
  /** Failed clones. */
  failures: number;
}

export type OnDemandEnd = 'request-failed' | 'request-deleted' | 'settled';

export interface Pool {
  readonly name: string;
  configured: boolean;
  order: number;
  settings: PoolSettings;
  rules: PoolRules;
  sizeOverride: number | null;
  templateOverride: string | null;
  cloneTargetOverride: string | null;
  readonly vms: Map<string, Vm>;
  readonly ready: ReadyQueue;
  /** Place of the last machine that became ready. */
  lastPlace: number;
  readonly pending: Set<string>;
  pendingForStock: number;
  readonly running: Set<string>;
  readonly completed: Set<string>;
  /** With tasks that are not done. */
  readonly tasked: Set<string>;
  /** By attempt. */
  readonly holds: Map<string, Hold>;
  held: number;
  readonly decidedAttempts: Remembered<'confirmed' | 'released'>;
  /** Open ones, by stream. */
  readonly requests: Map<string, OnDemandState>;
  /** Machines that open requests wait to have begun. */
  waiting: number;
  readonly endedRequests: Remembered<OnDemandEnd>;
  /** Machines that were made for a request, also after its end. */
  readonly vmsOfRequest: Map<string, Set<string>>;
  readonly days: Days;
}

/** Undefined until it is configured for the first time. */
export type PoolState = Pool | undefined;

export const rememberedForMs = 24 * 3_600_000;
export const rememberedAtMost = 10_000;

export function sizeOf({ sizeOverride, settings }: Readonly<Pool>): number {
  return sizeOverride ?? settings.size;
}

export interface Origin {
  readonly template: string;
  readonly cloneTarget: string | null;
}

/** What the pool's machines are made from. */
export function originOf(pool: Pick<Pool, 'templateOverride' | 'cloneTargetOverride' | 'settings' | 'rules'>): Origin {
  const { templateOverride, cloneTargetOverride, settings, rules } = pool;
  return {
    template: templateOverride ?? settings.template,
    cloneTarget: cloneTargetOverride ?? settings.cloneTarget ?? rules.cloneTarget,
  };
}

/** Held machines count: they come back or are taken within moments. */
export function wantedForStock(pool: Readonly<Pool>): number {
  if (!pool.configured) return 0;
  return Math.max(0, sizeOf(pool) - pool.ready.length - pool.held - pool.pendingForStock);
}

export function surplusOf(pool: Readonly<Pool>): number {
  return pool.configured ? Math.max(0, pool.ready.length - sizeOf(pool)) : pool.ready.length;
}

/** The machine, if it is still that one. */
export function vmById(pool: Readonly<Pool>, name: string, vmId: string): Readonly<Vm> | undefined {
  const vm = pool.vms.get(name);
  return vm?.vmId === vmId ? vm : undefined;
}

/** When a machine with these own hours ends that was taken at that time; null: never. */
export function endOfLifetime(pool: Readonly<Pool>, at: number, lifetime: number | null): number | null {
  const hours = lifetime ?? pool.rules.vmLifetimeHours;
  return hours > 0 ? at + hours * 3_600_000 : null;
}

/** When a machine stands to end as it is now: by its lifetime, by the age of stock, or by being pending for too long. */
export function dueAt(pool: Readonly<Pool>, vm: Readonly<Vm>): number | null {
  switch (vm.queue) {
    case 'pending':
      return vm.timeoutAt;
    case 'ready':
      return vm.staleAt;
    case 'running':
      return vm.checkout === null ? null : endOfLifetime(pool, vm.checkout.at, vm.lifetime);
    default:
      return null;
  }
}
