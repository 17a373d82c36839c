import { systemClock, type Clock } from '#kernel';

/** A pool as the configuration names it (contracts/vmpooler §1). Null: not configured there. */
export interface PoolSettings {
  readonly name: string;
  /** How many shall wait. */
  readonly size: number;
  readonly template: string;
  readonly aliases: readonly string[];
  readonly cloneTarget: string | null;
  readonly readyTtlMinutes: number | null;
  readonly timeoutMinutes: number | null;
  readonly timeoutNotificationMinutes: number | null;
  readonly folder: string | null;
  readonly datastore: string | null;
  /** Name of the provider; null: the only one, or the one that has the hosts. */
  readonly provider: string | null;
  readonly dnsPlugin: string | null;
  /** Null: the global one. */
  readonly domain: string | null;
  /** Service hosts that its machines may run on (C4) … */
  readonly hosts: readonly string[];
  /** … or the host aggregate whose hosts they are. */
  readonly hostAggregate: string | null;
  /** Of one machine: MiB and GiB. */
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

/** What the global settings say about this pool's machines; recorded with the pool, so that the past is explained by the log (C13). */
export interface PoolRules {
  /** Hours; 0: never. */
  readonly vmLifetimeHours: number;
  /** Minutes; 0: no limit. */
  readonly readyTtlMinutes: number;
  readonly timeoutMinutes: number;
  readonly dataTtlHours: number;
  /** Failed clones of one on-demand request in this pool before it fails. */
  readonly maxVmRetries: number;
  readonly domain: string | null;
  readonly cloneTarget: string | null;
}

/** The server's settings as the pools want them. */
export interface PoolsSettings {
  /** In configured order. */
  readonly pools: readonly PoolSettings[];
  readonly clock: Clock;
  /** Does this process look after the machines (role `processes`)? */
  readonly supplies: boolean;
  /** The server's calendar: IANA name; null: the system's. */
  readonly timeZone: string | null;
  readonly domain: string | null;
  readonly prefix: string;
  readonly cloneTarget: string | null;
  /** By clone target. */
  readonly backendWeight: Readonly<Record<string, number>>;
  readonly vmLifetimeHours: number;
  /** Hours; null: machines taken with a token get no lifetime of their own. */
  readonly vmLifetimeAuthHours: number | null;
  readonly maxLifetimeUpperLimit: number | null;
  readonly readyTtlMinutes: number;
  readonly timeoutMinutes: number;
  readonly timeoutNotificationMinutes: number;
  readonly dataTtlHours: number;
  readonly vmCheckMinutes: number;
  /** Clones at a time, over all pools. */
  readonly taskLimit: number;
  readonly onDemandCloneLimit: number;
  readonly maxOnDemandInstancesPerRequest: number;
  readonly onDemandTtlMinutes: number;
  readonly maxVmRetries: number;
  /** Null: any tag. */
  readonly allowedTags: readonly string[] | null;
  /** By tag key: a regular expression whose captures become the value. */
  readonly tagFilter: Readonly<Record<string, string>>;
  readonly experimentalFeatures: boolean;
  /** Only the user whose token took a machine, or an administrator, may touch it. */
  readonly strictOwnership: boolean;
  /** False: there are no tokens, and none is asked for. */
  readonly authConfigured: boolean;
  readonly checkLoopMinMs: number;
  readonly checkLoopMaxMs: number;
  readonly checkLoopDecay: number;
  /** How long a checkout over pools may take before anybody decides that it failed. */
  readonly holdMs: number;
  /** Of one call to a provider. */
  readonly providerTimeoutMs: number;
}

/** Nest injection token: `PoolsSettings`. */
export const POOLS_SETTINGS = Symbol('PoolsSettings');

/** Contracts/vmpooler §11. */
export const defaultPoolsSettings: PoolsSettings = {
  pools: [],
  clock: systemClock,
  supplies: true,
  timeZone: null,
  domain: null,
  prefix: '',
  cloneTarget: null,
  backendWeight: {},
  vmLifetimeHours: 24,
  vmLifetimeAuthHours: null,
  maxLifetimeUpperLimit: null,
  readyTtlMinutes: 60,
  timeoutMinutes: 15,
  timeoutNotificationMinutes: 5,
  dataTtlHours: 168,
  vmCheckMinutes: 1,
  taskLimit: 10,
  onDemandCloneLimit: 10,
  maxOnDemandInstancesPerRequest: 10,
  onDemandTtlMinutes: 5,
  maxVmRetries: 3,
  allowedTags: null,
  tagFilter: {},
  experimentalFeatures: false,
  strictOwnership: false,
  authConfigured: true,
  checkLoopMinMs: 5_000,
  checkLoopMaxMs: 60_000,
  checkLoopDecay: 2,
  holdMs: 30_000,
  providerTimeoutMs: 600_000,
};

/** Chance and time of the pools; tests give their own, so that a run can be repeated. */
export interface PoolsWorld {
  now(): number;
  /** Lower case with dashes. */
  uuid(): string;
  /** 0 ≤ x < 1. */
  random(): number;
  /** For tokens and snapshot ids: so many characters of a-z0-9, from a cryptographic source. */
  characters(count: number): string;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** Nest injection token: `PoolsWorld`. */
export const POOLS_WORLD = Symbol('PoolsWorld');
