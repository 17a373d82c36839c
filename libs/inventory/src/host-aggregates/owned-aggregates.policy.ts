import { accept, refuse, type Decision } from '#kernel';
import type { AggregateOwner, OwnedAggregate } from '../contracts.js';
import { metadataChange } from './aggregate-metadata.policy.js';
import type { HostAggregatesRefusal, OwnersCommand } from './host-aggregates.commands.js';
import type { HostAggregatesEvent } from './host-aggregates.events.js';
import { ownerKey, zoneKey, type HostAggregate, type HostAggregates } from './host-aggregates.state.js';

type Decided = Decision<HostAggregatesEvent, HostAggregatesRefusal>;
type Of<Type extends OwnersCommand['type']> = Extract<OwnersCommand, { type: Type }>;

/*
 * Owned aggregates (C21) put no host into a zone: hosts come and go between them whatever runs there, so Nova's rules
 * about zones hold among the others alone.
 */

export function ensureOwned({ uuid, aggregate, at }: Of<'ensure-owned'>, state: Readonly<HostAggregates>): Decided {
  const ensured = ensure(aggregate, uuid, state, at);
  return ensured === undefined ? nameTaken(aggregate) : accept(...ensured.events);
}

export function moveHosts(command: Of<'move-hosts'>, state: Readonly<HostAggregates>): Decided {
  const { uuid, to, deleteFrom, at } = command;
  const hosts = [...new Set(command.hosts)];
  const from = command.from === null ? undefined : ownedBy(state, command.from);
  const target = to === null ? undefined : ensure(to, uuid, state, at);
  if (to !== null && target === undefined) return nameTaken(to);
  if (from !== undefined && from.id === target?.id) return accept(...target.events);

  const leaving = hosts.filter((host) => from?.hosts.has(host));
  const joining = hosts.filter((host) => target !== undefined && !target.hosts.has(host));
  const events: HostAggregatesEvent[] = [];
  if (from !== undefined) {
    const { id } = from;
    events.push(...leaving.map((host): HostAggregatesEvent => ({ type: 'HostRemovedFromAggregate', data: { id, host, at } }))); // prettier-ignore
    if (deleteFrom && leaving.length === from.hosts.size) events.push({ type: 'AggregateDeleted', data: { id, at } });
  }
  if (target !== undefined) {
    const { id } = target;
    events.push(...target.events);
    events.push(...joining.map((host): HostAggregatesEvent => ({ type: 'HostAddedToAggregate', data: { id, host, at } }))); // prettier-ignore
  }
  return accept(...events);
}

export function deleteOwned({ owner, at }: Of<'delete-owned'>, state: Readonly<HostAggregates>): Decided {
  const aggregate = ownedBy(state, owner);
  if (aggregate === undefined) return accept();
  const { id } = aggregate;
  const leaving = [...aggregate.hosts].map((host): HostAggregatesEvent => ({
    type: 'HostRemovedFromAggregate',
    data: { id, host, at },
  }));
  return accept(...leaving, { type: 'AggregateDeleted', data: { id, at } });
}

export function ownedBy(state: Readonly<HostAggregates>, owner: AggregateOwner): Readonly<HostAggregate> | undefined {
  const id = state.idByOwner.get(ownerKey(owner));
  return id === undefined ? undefined : state.byId.get(id);
}

interface Ensured {
  readonly id: number;
  readonly hosts: ReadonlySet<string>;
  /** What is to happen until it is there. */
  readonly events: readonly HostAggregatesEvent[];
}

/** Undefined: another owner has the name. */
function ensure(
  { name, owner, metadata }: OwnedAggregate,
  uuid: string,
  state: Readonly<HostAggregates>,
  at: number,
): Ensured | undefined {
  const there = ownedBy(state, owner);
  if (there !== undefined) return { id: there.id, hosts: there.hosts, events: [] };
  const wanted = metadata.filter(({ key }) => key !== zoneKey).map(({ key, value }) => [key, value] as const);
  const named = state.byId.get(state.idByName.get(name) ?? 0);
  if (named === undefined) {
    const id = state.lastId + 1;
    return {
      id,
      hosts: new Set(),
      events: [
        { type: 'AggregateCreated', data: { id, uuid, name, availabilityZone: null, at } },
        { type: 'AggregateOwned', data: { id, owner, at } },
        ...metadataChange({ id, metadata: new Map() }, wanted, at),
      ],
    };
  }
  if (named.owner !== null) return undefined;
  const { id, hosts } = named;
  const events: readonly HostAggregatesEvent[] = [
    { type: 'AggregateOwned', data: { id, owner, at } },
    ...metadataChange(named, [...wanted, [zoneKey, null]], at),
  ];
  return { id, hosts, events };
}

function nameTaken({ name }: OwnedAggregate): Decided {
  return refuse('aggregate-name-taken', { name });
}
