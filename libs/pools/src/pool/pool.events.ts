import type { EventCatalog } from '#kernel';
import type { PoolRules, PoolSettings } from '../pools.settings.js';

/** Where a machine runs. */
export interface Placement {
  readonly hypervisorUuid: string;
  /** Name of the provider, and its own id of the hypervisor. */
  readonly provider: string;
  readonly nativeId: string;
  /** Name of the compute service: what a record shows as `host`. */
  readonly serviceHost: string;
}

/** What a machine is made from and how large it is. MiB and GiB. */
export interface VmPlan {
  /** Short host name, claimed in `vmName-<name>` before. */
  readonly name: string;
  /** Uuid: the provider's request and the guest on the hypervisor carry it. */
  readonly vmId: string;
  /** How often the name was claimed, from 1: with the log's epoch the machine's fencing token (C7). */
  readonly generation: number;
  readonly placement: Placement;
  readonly template: string;
  readonly cloneTarget: string | null;
  readonly domain: string | null;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

/** Who took machines, and for how long. The token itself is never here, only its SHA-256 (hex). */
export interface CheckoutFacts {
  readonly checkoutId: string;
  /** The pool's name or an alias, as asked for. */
  readonly requestedAs: string;
  readonly tokenHash: string | null;
  readonly userId: string | null;
  /** Hours stamped on the machine (`vm_lifetime_auth`); null: the pool's. */
  readonly lifetime: number | null;
}

/** Boots or clones of one pool on one day (the server's calendar), this event's included. Seconds, two decimals. */
export interface DayFigures {
  readonly day: string;
  readonly count: number;
  readonly total: number;
  readonly min: number;
  readonly max: number;
}

/** How many pairs of machine and tag have that value on that day, in this pool, after this event. Zero: none any more. */
export interface TagFigure {
  readonly day: string;
  readonly key: string;
  readonly value: string;
  readonly count: number;
}

export type RetirementReason =
  | 'returned' // by its user
  | 'lifetime'
  | 'ready-ttl'
  | 'timeout' // pending for too long
  | 'excess'
  | 'reset'
  | 'template-changed'
  | 'clone-target-changed'
  | 'unconfigured' // the pool left the configuration
  | 'unreachable'
  | 'name-mismatch'
  | 'vanished'
  | 'clone-failed'
  | 'discovered' // unknown machine of the provider
  | 'request-failed'
  | 'request-deleted';

export type VmTask =
  | { readonly id: string; readonly kind: 'disk'; readonly gb: number }
  /** `snapshotId`: 32 characters of a-z0-9. */
  | { readonly id: string; readonly kind: 'snapshot'; readonly snapshotId: string }
  | { readonly id: string; readonly kind: 'revert'; readonly snapshotId: string };

export interface SnapshotFacts {
  readonly id: string;
  /** Milliseconds since 1970, as all times here. */
  readonly takenAt: number;
}

/** A machine's record (contracts/vmpooler §1), whole: what is known when it ends. */
export interface VmRecord {
  readonly name: string;
  readonly vmId: string;
  readonly pool: string;
  readonly generation: number;
  readonly placement: Placement;
  readonly template: string;
  readonly domain: string | null;
  readonly requestedAt: number;
  readonly clonedAt: number | null;
  readonly cloneSeconds: number | null;
  readonly ip: string | null;
  readonly readyAt: number | null;
  readonly checkout: (CheckoutFacts & { readonly at: number }) | null;
  /** Own hours: stamped at checkout or set since; null: the pool's `vmLifetimeHours`. */
  readonly lifetime: number | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly snapshots: readonly SnapshotFacts[];
  /** In GB, in order of adding. */
  readonly disks: readonly number[];
  /** Name of the stream of the on-demand request that it was made for. */
  readonly request: string | null;
  readonly retiredAt: number | null;
  readonly retirement: RetirementReason | null;
}

interface Of<Type extends string, More = unknown> {
  readonly type: Type;
  readonly data: { readonly pool: string; readonly at: number } & More;
}

/** The pool as the configuration has it: whenever that differs from what was known. `order`: place in the configuration, from 0. */
export type PoolConfigured = Of<
  'PoolConfigured',
  { readonly order: number; readonly settings: PoolSettings; readonly rules: PoolRules }
>;
/** It left the configuration: nothing new is made, its stock is retired, it is in no list. */
export type PoolUnconfigured = Of<'PoolUnconfigured'>;
export type PoolSizeOverridden = Of<'PoolSizeOverridden', { readonly size: number }>;
export type PoolSizeReset = Of<'PoolSizeReset'>;
export type PoolTemplateOverridden = Of<'PoolTemplateOverridden', { readonly template: string }>;
export type PoolTemplateReset = Of<'PoolTemplateReset'>;
export type CloneTargetOverridden = Of<'CloneTargetOverridden', { readonly cloneTarget: string }>;
/** Ready and pending machines go (in VmsRetired events behind it) and are replaced. */
export type PoolReset = Of<'PoolReset'>;

/** The intent, durable before the provider is called (C6). Queue: pending, cloning. */
export type VmRequested = Of<
  'VmRequested',
  {
    readonly vm: VmPlan;
    /** Stream of the on-demand request that it is for; null: for stock. */
    readonly request: string | null;
    /** Machines that on-demand requests still wait to have begun, in this pool, after this event. */
    readonly waiting: number;
    /** Pending longer than this: replaced. */
    readonly timeoutAt: number;
  }
>;
export type VmCloned = Of<
  'VmCloned',
  { readonly name: string; readonly seconds: number; readonly ip: string | null; readonly figures: DayFigures }
>;
/** VmsRetired follows in the same decision. `waiting` as in VmRequested: an on-demand machine is tried again unless permanent. */
export type VmCloneFailed = Of<
  'VmCloneFailed',
  {
    readonly name: string;
    readonly message: string;
    readonly permanent: boolean;
    readonly request: string | null;
    /** Failed clones of that request in this pool so far; 0 for stock. */
    readonly failures: number;
    readonly waiting: number;
  }
>;
/** It has booted and answers, and stands in the ready queue. */
export type VmReady = Of<
  'VmReady',
  { readonly name: string; readonly seconds: number; readonly figures: DayFigures; readonly staleAt: number | null }
>;
/** It has booted for an on-demand request: pending → running. */
export type VmDelivered = Of<
  'VmDelivered',
  {
    readonly name: string;
    readonly request: string;
    readonly checkout: CheckoutFacts;
    readonly seconds: number;
    readonly figures: DayFigures;
    readonly expiresAt: number | null;
  }
>;
/** Exclusive, until the deciding stream says what becomes of the attempt (C1, C12). */
export type VmsHeld = Of<
  'VmsHeld',
  {
    readonly attempt: string;
    /** Name of the deciding stream. */
    readonly decidedBy: string;
    readonly vms: readonly string[];
    readonly deadline: number;
  }
>;
/** Invisible: read models fold the commit in the deciding stream (C12). `at`: when that was. */
export type HoldConfirmed = Of<
  'HoldConfirmed',
  { readonly attempt: string; readonly checkout: CheckoutFacts; readonly expiresAt: number | null }
>;
/** The attempt failed: back to their places in the ready queue. */
export type VmsReturned = Of<'VmsReturned', { readonly attempt: string; readonly vms: readonly string[] }>;
export type VmsCheckedOut = Of<
  'VmsCheckedOut',
  { readonly checkout: CheckoutFacts; readonly vms: readonly CheckedOutVm[]; readonly expiresAt: number | null }
>;

export interface CheckedOutVm {
  readonly name: string;
  readonly vmId: string;
  readonly generation: number;
  readonly domain: string | null;
}

/** To the completed queue: to be destroyed. */
export type VmsRetired = Of<
  'VmsRetired',
  {
    readonly vms: readonly string[];
    readonly reason: RetirementReason;
    readonly actorUserId?: string | null;
    /** As in VmRequested, where it changed: pending machines of open on-demand requests are begun anew. */
    readonly waiting?: number;
  }
>;
/** Gone at the provider. The record is kept until `forgetAt` (data_ttl). */
export type VmDestroyed = Of<'VmDestroyed', { readonly record: VmRecord; readonly forgetAt: number }>;
/**
 * Own lifetime and tags; also of a destroyed machine whose record is still kept. `tags`: only those that were set.
 * `expiresAt`: the new end of a running machine; null: never or not running.
 */
export type VmModified = Of<
  'VmModified',
  {
    readonly name: string;
    readonly lifetime?: number;
    readonly tags: Readonly<Record<string, string>>;
    readonly figures: readonly TagFigure[];
    readonly expiresAt: number | null;
  }
>;
export type VmTaskRequested = Of<'VmTaskRequested', { readonly name: string; readonly task: VmTask }>;
export type VmTaskDone = Of<'VmTaskDone', { readonly name: string; readonly task: VmTask }>;
export type VmTaskFailed = Of<
  'VmTaskFailed',
  { readonly name: string; readonly task: VmTask; readonly message: string }
>;
/** A machine of this pool that the provider has and the log did not know; VmsRetired follows (C6). */
export type VmDiscovered = Of<
  'VmDiscovered',
  { readonly name: string; readonly vmId: string; readonly placement: Placement }
>;
/** Part of an on-demand request: so many machines of this pool, beyond its size. `waiting` as in VmRequested. */
export type OnDemandQueued = Of<
  'OnDemandQueued',
  { readonly request: string; readonly count: number; readonly checkout: CheckoutFacts; readonly waiting: number }
>;
/** The request ended without all of its machines, or was deleted; VmsRetired follows for those that were there. */
export type OnDemandCancelled = Of<
  'OnDemandCancelled',
  { readonly request: string; readonly reason: 'request-failed' | 'request-deleted'; readonly waiting: number }
>;
/** All machines of the request are delivered: the pool need not remember it. */
export type OnDemandSettled = Of<'OnDemandSettled', { readonly request: string }>;

export type PoolEvent =
  | PoolConfigured
  | PoolUnconfigured
  | PoolSizeOverridden
  | PoolSizeReset
  | PoolTemplateOverridden
  | PoolTemplateReset
  | CloneTargetOverridden
  | PoolReset
  | VmRequested
  | VmCloned
  | VmCloneFailed
  | VmReady
  | VmDelivered
  | VmsHeld
  | HoldConfirmed
  | VmsReturned
  | VmsCheckedOut
  | VmsRetired
  | VmDestroyed
  | VmModified
  | VmTaskRequested
  | VmTaskDone
  | VmTaskFailed
  | VmDiscovered
  | OnDemandQueued
  | OnDemandCancelled
  | OnDemandSettled;

export const poolCatalog: EventCatalog<PoolEvent> = {
  context: 'pools',
  versions: {
    PoolConfigured: 1,
    PoolUnconfigured: 1,
    PoolSizeOverridden: 1,
    PoolSizeReset: 1,
    PoolTemplateOverridden: 1,
    PoolTemplateReset: 1,
    CloneTargetOverridden: 1,
    PoolReset: 1,
    VmRequested: 1,
    VmCloned: 1,
    VmCloneFailed: 1,
    VmReady: 1,
    VmDelivered: 1,
    VmsHeld: 1,
    HoldConfirmed: 1,
    VmsReturned: 1,
    VmsCheckedOut: 1,
    VmsRetired: 1,
    VmDestroyed: 1,
    VmModified: 1,
    VmTaskRequested: 1,
    VmTaskDone: 1,
    VmTaskFailed: 1,
    VmDiscovered: 1,
    OnDemandQueued: 1,
    OnDemandCancelled: 1,
    OnDemandSettled: 1,
  },
};
