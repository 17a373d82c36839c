import type { HostAggregatesEvent, HypervisorEvent } from '#inventory';
import type { HostCalendarEvent } from '../../host-calendar/host-calendar.events.js';
import { foldLease, type LeaseFacts } from '../../lease/lease.facts.state.js';
import type { LeaseEvent } from '../../lease/lease.events.js';

interface LogEvent {
  readonly type: string;
  readonly stream: string;
  readonly data: never;
}

interface Told {
  readonly claimed: Set<string>;
  readonly takenBy: Map<string, string>;
  /** Service host by uuid of its hypervisor. */
  readonly enrolled: Map<string, string>;
  readonly aggregates: Map<number, { readonly name: string; readonly hosts: Set<string> }>;
  readonly leases: Map<string, LeaseFacts>;
}

/** What the log tells of hosts, aggregates and leases that should not be so when nothing is under way. */
export function wrongsIn(events: readonly LogEvent[], now: number): readonly string[] {
  const told: Told = {
    claimed: new Set(),
    takenBy: new Map(),
    enrolled: new Map(),
    aggregates: new Map(),
    leases: new Map(),
  };
  const wrongs = events.flatMap((event) => [...early(told, event), ...fold(told, event)]);
  return [...wrongs, ...ofHosts(told), ...ofAggregates(told), ...ofLeases(told, now)];
}

/** Names, hosts in order, and metadata. */
export function aggregatesIn(events: readonly LogEvent[]) {
  const present = new Map<number, { readonly name: string; hosts: string[]; metadata: Record<string, string> }>();
  for (const { type, data } of events as unknown as readonly HostAggregatesEvent[]) {
    const there = present.get('id' in data ? data.id : 0);
    if (type === 'AggregateCreated') present.set(data.id, { name: data.name, hosts: [], metadata: {} });
    else if (type === 'AggregateDeleted') present.delete(data.id);
    else if (there === undefined) continue;
    else if (type === 'HostAddedToAggregate') there.hosts.push(data.host);
    else if (type === 'HostRemovedFromAggregate') there.hosts = there.hosts.filter((host) => host !== data.host);
    else if (type === 'AggregateMetadataSet') for (const { key, value } of data.set) there.metadata[key] = value;
  }
  return Array.from(present.values(), ({ name, ...facts }) => ({ name, facts }));
}

const started = new Set(['LeaseStarting', 'LeaseStarted', 'LeaseStartFailed']);
const ended = new Set(['LeaseEnding', 'LeaseEnded', 'LeaseEndFailed']);
const announced = new Set(['LeaseEndAnnouncing', 'LeaseEndAnnounced', 'LeaseEndAnnouncementFailed']);

function early({ leases }: Told, { type, data }: LogEvent): string[] {
  const { leaseId, at } = data as { readonly leaseId?: string; readonly at: number };
  const lease = leases.get(leaseId ?? '');
  const due = (which: string) => lease?.events.find((event) => event.type === which)?.dueAt ?? -Infinity;
  const dueAt = started.has(type)
    ? due('start_lease')
    : ended.has(type)
      ? due('end_lease')
      : announced.has(type)
        ? due('before_end_lease')
        : -Infinity;
  return at < dueAt ? [`${type} of ${leaseId ?? ''} is ${String(dueAt - at)} ms early`] : [];
}

type Known = LeaseEvent | HostCalendarEvent | HypervisorEvent | HostAggregatesEvent;

