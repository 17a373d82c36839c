import type { AllocatedHost, LeaseEvent, Reservation } from '#reservations';
import { unheldCommits } from './held-sweep.js';
import type { LoggedEvent, Window } from './history.type.js';

type LeaseCreated = Extract<LeaseEvent, { type: 'LeaseCreated' }>;

/**
 * What is wrong with a log of leases, from its events alone: at no position do two leases have one host at overlapping
 * times, a host is taken by one reservation at a time and given back, every attempt is decided once, gives what it
 * holds and every hold ends in the direction decided, each event of a lease happens once and none before its time.
 */
export function logFaults(log: readonly LoggedEvent[]): readonly string[] {
  return [...sharedHosts(log), ...sharedMachines(log), ...openHolds(log), ...unheldCommits(log), ...wrongMoments(log)];
}

interface Committed {
  window: Window;
  readonly hosts: Map<string, readonly string[]>;
}

/** Exclusive allocations only: room for instances may be shared. */
function exclusive(hosts: readonly AllocatedHost[]): readonly string[] {
  return hosts.filter(({ slots }) => slots === null).map(({ serviceName }) => serviceName);
}

/** By lease: its time and, by reservation, the hosts that it has; checked at every commit against all the others. */
function sharedHosts(log: readonly LoggedEvent[]): string[] {
  const found: string[] = [];
  const leases = new Map<string, Committed>();
  const byHost = new Map<string, Set<string>>();
  const over = new Set<string>();
  const forget = (leaseId: string): void => {
    for (const hosts of leases.get(leaseId)?.hosts.values() ?? [])
      for (const host of hosts) byHost.get(host)?.delete(leaseId);
    leases.delete(leaseId);
  };
  const put = (leaseId: string, window: Window, changed: readonly Pick<Reservation, 'id' | 'hosts'>[]): void => {
    const hosts = new Map(leases.get(leaseId)?.hosts);
    for (const reservation of changed) hosts.set(reservation.id, exclusive(reservation.hosts));
    forget(leaseId);
    leases.set(leaseId, { window, hosts });
    for (const host of [...hosts.values()].flat()) {
      const others = byHost.get(host) ?? new Set<string>();
      for (const other of others) {
        const its = leases.get(other)?.window;
        if (its !== undefined && its.from < window.to && window.from < its.to)
          found.push(`${host} was committed to ${leaseId} while ${other} had it`);
      }
      byHost.set(host, others.add(leaseId));
    }
  };
  for (const event of log as unknown as readonly LeaseEvent[]) {
    if (event.type === 'LeaseCreated') {
      const { leaseId, startsAt, endsAt, reservations } = event.data;
      put(leaseId, { from: startsAt, to: endsAt }, reservations);
    } else if (event.type === 'LeaseUpdated') {
      const { leaseId, startsAt, endsAt, reservations } = event.data;
      const former = leases.get(leaseId)?.window;
      // What is over may still be renamed.
      if (former === undefined && !over.has(leaseId)) found.push(`${leaseId} was changed and is not there`);
      if (former !== undefined) put(leaseId, { from: startsAt ?? former.from, to: endsAt ?? former.to }, reservations);
    } else if (event.type === 'ReservationHealed') {
      const { leaseId, reservationId, hosts, at } = event.data;
      const former = leases.get(leaseId)?.window;
      // From then on; a clock that is set back later does not bring back what was before.
      if (former !== undefined)
        put(leaseId, { from: Math.max(former.from, at), to: former.to }, [{ id: reservationId, hosts }]);
    } else if (event.type === 'LeaseEnded' || event.type === 'LeaseEndFailed' || event.type === 'LeaseDeleted') {
      forget(event.data.leaseId);
      over.add(event.data.leaseId);
    }
  }
  return found;
}

interface Occupation {
  readonly uuid: string;
  readonly reservationId: string;
  readonly fencingToken: number;
}

function sharedMachines(log: readonly LoggedEvent[]): string[] {
  const found: string[] = [];
  const takenBy = new Map<string, string>();
  const fences = new Map<string, number>();
  for (const { type, data } of log) {
    if (type !== 'HostTaken' && type !== 'HostVacated') continue;
    const { uuid, reservationId, fencingToken } = data as Occupation;
    const holder = takenBy.get(uuid);
    if (type === 'HostVacated') {
      if (holder !== reservationId)
        found.push(`${uuid} was vacated by ${reservationId}, and ${String(holder)} was on it`);
      takenBy.delete(uuid);
      continue;
    }
    if (holder !== undefined) found.push(`${uuid} was taken by ${reservationId} while ${holder} was on it`);
    if (fencingToken <= (fences.get(uuid) ?? 0))
      found.push(`${uuid} got the fencing token ${String(fencingToken)} late`);
    fences.set(uuid, fencingToken);
    takenBy.set(uuid, reservationId);
  }
  return found;
}

