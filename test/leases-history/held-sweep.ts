import type { AllocatedHost, LeaseEvent } from '#reservations';
import type { LoggedEvent } from './history.type.js';

interface Held {
  readonly attempt: string;
  readonly reservations: readonly {
    readonly reservationId: string;
    readonly shares: readonly { readonly hostId: string }[];
  }[];
}

type Hosts = readonly Pick<AllocatedHost, 'hostId' | 'partition'>[];

interface Commit {
  readonly attempt: string;
  readonly heldIn: readonly string[];
  readonly hosts: readonly { readonly reservationId: string; readonly hosts: Hosts }[];
}

function commitOf(event: LeaseEvent): Commit | undefined {
  if (event.type === 'ReservationHealed') {
    const { attempt, heldIn, reservationId, hosts } = event.data;
    return { attempt, heldIn, hosts: [{ reservationId, hosts }] };
  }
  if (event.type !== 'LeaseCreated' && event.type !== 'LeaseUpdated') return undefined;
  const { attempt, heldIn, reservations } = event.data;
  return { attempt, heldIn, hosts: reservations.map(({ id, hosts }) => ({ reservationId: id, hosts })) };
}

const streamOf = (partition: string): string => `hostCalendar-${partition}`;
const text = (hostIds: readonly string[]): string => [...hostIds].sort().join(' ');

/** Whatever a commit gives to a reservation was held for it in the streams that the commit names, or it had it before. */
export function unheldCommits(log: readonly LoggedEvent[]): string[] {
  const found: string[] = [];
  /** By attempt and stream, then by reservation. */
  const held = new Map<string, ReadonlyMap<string, readonly string[]>>();
  const had = new Map<string, Hosts>();
  for (const { type, stream, data, recordedAt: _, ...rest } of log) {
    if (type === 'HostsHeld') {
      const { attempt, reservations } = data as Held;
      const shares = reservations.map((each) => [each.reservationId, each.shares.map(({ hostId }) => hostId)] as const);
      held.set(`${attempt} ${stream}`, new Map(shares));
      continue;
    }
    const commit = commitOf({ type, data, ...rest } as LeaseEvent);
    for (const { reservationId, hosts } of commit?.hosts ?? []) {
      const { attempt = '', heldIn = [] } = commit ?? {};
      const before = had.get(reservationId) ?? [];
      const rightful = [
        ...heldIn.flatMap((each) => held.get(`${attempt} ${each}`)?.get(reservationId) ?? keptIn(before, each)),
        ...before.filter(({ partition }) => !heldIn.includes(streamOf(partition))).map(({ hostId }) => hostId),
      ];
      const given = hosts.map(({ hostId }) => hostId);
      if (text(given) !== text(rightful))
        found.push(`${reservationId} was given ${text(given)} by ${attempt}, and ${text(rightful)} was held for it`);
      had.set(reservationId, hosts);
    }
  }
  return found;
}

/** What the attempt left alone in a stream in which it held something for others. */
function keptIn(before: Hosts, stream: string): readonly string[] {
  return before.filter(({ partition }) => streamOf(partition) === stream).map(({ hostId }) => hostId);
}

interface Claimed {
  readonly attempt: string;
  readonly reservationIds: readonly string[];
  readonly reservations: readonly {
    readonly reservationId: string;
    readonly shares?: readonly unknown[];
    readonly floatingIpIds?: readonly string[];
  }[];
}

/** What reservations still have in a log in which every lease is over. */
export function leftAllocations(log: readonly LoggedEvent[]): string[] {
  const held = new Map<string, Claimed['reservations']>();
  const left = new Set<string>();
  for (const { type, stream, data } of log) {
    const { attempt, reservationIds, reservations } = data as Claimed;
    if (type === 'HostsHeld' || type === 'AddressesHeld') held.set(`${attempt} ${stream}`, reservations);
    else if (type === 'HoldConfirmed' || type === 'AddressHoldConfirmed')
      for (const { reservationId, shares, floatingIpIds } of held.get(`${attempt} ${stream}`) ?? []) {
        if ((shares ?? floatingIpIds ?? []).length > 0) left.add(`${reservationId} has something in ${stream}`);
        else left.delete(`${reservationId} has something in ${stream}`);
      }
    else if (type === 'AllocationsReleased' || type === 'AddressesReleased')
      for (const reservationId of reservationIds) left.delete(`${reservationId} has something in ${stream}`);
  }
  return [...left];
}
