import type { EventCatalog } from '#kernel';

/** Keys as values, never as names: they may hold dots, or be called `__proto__`. */
export interface MetadataEntry {
  readonly key: string;
  readonly value: string;
}

/** Whose aggregate it is: changed by its owner alone (C21). */
export interface AggregateOwner {
  readonly kind: 'reservations';
  /** `freepool`, or the reservation's id. */
  readonly id: string;
  /** Of that reservation; kept with the aggregate for its owner alone, and no part of who that is. */
  readonly leaseId?: string;
}

/** Times (`at`): milliseconds since 1970. Hosts: names of compute services. */
export type AggregateCreated = {
  readonly type: 'AggregateCreated';
  readonly data: {
    readonly id: number;
    readonly uuid: string;
    readonly name: string;
    readonly availabilityZone: string | null;
    readonly at: number;
  };
};

/** Changed by its owner alone from now on (C21). */
export type AggregateOwned = {
  readonly type: 'AggregateOwned';
  readonly data: {
    readonly id: number;
    readonly owner: AggregateOwner;
    readonly at: number;
  };
};

export type AggregateRenamed = {
  readonly type: 'AggregateRenamed';
  readonly data: { readonly id: number; readonly name: string; readonly at: number };
};

/** The availability zone is the metadata `availability_zone`. Only what really changes is named. */
export type AggregateMetadataSet = {
  readonly type: 'AggregateMetadataSet';
  readonly data: {
    readonly id: number;
    readonly set: readonly MetadataEntry[];
    readonly removed: readonly string[];
    readonly at: number;
  };
};

export type HostAddedToAggregate = {
  readonly type: 'HostAddedToAggregate';
  readonly data: { readonly id: number; readonly host: string; readonly at: number };
};

export type HostRemovedFromAggregate = {
  readonly type: 'HostRemovedFromAggregate';
  readonly data: { readonly id: number; readonly host: string; readonly at: number };
};

export type AggregateDeleted = {
  readonly type: 'AggregateDeleted';
  readonly data: { readonly id: number; readonly at: number };
};

/** The wish, with the hosts that were in the aggregate at that moment. */
export type ImageCachingRequested = {
  readonly type: 'ImageCachingRequested';
  readonly data: {
    readonly requestId: string;
    readonly id: number;
    readonly imageIds: readonly string[];
    readonly hosts: readonly string[];
    readonly at: number;
  };
};

/** Every host has been tried; what came of it stands in the streams of the hypervisors. */
export type ImageCachingFinished = {
  readonly type: 'ImageCachingFinished';
  readonly data: { readonly requestId: string; readonly id: number; readonly at: number };
};

export type HostAggregatesEvent =
  | AggregateCreated
  | AggregateOwned
  | AggregateRenamed
  | AggregateMetadataSet
  | HostAddedToAggregate
  | HostRemovedFromAggregate
  | AggregateDeleted
  | ImageCachingRequested
  | ImageCachingFinished;

export const hostAggregatesCatalog: EventCatalog<HostAggregatesEvent> = {
  context: 'inventory',
  versions: {
    AggregateCreated: 1,
    AggregateOwned: 1,
    AggregateRenamed: 1,
    AggregateMetadataSet: 1,
    HostAddedToAggregate: 1,
    HostRemovedFromAggregate: 1,
    AggregateDeleted: 1,
    ImageCachingRequested: 1,
    ImageCachingFinished: 1,
  },
};