function fold({ claimed, takenBy, enrolled, aggregates, leases }: Told, logged: LogEvent): string[] {
  const event = logged as unknown as Known;
  if (logged.stream.startsWith('lease-')) {
    const id = logged.stream.slice('lease-'.length);
    const lease = foldLease(leases.get(id), event as LeaseEvent);
    if (lease === undefined) leases.delete(id);
    else leases.set(id, lease);
    return [];
  }
  switch (event.type) {
    case 'HypervisorClaimed':
      claimed.add(event.data.uuid);
      break;
    case 'HypervisorClaimEnded':
      claimed.delete(event.data.uuid);
      break;
    case 'HostTaken':
      if (takenBy.has(event.data.uuid)) return [`${event.data.uuid} is taken twice`];
      takenBy.set(event.data.uuid, event.data.reservationId);
      break;
    case 'HostVacated':
      takenBy.delete(event.data.uuid);
      break;
    case 'HostEnrolled':
      enrolled.set(event.data.host.hypervisorUuid, event.data.host.serviceName);
      break;
    case 'HostWithdrawn':
      enrolled.delete(event.data.hypervisorUuid);
      break;
    case 'AggregateCreated':
      aggregates.set(event.data.id, { name: event.data.name, hosts: new Set() });
      break;
    case 'HostAddedToAggregate':
      aggregates.get(event.data.id)?.hosts.add(event.data.host);
      break;
    case 'HostRemovedFromAggregate':
      aggregates.get(event.data.id)?.hosts.delete(event.data.host);
      break;
    case 'AggregateDeleted':
      aggregates.delete(event.data.id);
      break;
    default:
  }
  return [];
}

function ofHosts({ claimed, takenBy, enrolled, aggregates, leases }: Told): string[] {
  const wrongs: string[] = [];
  const wholeHosts = new Set(
    [...leases.values()].flatMap(({ reservations }) =>
      reservations.filter(({ terms }) => terms.resourceType === 'physical:host').map(({ id }) => id),
    ),
  );
  for (const uuid of claimed) if (!enrolled.has(uuid)) wrongs.push(`${uuid} is claimed and not enrolled`);
  for (const [uuid, host] of enrolled) {
    if (!claimed.has(uuid)) wrongs.push(`${host} is enrolled and not claimed`);
    const names = [...aggregates.values()].filter(({ hosts }) => hosts.has(host)).map(({ name }) => name);
    const own = names.filter((name) => name === 'freepool' || wholeHosts.has(name)).join(' ');
    const expected = takenBy.get(uuid) ?? 'freepool';
    if (own !== expected) wrongs.push(`${host} is in ${own || 'no aggregate'} instead of ${expected}`);
  }
  for (const [uuid, reservationId] of takenBy) {
    const active = [...leases.values()]
      .filter(({ status }) => status === 'ACTIVE')
      .flatMap(({ reservations }) => reservations)
      .find(({ id }) => id === reservationId);
    if (active?.hosts.some(({ hypervisorUuid }) => hypervisorUuid === uuid) !== true)
      wrongs.push(`${enrolled.get(uuid) ?? uuid} is taken by ${reservationId}, which should not have it`);
  }
  return wrongs;
}

function ofAggregates({ aggregates, enrolled, leases }: Told): string[] {
  const services = new Set(enrolled.values());
  const alive = new Set(
    [...leases.values()]
      .filter(({ status }) => status === 'ACTIVE' || status === 'PENDING')
      .flatMap(({ reservations }) => reservations.map(({ id }) => id)),
  );
  // What is for instances stays as it is until the lease ends.
  const failed = new Set(
    [...leases.values()]
      .filter(
        ({ status, events }) =>
          status === 'ERROR' && events.some((event) => event.type === 'end_lease' && event.status === 'UNDONE'),
      )
      .flatMap(({ reservations }) => reservations.filter(({ means }) => means !== null).map(({ id }) => id)),
  );
  return [...aggregates.values()].flatMap(({ name, hosts }) => [
    ...(name === 'freepool' || alive.has(name) || (failed.has(name) && hosts.size === 0)
      ? []
      : [`aggregate ${name} is nobody's`]),
    ...[...hosts].filter((host) => !services.has(host)).map((host) => `${host} is in ${name} and not enrolled`),
  ]);
}

function ofLeases({ leases }: Told, now: number): string[] {
  return [...leases.values()].flatMap(({ id, status, events }) => [
    ...(['STARTING', 'TERMINATING', 'DELETING'].includes(status) ? [`${id} is ${status} still`] : []),
    ...events
      .filter((event) => event.dueAt < now && (event.status === 'UNDONE' || event.status === 'IN_PROGRESS'))
      .filter(({ type }) => status !== 'ERROR' || type === 'end_lease')
      .map((event) => `${event.type} of ${id} is ${event.status} and overdue`),
  ]);
}
