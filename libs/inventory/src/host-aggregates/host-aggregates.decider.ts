import {
  accept,
  refuse,
  unreachable,
  type Accepted,
  type AggregateDefinition,
  type Decision,
  type Refused,
} from '#kernel';
import type { AggregateFacts } from '../contracts.js';
import { metadataChange } from './aggregate-metadata.policy.js';
import type {
  HostAggregatesCommand,
  HostAggregatesRefusal,
  HostMove,
  ServerCounts,
} from './host-aggregates.commands.js';
import { hostAggregatesCatalog, type HostAggregatesEvent } from './host-aggregates.events.js';
import {
  evolve,
  noAggregates,
  readSnapshot,
  writeSnapshot,
  zoneKey,
  zoneOf,
  type HostAggregate,
  type HostAggregates,
} from './host-aggregates.state.js';
import { deleteOwned, ensureOwned, moveHosts } from './owned-aggregates.policy.js';

export type { HostAggregatesCommand, HostAggregatesRefusal, ServerCounts } from './host-aggregates.commands.js';

type Decided = Decision<HostAggregatesEvent, HostAggregatesRefusal>;
type No = Refused<HostAggregatesRefusal>;

/** Rules of contracts/nova §5, in the order of their checks. */
function decide(command: HostAggregatesCommand, state: Readonly<HostAggregates>): Decided {
  switch (command.type) {
    case 'create':
      return create(command, state);
    case 'update':
      return update(command, state);
    case 'delete':
      return changing(state, command.id, (aggregate) =>
        aggregate.hosts.size > 0
          ? refuse('aggregate-not-empty', { id: command.id })
          : accept({ type: 'AggregateDeleted', data: { id: command.id, at: command.at } }),
      );
    case 'add-host':
      return addHost(command, state);
    case 'remove-host':
      return removeHost(command, state);
    case 'set-metadata':
      return changing(state, command.id, (aggregate) => {
        const zone = command.metadata.find(([key]) => key === zoneKey);
        const refused = zone && zoneRefusal(state, aggregate, aggregate.name, zone[1], command.servers);
        return refused ?? acceptAll(metadataChange(aggregate, command.metadata, command.at));
      });
    case 'cache-images':
      return cacheImages(command, state);
    case 'finish-caching':
      return finishCaching(command, state);
    case 'ensure-owned':
      return ensureOwned(command, state);
    case 'move-hosts':
      return moveHosts(command, state);
    case 'delete-owned':
      return deleteOwned(command, state);
    default:
      return unreachable(command);
  }
}

type Of<Type extends HostAggregatesCommand['type']> = Extract<HostAggregatesCommand, { type: Type }>;

function create({ uuid, name, availabilityZone, at }: Of<'create'>, state: Readonly<HostAggregates>): Decided {
  if (state.idByName.has(name)) return refuse('aggregate-name-taken', { name });
  return accept({ type: 'AggregateCreated', data: { id: state.lastId + 1, uuid, name, availabilityZone, at } });
}

function update(command: Of<'update'>, state: Readonly<HostAggregates>): Decided {
  return changing(state, command.id, (aggregate) => {
    const { id, at, name = aggregate.name, availabilityZone: zone } = command;
    const owner = state.idByName.get(name);
    if (owner !== undefined && owner !== id) return refuse('aggregate-name-taken', { name });
    const refused = zone === undefined ? undefined : zoneRefusal(state, aggregate, name, zone, command.servers);
    if (refused !== undefined) return refused;
    const events: HostAggregatesEvent[] = [];
    if (name !== aggregate.name) events.push({ type: 'AggregateRenamed', data: { id, name, at } });
    if (zone !== undefined) events.push(...metadataChange(aggregate, [[zoneKey, zone]], at));
    return acceptAll(events);
  });
}

function addHost(command: Of<'add-host'>, state: Readonly<HostAggregates>): Decided {
  const { id, host, at } = command;
  if (!command.hostKnown) return refuse('host-unknown', { host });
  return changing(state, id, (aggregate) => {
    const zone = zoneOf(aggregate);
    const others = zonedOthers(state, [host], id);
    if (zone !== null) {
      const zones = others.filter((other) => other !== zone);
      if (zones.length > 0) return refuse('host-in-other-zone', { id, zones });
    }
    if (aggregate.hosts.has(host)) return refuse('host-already-in-aggregate', { id, host });
    const from = others[0] ?? command.defaultZone;
    return (
      serversRefusal(command, 'add', from, zone ?? from) ??
      accept({ type: 'HostAddedToAggregate', data: { id, host, at } })
    );
  });
}

function removeHost(command: Of<'remove-host'>, state: Readonly<HostAggregates>): Decided {
  const { id, host, at } = command;
  if (!command.hostKnown) return refuse('host-unknown', { host });
  return changing(state, id, (aggregate) => {
    if (!aggregate.hosts.has(host)) return refuse('host-not-in-aggregate', { id, host });
    const rest = zonedOthers(state, [host], id)[0] ?? command.defaultZone;
    return (
      serversRefusal(command, 'remove', zoneOf(aggregate) ?? rest, rest) ??
      accept({ type: 'HostRemovedFromAggregate', data: { id, host, at } })
    );
  });
}

