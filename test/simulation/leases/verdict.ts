import type { HostAggregatesEvent } from '#inventory';
import type { LeaseEvent } from '#reservations';
import type { LoggedEvent } from '../../leases-history/history.type.js';
import { logFaults } from '../../leases-history/log-sweep.js';
import type { Clients, Wish } from './clients.js';

export interface CorrelatedEvent extends LoggedEvent {
  readonly correlation: string;
}

/** What is wrong with a log that has come to rest, and with what clients were told; read from the events alone. */
export function verdict(log: readonly CorrelatedEvent[], clients: Clients): readonly string[] {
  return [
    ...logFaults(log),
    ...unfinished(log),
    ...lostHosts(log),
    ...clients.wishes.flatMap((wish) => untold(wish, log)),
  ];
}

/** Every lease that was not deleted has started and ended, once each. */
function unfinished(log: readonly LoggedEvent[]): string[] {
  const open = new Map<string, Set<string>>();
  for (const event of log as unknown as readonly LeaseEvent[]) {
    const { leaseId } = event.data;
    if (event.type === 'LeaseCreated') open.set(leaseId, new Set());
    else if (event.type === 'LeaseDeleted') open.delete(leaseId);
    else open.get(leaseId)?.add(event.type);
  }
  return Array.from(open).flatMap(([leaseId, seen]) => {
    const started = seen.has('LeaseStarted') || seen.has('LeaseStartFailed');
    const ended = seen.has('LeaseEnded') || seen.has('LeaseEndFailed');
    return started && ended ? [] : [`${leaseId} came no further than ${[...seen].at(-1) ?? 'its creation'}`];
  });
}

/** At rest every enrolled host is in the free pool, in no other aggregate, and vacant. */
function lostHosts(log: readonly LoggedEvent[]): string[] {
  const aggregates = new Map<number, { readonly name: string; readonly hosts: Set<string> }>();
  const enrolled = new Map<string, string>();
  const taken = new Map<string, string>();
  for (const { type, data } of log) {
    const facts = data as {
      readonly hostId: string;
      readonly host: { readonly serviceName: string };
      readonly uuid: string;
      readonly reservationId: string;
    };
    if (type === 'HostEnrolled') enrolled.set(facts.hostId, facts.host.serviceName);
    else if (type === 'HostWithdrawn') enrolled.delete(facts.hostId);
    else if (type === 'HostTaken') taken.set(facts.uuid, facts.reservationId);
    else if (type === 'HostVacated') taken.delete(facts.uuid);
    else foldAggregates(aggregates, { type, data } as HostAggregatesEvent);
  }
  const [free, ...others] = [...aggregates.values()].sort(
    (a, b) => Number(b.name === 'freepool') - Number(a.name === 'freepool'),
  );
  const inPool = free?.name === 'freepool' ? free.hosts : new Set<string>();
  const hosts = [...enrolled.values()];
  return [
    ...hosts.filter((host) => !inPool.has(host)).map((host) => `${host} is enrolled and not in the free pool`),
    ...[...inPool]
      .filter((host) => !hosts.includes(host))
      .map((host) => `${host} is in the free pool and not enrolled`),
    ...others.map(({ name, hosts: left }) => `the aggregate ${name} is left, with ${String(left.size)} hosts`),
    ...Array.from(taken, ([uuid, reservation]) => `${uuid} is still taken by ${reservation}`),
  ];
}

function foldAggregates(
  aggregates: Map<number, { readonly name: string; readonly hosts: Set<string> }>,
  event: HostAggregatesEvent,
): void {
  if (event.type === 'AggregateCreated') aggregates.set(event.data.id, { name: event.data.name, hosts: new Set() });
  else if (event.type === 'AggregateDeleted') aggregates.delete(event.data.id);
  else if (event.type === 'HostAddedToAggregate') aggregates.get(event.data.id)?.hosts.add(event.data.host);
  else if (event.type === 'HostRemovedFromAggregate') aggregates.get(event.data.id)?.hosts.delete(event.data.host);
}

/** What was told of a creation is what the log has of it. */
function untold({ commandId, wanted, answer }: Wish, log: readonly CorrelatedEvent[]): string[] {
  const created = log.filter(({ type, correlation }) => type === 'LeaseCreated' && correlation === commandId);
  if (created.length > 1) return [`${commandId} created ${String(created.length)} leases`];
  if (answer?.kind === 'refused' && created.length > 0)
    return [`${commandId} was refused as ${answer.code} and created a lease`];
  if (answer?.kind !== 'created') return [];
  const [event] = created as unknown as readonly Extract<LeaseEvent, { type: 'LeaseCreated' }>[];
  if (event === undefined) return [`${commandId} was told of a lease that the log does not have`];
  const { leaseId, startsAt, endsAt, reservations } = event.data;
  const same = leaseId === answer.lease.id && startsAt === wanted.startsAt && endsAt === wanted.endsAt;
  return same && reservations.length === wanted.reservations.length
    ? []
    : [`${commandId} wanted ${JSON.stringify(wanted)} and the log has ${JSON.stringify(event.data)}`];
}
