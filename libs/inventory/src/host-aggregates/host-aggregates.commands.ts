import type { AggregateOwner, InventoryRefusal, OwnedAggregate } from '../contracts.js';

/** By host: how many servers run there. What a decision needs and lacks, it asks for. */
export type ServerCounts = ReadonlyMap<string, number>;

export type HostAggregatesCommand =
  | {
      readonly type: 'create';
      readonly uuid: string;
      readonly name: string;
      readonly availabilityZone: string | null;
      readonly at: number;
    }
  | {
      /** `availabilityZone` undefined: not given; null or '': asked to be emptied. */
      readonly type: 'update';
      readonly id: number;
      readonly name?: string;
      readonly availabilityZone?: string | null;
      readonly servers: ServerCounts;
      readonly at: number;
    }
  | { readonly type: 'delete'; readonly id: number; readonly at: number }
  | ({ readonly type: 'add-host' } & HostMove)
  | ({ readonly type: 'remove-host' } & HostMove)
  | {
      readonly type: 'set-metadata';
      readonly id: number;
      /** Null deletes a key. */
      readonly metadata: readonly (readonly [key: string, value: string | null])[];
      readonly servers: ServerCounts;
      readonly at: number;
    }
  | {
      readonly type: 'cache-images';
      readonly requestId: string;
      readonly id: number;
      readonly imageIds: readonly string[];
      /** The first of them that nobody knows. */
      readonly unknownImage: string | null;
      readonly at: number;
    }
  | { readonly type: 'finish-caching'; readonly requestId: string; readonly at: number }
  | OwnersCommand;

/** What the owner of aggregates does with them (C21); `uuid`: of one that is to be made. */
export type OwnersCommand =
  | { readonly type: 'ensure-owned'; readonly uuid: string; readonly aggregate: OwnedAggregate; readonly at: number }
  | {
      readonly type: 'move-hosts';
      readonly uuid: string;
      readonly hosts: readonly string[];
      readonly from: AggregateOwner | null;
      readonly to: OwnedAggregate | null;
      readonly deleteFrom: boolean;
      readonly at: number;
    }
  | { readonly type: 'delete-owned'; readonly owner: AggregateOwner; readonly at: number };

export interface HostMove {
  readonly id: number;
  readonly host: string;
  /** False: no such compute service (any more). */
  readonly hostKnown: boolean;
  /** Where a host is that no aggregate puts into a zone. */
  readonly defaultZone: string;
  readonly servers: ServerCounts;
  readonly at: number;
}

/**
 * `servers-unasked` never reaches a facade: with the hosts in its facts, the handler looks up their servers and asks
 * again. So only decisions that depend on them pay for it.
 */
export type HostAggregatesRefusal = InventoryRefusal | 'servers-unasked';
