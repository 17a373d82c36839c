import type { HostAggregatesEvent } from '#inventory';
import type { LoggedEvent } from '../../leases-history/history.type.js';

interface Facts {
  readonly hostId: string;
  readonly host: { readonly serviceName: string; readonly hypervisorUuid: string };
  readonly uuid: string;
  readonly reservationId: string;
}

type Aggregates = Map<number, { readonly name: string; readonly hosts: Set<string> }>;

/** Which hosts are where, event by event. */
class Places {
  readonly aggregates: Aggregates = new Map();
  /** Service names by host id. */
  readonly enrolled = new Map<string, string>();
  /** Reservations by hypervisor. */
  readonly taken = new Map<string, string>();
  /** Those that have been in the free pool since they were enrolled. */
  readonly placed = new Set<string>();
  private readonly serviceNames = new Map<string, string>();

  fold({ type, data }: LoggedEvent): void {
    const { hostId, host, uuid, reservationId } = data as Facts;
    if (type === 'HostEnrolled') {
      this.enrolled.set(hostId, host.serviceName);
      this.serviceNames.set(host.hypervisorUuid, host.serviceName);
    } else if (type === 'HostWithdrawn') {
      this.placed.delete(this.enrolled.get(hostId) ?? '');
      this.enrolled.delete(hostId);
    } else if (type === 'HostTaken') this.taken.set(uuid, reservationId);
    else if (type === 'HostVacated') this.taken.delete(uuid);
    else foldAggregates(this.aggregates, { type, data } as HostAggregatesEvent);
  }

  get free(): ReadonlySet<string> {
    return [...this.aggregates.values()].find(({ name }) => name === 'freepool')?.hosts ?? new Set();
  }

  isFree(uuid: string): boolean {
    return this.free.has(this.serviceNames.get(uuid) ?? '');
  }

  wasPlaced(uuid: string): boolean {
    return this.placed.has(this.serviceNames.get(uuid) ?? '');
  }

  /** Enrolled, let in once, and in no aggregate. */
  get nowhere(): string | undefined {
    const { free } = this;
    for (const host of this.enrolled.values()) if (free.has(host)) this.placed.add(host);
    return [...this.enrolled.values()].find(
      (host) => this.placed.has(host) && ![...this.aggregates.values()].some(({ hosts }) => hosts.has(host)),
    );
  }
}

function foldAggregates(aggregates: Aggregates, event: HostAggregatesEvent): void {
  if (event.type === 'AggregateCreated') aggregates.set(event.data.id, { name: event.data.name, hosts: new Set() });
  else if (event.type === 'AggregateDeleted') aggregates.delete(event.data.id);
  else if (event.type === 'HostAddedToAggregate') aggregates.get(event.data.id)?.hosts.add(event.data.host);
  else if (event.type === 'HostRemovedFromAggregate') aggregates.get(event.data.id)?.hosts.delete(event.data.host);
}

/**
 * An enrolled host is always in an aggregate, and whoever takes it finds it in the free pool and leaves it there; at
 * rest it is there, in no other, and vacant.
 */
export function misplacedHosts(log: readonly LoggedEvent[]): string[] {
  const places = new Places();
  const found: string[] = [];
  for (const [index, event] of log.entries()) {
    places.fold(event);
    const { uuid, reservationId } = event.data as Facts;
    // One whose enrolment a crash cut short is taken before it has ever been let in.
    const moves = event.type === 'HostVacated' || (event.type === 'HostTaken' && places.wasPlaced(uuid));
    if (moves && !places.isFree(uuid))
      found.push(`${event.type}: ${uuid}, with ${reservationId}, and it was not in the free pool`);
    // A move is several events in one append.
    if (event.stream !== 'hostAggregates' || log[index + 1]?.stream === 'hostAggregates') continue;
    if (places.nowhere !== undefined) found.push(`${places.nowhere} is in no aggregate`);
  }
  return [...found, ...lostHosts(places)];
}

function lostHosts({ aggregates, enrolled, taken, free }: Places): string[] {
  const hosts = [...enrolled.values()];
  const others = [...aggregates.values()].filter(({ name }) => name !== 'freepool');
  return [
    ...hosts.filter((host) => !free.has(host)).map((host) => `${host} is enrolled and not in the free pool`),
    ...[...free].filter((host) => !hosts.includes(host)).map((host) => `${host} is in the free pool and not enrolled`),
    ...others.map(({ name, hosts: left }) => `the aggregate ${name} is left, with ${String(left.size)} hosts`),
    ...Array.from(taken, ([uuid, reservation]) => `${uuid} is still taken by ${reservation}`),
  ];
}

/** A server that the provider has at the end; `since`: how many events were in the log when somebody booted it. */
export interface LeftServer {
  readonly uuid: string;
  readonly host: string;
  readonly since: number;
}

/** Nobody takes a host that is known to have servers, and whoever leaves it leaves none that were there before. */
export function uncleanHosts(log: readonly LoggedEvent[], left: readonly LeftServer[]): string[] {
  const names = new Map<string, string>();
  const servers = new Map<string, Set<string>>();
  const takenAt = new Map<string, number>();
  const found: string[] = [];
  for (const [index, { type, stream, data }] of log.entries()) {
    const { uuid, hypervisorHostname, guest, guestUuid } = data as {
      readonly uuid: string;
      readonly hypervisorHostname: string;
      readonly guest: { readonly uuid: string };
      readonly guestUuid: string;
    };
    const there = servers.get(stream) ?? new Set();
    servers.set(stream, there);
    if (type === 'HypervisorRegistered') names.set(uuid, hypervisorHostname);
    else if (type === 'GuestFound' || type === 'GuestPlaced') there.add(guest.uuid);
    else if (type === 'GuestGone' || type === 'GuestRemoved') there.delete(guestUuid);
    else if (type === 'HostTaken') {
      takenAt.set(uuid, index);
      if (there.size > 0) found.push(`${uuid} was taken with ${String(there.size)} servers on it`);
    } else if (type === 'HostVacated') {
      const before = left.filter(({ host, since }) => host === names.get(uuid) && since <= (takenAt.get(uuid) ?? -1));
      found.push(...before.map((server) => `${server.host} was left with the server ${server.uuid}`));
    }
  }
  return found;
}
