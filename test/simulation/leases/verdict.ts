import type { LeaseEvent } from '#reservations';
import type { LoggedEvent } from '../../leases-history/history.type.js';
import { leftAllocations } from '../../leases-history/held-sweep.js';
import { logFaults } from '../../leases-history/log-sweep.js';
import type { Clients, Wish } from './clients.js';
import { misplacedHosts, uncleanHosts, type LeftServer } from './host-places.js';

/** A lease of this minute may wait until a host is vacant. */
const mostLateMs = 5 * 60_000;

export interface CorrelatedEvent extends LoggedEvent {
  readonly correlation: string;
}

/** What is wrong with a log that has come to rest, with what clients were told, and with what is left on hosts. */
export function verdict(
  log: readonly CorrelatedEvent[],
  clients: Clients,
  left: readonly LeftServer[],
): readonly string[] {
  return [
    ...logFaults(log),
    ...unfinished(log),
    ...leftAllocations(log),
    ...lateAsARule(log),
    ...misplacedHosts(log),
    ...uncleanHosts(log, left),
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

/** Clocks that are set and servers that are dead make many late, but not nearly all of them. */
function lateAsARule(log: readonly LoggedEvent[]): string[] {
  const due = new Map<string, { starts: number; ends: number }>();
  const late: Record<'start' | 'end', number[]> = { start: [], end: [] };
  for (const { recordedAt, ...rest } of log) {
    const event = rest as unknown as LeaseEvent;
    if (event.type === 'LeaseCreated' || event.type === 'LeaseUpdated') {
      const { leaseId, startsAt, endsAt } = event.data;
      const former = due.get(leaseId) ?? { starts: 0, ends: 0 };
      due.set(leaseId, { starts: startsAt ?? former.starts, ends: endsAt ?? former.ends });
    } else if (event.type === 'LeaseStarted') {
      late.start.push(recordedAt - (due.get(event.data.leaseId)?.starts ?? 0));
    } else if (event.type === 'LeaseEnded') {
      late.end.push(recordedAt - (due.get(event.data.leaseId)?.ends ?? 0));
    }
  }
  return Object.entries(late).flatMap(([what, ms]) => {
    const early = ms.sort((a, b) => a - b)[Math.floor(ms.length / 10)] ?? 0;
    return early > mostLateMs ? [`nine of ten leases ${what} more than ${String(early)} ms late`] : [];
  });
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