/** A host with servers stays in its effective zone (contracts/nova §12). */
function serversRefusal(
  command: HostMove,
  direction: 'add' | 'remove',
  fromZone: string,
  toZone: string,
): No | undefined {
  const { id, host } = command;
  if (fromZone === toZone) return undefined;
  const servers = command.servers.get(host);
  if (servers === undefined) return refuse('servers-unasked', { hosts: [host] });
  return servers === 0 ? undefined : refuse('host-has-servers', { id, host, direction, fromZone, toZone, servers });
}

/** May this aggregate get this zone? `name` is the one it has after the same command. */
function zoneRefusal(
  state: Readonly<HostAggregates>,
  aggregate: Readonly<HostAggregate>,
  name: string,
  zone: string | null,
  servers: ServerCounts,
): No | undefined {
  const { id } = aggregate;
  if (zone === null || zone === '') return refuse('zone-empty', { id, name });
  const zones = zonedOthers(state, aggregate.hosts, id).filter((other) => other !== zone);
  if (zones.length > 0) return refuse('zone-in-conflict', { id, zones });
  if (zone === zoneOf(aggregate)) return undefined;
  const hosts = [...aggregate.hosts];
  if (hosts.some((host) => (servers.get(host) ?? 0) > 0)) return refuse('zone-has-servers', { id });
  const unasked = hosts.filter((host) => !servers.has(host));
  return unasked.length === 0 ? undefined : refuse('servers-unasked', { hosts: unasked });
}

/** Zones of the other aggregates that have any of these hosts: one for each such aggregate with a zone, by its id. */
function zonedOthers(state: Readonly<HostAggregates>, hosts: Iterable<string>, but: number): readonly string[] {
  const ids = new Set<number>();
  for (const host of hosts) for (const id of state.idsByHost.get(host) ?? []) if (id !== but) ids.add(id);
  return [...ids].sort((a, b) => a - b).flatMap((id) => state.byId.get(id)?.metadata.get(zoneKey) ?? []);
}

function cacheImages(command: Of<'cache-images'>, state: Readonly<HostAggregates>): Decided {
  const { requestId, id, imageIds, unknownImage, at } = command;
  const aggregate = state.byId.get(id);
  if (aggregate === undefined) return refuse('aggregate-unknown', { id });
  if (unknownImage !== null) return refuse('image-unknown', { imageId: unknownImage });
  const hosts = [...aggregate.hosts];
  return accept({ type: 'ImageCachingRequested', data: { requestId, id, imageIds, hosts, at } });
}

function finishCaching({ requestId, at }: Of<'finish-caching'>, state: Readonly<HostAggregates>): Decided {
  const id = state.openCachings.get(requestId);
  return id === undefined ? accept() : accept({ type: 'ImageCachingFinished', data: { requestId, id, at } });
}

/** Every change of a present aggregate by anybody but its owner comes through here: owned ones stay untouched (C21). */
function changing(
  state: Readonly<HostAggregates>,
  id: number,
  decideOn: (aggregate: Readonly<HostAggregate>) => Decided,
): Decided {
  const aggregate = state.byId.get(id);
  if (aggregate === undefined) return refuse('aggregate-unknown', { id });
  const { name, owner } = aggregate;
  return owner === null ? decideOn(aggregate) : refuse('aggregate-owned', { id, name, owner: { ...owner } });
}

function acceptAll(events: readonly HostAggregatesEvent[]): Accepted<HostAggregatesEvent> {
  return accept(...events);
}

/** A copy of what an aggregate is, for answers. Undefined: there is none. */
export function aggregateFacts(state: Readonly<HostAggregates>, id: number): AggregateFacts | undefined {
  const aggregate = state.byId.get(id);
  if (aggregate === undefined) return undefined;
  const { uuid, name, createdAt, updatedAt } = aggregate;
  return {
    id,
    uuid,
    name,
    availabilityZone: zoneOf(aggregate),
    hosts: [...aggregate.hosts],
    // Defines each key on the object itself, `__proto__` included.
    metadata: Object.fromEntries(aggregate.metadata),
    createdAt,
    updatedAt,
  };
}

export const hostAggregatesStream = 'hostAggregates';

export const hostAggregates: AggregateDefinition<
  HostAggregates,
  HostAggregatesCommand,
  HostAggregatesEvent,
  HostAggregatesRefusal
> = {
  name: 'hostAggregates',
  decider: { initialState: noAggregates, decide, evolve },
  catalog: hostAggregatesCatalog,
  snapshot: { version: 2, everyEvents: 1000, write: writeSnapshot, read: readSnapshot },
};