const commits: ReadonlySet<string> = new Set(['LeaseCreated', 'LeaseUpdated', 'ReservationHealed']);
const failures: ReadonlySet<string> = new Set(['LeaseRefused', 'LeaseChangeAbandoned']);

/**
 * A commit confirms what its attempt holds in the streams that it names; what the same attempt, begun before a crash, left
 * in others is released, like everything of one that failed.
 */
function openHolds(log: readonly LoggedEvent[]): string[] {
  const found: string[] = [];
  const decided = new Map<string, { readonly type: string; readonly confirms: readonly string[] }>();
  const holds = new Map<string, string>();
  const ofLease = new Map<string, string>();
  // Nothing can be committed on them any more: whatever is undecided has failed.
  const over = new Set<string>();
  for (const { type, stream, data } of log) {
    const { attempt, leaseId, heldIn } = data as Partial<LeaseCreated['data']> & { attempt: string; leaseId: string };
    if (commits.has(type) || failures.has(type)) {
      if (decided.has(attempt)) found.push(`${attempt} was decided twice`);
      decided.set(attempt, { type, confirms: commits.has(type) ? (heldIn ?? []) : [] });
    }
    if (type === 'LeaseEnded' || type === 'LeaseEndFailed' || type === 'LeaseDeleted') over.add(leaseId);
    const hold = `${attempt} in ${stream}`;
    if (type === 'HostsHeld' || type === 'AddressesHeld') {
      holds.set(hold, attempt);
      ofLease.set(hold, leaseId);
    } else if (type === 'HoldConfirmed' || type === 'AddressHoldConfirmed') {
      const decision = decided.get(attempt);
      if (decision?.confirms.includes(stream) !== true)
        found.push(`${hold} was confirmed after ${String(decision?.type)}`);
      holds.delete(hold);
    } else if (type === 'HoldReleased' || type === 'AddressHoldReleased') {
      const decision = decided.get(attempt);
      if (decision?.confirms.includes(stream) !== false && !over.has(ofLease.get(hold) ?? ''))
        found.push(`${hold} was released after ${String(decision?.type)}`);
      holds.delete(hold);
    } else if (type === 'AllocationsReleased' || type === 'AddressesReleased') {
      for (const [each, lease] of ofLease) if (lease === leaseId && each.endsWith(` in ${stream}`)) holds.delete(each);
    }
  }
  return [...found, ...Array.from(holds.keys(), (hold) => `${hold} is still held`)];
}

interface Moments {
  start: number;
  before: number | undefined;
  end: number;
  readonly done: Set<string>;
}

/** Each event of a lease once (before_end once more after each change that moves it), and none before it is due. */
function wrongMoments(log: readonly LoggedEvent[]): string[] {
  const found: string[] = [];
  const leases = new Map<string, Moments>();
  const happened = (leaseId: string, what: 'start' | 'before' | 'end', recordedAt: number): void => {
    const moments = leases.get(leaseId);
    if (moments === undefined) return void found.push(`${what} of ${leaseId}, which is not there`);
    const due = moments[what];
    if (due === undefined || recordedAt < due)
      found.push(`${what} of ${leaseId} came ${String((due ?? Number.NaN) - recordedAt)} ms early`);
    if (moments.done.has(what)) found.push(`${what} of ${leaseId} came twice`);
    moments.done.add(what);
  };
  for (const { recordedAt, ...rest } of log) {
    const event = rest as unknown as LeaseEvent;
    switch (event.type) {
      case 'LeaseCreated': {
        const of = (type: string) => event.data.events.find((each) => each.type === type)?.dueAt;
        const { startsAt, endsAt } = event.data;
        const before = of('before_end_lease');
        leases.set(event.data.leaseId, { start: startsAt, before, end: endsAt, done: new Set() });
        break;
      }
      case 'LeaseUpdated': {
        const moments = leases.get(event.data.leaseId);
        if (moments === undefined) break;
        moments.start = event.data.startsAt ?? moments.start;
        moments.end = event.data.endsAt ?? moments.end;
        const before = event.data.events.find(({ type }) => type === 'before_end_lease')?.dueAt;
        if (before !== undefined) {
          moments.before = before;
          moments.done.delete('before');
        }
        break;
      }
      case 'LeaseStarted':
      case 'LeaseStartFailed':
        happened(event.data.leaseId, 'start', recordedAt);
        break;
      case 'LeaseEndAnnounced':
      case 'LeaseEndAnnouncementFailed':
        happened(event.data.leaseId, 'before', recordedAt);
        break;
      case 'LeaseEnded':
      case 'LeaseEndFailed':
        happened(event.data.leaseId, 'end', recordedAt);
        break;
      default:
    }
  }
  return found;
}
