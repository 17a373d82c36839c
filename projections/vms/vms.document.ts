import type { CheckoutFacts, Placement, RetirementReason, SnapshotFacts } from '#pools';
import type { CollectionDefinition, Document } from '#read-store';

/** A machine's record (contracts/vmpooler §1). `_id`: its short host name. Times in milliseconds since 1970. */
export interface VmFields {
  readonly vmId: string;
  readonly pool: string;
  readonly generation: number;
  readonly placement: Placement;
  readonly template: string;
  readonly domain: string | null;
  readonly requestedAt: number;
  readonly cloneSeconds: number | null;
  readonly ip: string | null;
  readonly readyAt: number | null;
  readonly checkout: (CheckoutFacts & { readonly at: number }) | null;
  /** Own hours; null: the pool's. */
  readonly lifetime: number | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly snapshots: readonly SnapshotFacts[];
  readonly disks: readonly number[];
  /** Stream of the on-demand request that it was made for. */
  readonly request: string | null;
  readonly retiredAt: number | null;
  readonly retirement: RetirementReason | null;
}

/**
 * `held`: in no count, until its attempt is decided. Tags are a list here, since keys hold no dots: `[key, value]`.
 */
export interface VmDocument extends Document, Omit<VmFields, 'tags'> {
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly queue: 'pending' | 'ready' | 'held' | 'running' | 'completed';
  /** Pending, and not cloned yet. */
  readonly cloning: boolean;
  /** Of the checkout; null: without a token. */
  readonly tokenHash: string | null;
  /** When it stands to end: lifetime or ready_ttl. */
  readonly expiresAt: number | null;
  /** The task that added the last disk: should its event come again, it adds none. */
  readonly diskTask?: string;
}

/** Machines that are not destroyed. */
export const vmsCollection: CollectionDefinition<VmDocument> = {
  name: 'vms',
  indexes: [
    { name: 'byQueue', fields: ['pool', 'queue', 'cloning'] },
    { name: 'byToken', fields: ['tokenHash'] },
  ],
};

/** One document, written whenever a queue of any pool changes: its position tells whether what was counted still holds. */
export const vmsChangeCollection: CollectionDefinition = { name: 'vmsChange', indexes: [] };

export const vmsChangeId = 'last';

/** The same for each pool, from its configuration on. `_id`: its name. */
export const vmsPoolsCollection: CollectionDefinition = { name: 'vmsPools', indexes: [] };
