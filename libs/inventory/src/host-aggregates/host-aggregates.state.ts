import type { AggregateOwned, HostAggregatesEvent } from './host-aggregates.events.js';

/** The metadata key that is the aggregate's availability zone. */
export const zoneKey = 'availability_zone';

export interface HostAggregate {
  readonly id: number;
  readonly uuid: string;
  name: string;
  /** In order of adding. */
  readonly hosts: Set<string>;
  readonly metadata: Map<string, string>;
  readonly createdAt: number;
  updatedAt: number | null;
  /** Who alone changes it (C21). */
  owner: AggregateOwner | null;
}

type AggregateOwner = AggregateOwned['data']['owner'];

/** Present aggregates with the ways to find one, so that deciding costs no more than the aggregate is large. */
export interface HostAggregates {
  /** The highest id ever given: ids are never used again. */
  lastId: number;
  readonly byId: Map<number, HostAggregate>;
  readonly idByName: Map<string, number>;
  /** By `ownerKey`. */
  readonly idByOwner: Map<string, number>;
  /** By host: the aggregates it is in. Hosts in none are left out. */
  readonly idsByHost: Map<string, Set<number>>;
  /** By request id: the aggregate whose hosts are still caching images. */
  readonly openCachings: Map<string, number>;
}

export function noAggregates(): HostAggregates {
  return {
    lastId: 0,
    byId: new Map(),
    idByName: new Map(),
    idByOwner: new Map(),
    idsByHost: new Map(),
    openCachings: new Map(),
  };
}

export function ownerKey({ kind, id }: AggregateOwner): string {
  return `${kind} ${id}`;
}

export function zoneOf(aggregate: Readonly<HostAggregate>): string | null {
  return aggregate.metadata.get(zoneKey) ?? null;
}

/** Of the first of its aggregates that has one; null: none has. */
export function zoneOfHost(state: Readonly<HostAggregates>, host: string): string | null {
  const ids = [...(state.idsByHost.get(host) ?? [])].sort((a, b) => a - b);
  for (const id of ids) {
    const aggregate = state.byId.get(id);
    const zone = aggregate === undefined ? null : zoneOf(aggregate);
    if (zone !== null) return zone;
  }
  return null;
}

export function evolve(state: HostAggregates, event: HostAggregatesEvent): HostAggregates {
  switch (event.type) {
    case 'AggregateCreated': {
      const { id, uuid, name, availabilityZone, at } = event.data;
      const metadata = new Map(availabilityZone === null ? [] : [[zoneKey, availabilityZone]]);
      insert(state, { id, uuid, name, hosts: new Set(), metadata, createdAt: at, updatedAt: null, owner: null });
      return state;
    }
    case 'AggregateDeleted': {
      const aggregate = present(state, event.data.id);
      state.byId.delete(aggregate.id);
      state.idByName.delete(aggregate.name);
      if (aggregate.owner !== null) state.idByOwner.delete(ownerKey(aggregate.owner));
      return state;
    }
    case 'AggregateOwned': {
      const { id, owner } = event.data;
      present(state, id).owner = owner;
      state.idByOwner.set(ownerKey(owner), id);
      return state;
    }
    case 'AggregateRenamed':
    case 'AggregateMetadataSet':
      change(state, event);
      return state;
    case 'HostAddedToAggregate':
      present(state, event.data.id).hosts.add(event.data.host);
      index(state, event.data.host, event.data.id);
      return state;
    case 'HostRemovedFromAggregate':
      present(state, event.data.id).hosts.delete(event.data.host);
      unindex(state, event.data.host, event.data.id);
      return state;
    case 'ImageCachingRequested':
      state.openCachings.set(event.data.requestId, event.data.id);
      return state;
    case 'ImageCachingFinished':
      state.openCachings.delete(event.data.requestId);
      return state;
  }
}

type Change = Extract<HostAggregatesEvent, { type: 'AggregateRenamed' | 'AggregateMetadataSet' }>;

function change(state: HostAggregates, event: Change): void {
  const aggregate = present(state, event.data.id);
  aggregate.updatedAt = event.data.at;
  if (event.type === 'AggregateRenamed') {
    state.idByName.delete(aggregate.name);
    aggregate.name = event.data.name;
    state.idByName.set(aggregate.name, aggregate.id);
  } else {
    for (const { key, value } of event.data.set) aggregate.metadata.set(key, value);
    for (const key of event.data.removed) aggregate.metadata.delete(key);
  }
}

function present(state: HostAggregates, id: number): HostAggregate {
  const aggregate = state.byId.get(id);
  if (aggregate === undefined) throw new Error(`an event concerns aggregate ${String(id)}, which is not there`);
  return aggregate;
}

function insert(state: HostAggregates, aggregate: HostAggregate): void {
  state.lastId = Math.max(state.lastId, aggregate.id);
  state.byId.set(aggregate.id, aggregate);
  state.idByName.set(aggregate.name, aggregate.id);
  if (aggregate.owner !== null) state.idByOwner.set(ownerKey(aggregate.owner), aggregate.id);
  for (const host of aggregate.hosts) index(state, host, aggregate.id);
}

function index(state: HostAggregates, host: string, id: number): void {
  const ids = state.idsByHost.get(host);
  if (ids === undefined) state.idsByHost.set(host, new Set([id]));
  else ids.add(id);
}

function unindex(state: HostAggregates, host: string, id: number): void {
  const ids = state.idsByHost.get(host);
  ids?.delete(id);
  if (ids?.size === 0) state.idsByHost.delete(host);
}

type StoredAggregate = Pick<HostAggregate, 'id' | 'uuid' | 'name' | 'createdAt' | 'updatedAt' | 'owner'> & {
  readonly hosts: readonly string[];
  readonly metadata: readonly (readonly [string, string])[];
};

export interface StoredHostAggregates {
  readonly lastId: number;
  readonly aggregates: readonly StoredAggregate[];
  readonly openCachings: readonly (readonly [string, number])[];
}

/** Plain data, the indexes left out. */
export function writeSnapshot(state: Readonly<HostAggregates>): StoredHostAggregates {
  return {
    lastId: state.lastId,
    aggregates: Array.from(state.byId.values(), (aggregate) => ({
      ...aggregate,
      hosts: [...aggregate.hosts],
      metadata: [...aggregate.metadata],
    })),
    openCachings: [...state.openCachings],
  };
}

export function readSnapshot(stored: StoredHostAggregates): HostAggregates {
  const state = noAggregates();
  for (const aggregate of stored.aggregates) {
    insert(state, { ...aggregate, hosts: new Set(aggregate.hosts), metadata: new Map(aggregate.metadata) });
  }
  state.lastId = stored.lastId;
  for (const [requestId, id] of stored.openCachings) state.openCachings.set(requestId, id);
  return state;
}
