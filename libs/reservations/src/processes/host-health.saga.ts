import { hypervisorCatalog, type HypervisorEvent } from '#inventory';
import { hostCalendarCatalog, type HostCalendarEvent } from '../host-calendar/host-calendar.events.js';

/** A host that cannot be reserved; what has it is to get another. */
export interface UnreservableHost {
  readonly partition: string;
  readonly hostId: string;
  readonly since: number;
}

type Seen = { readonly event: { readonly type: string; readonly data: unknown } };

const of = (seen: Seen): HypervisorEvent | HostCalendarEvent => seen.event as HypervisorEvent | HostCalendarEvent;
const keyOf = (partition: string, hostId: string): string => `${partition}/${hostId}`;

function correlate(seen: Seen) {
  const event = of(seen);
  switch (event.type) {
    case 'HostBecameUnreservable':
      return { key: keyOf(event.data.partition, event.data.hostId), as: 'start' as const };
    case 'HostBecameReservable':
    case 'HostWithdrawn':
      return { key: keyOf(event.data.partition, event.data.hostId), as: 'stop' as const };
    default:
      return 'uuid' in event.data ? { key: event.data.uuid, as: 'alone' as const } : undefined;
  }
}

function evolve(host: UnreservableHost | null, seen: Seen): UnreservableHost | null {
  const event = of(seen);
  if (event.type !== 'HostBecameUnreservable') return host;
  const { partition, hostId, at } = event.data;
  return { partition, hostId, since: at };
}

function timerOf({ partition, hostId, since }: UnreservableHost) {
  const id = `host.${partition}.${hostId}.heal.${String(since)}`;
  return { id, dueAt: since, kind: 'host-heal', payload: { partition, hostId } };
}

function react(host: UnreservableHost | null, seen: Seen) {
  const event = of(seen);
  if (host === null)
    return 'uuid' in event.data
      ? [{ kind: 'do' as const, name: 'note-condition', input: { uuid: event.data.uuid } }]
      : [];
  const timer = timerOf(host);
  return event.type === 'HostBecameUnreservable'
    ? [{ kind: 'schedule' as const, timer }]
    : [{ kind: 'cancel' as const, timerId: timer.id }];
}

/**
 * What happens to hypervisors becomes the condition of their hosts; from then on, as long as it lasts, what comes into
 * the healing interval is healed: the timer is implied all the time, so each sweep looks again (contracts/blazar §13).
 */
export const hostHealthSaga = {
  name: 'hostHealth',
  version: 1,
  catalogs: [hypervisorCatalog, hostCalendarCatalog],
  events: [
    'inventory/HypervisorWentDown',
    'inventory/HypervisorCameUp',
    'inventory/ServiceDisabled',
    'inventory/ServiceEnabled',
    'inventory/ServiceForcedDown',
    'inventory/ForcedDownLifted',
    'inventory/HypervisorVanished',
    'inventory/HypervisorReturned',
    'reservations/HostBecameUnreservable',
    'reservations/HostBecameReservable',
    'reservations/HostWithdrawn',
  ],
  correlate,
  initialState: (): UnreservableHost | null => null,
  evolve,
  react,
  timers: (host: UnreservableHost | null) => (host === null ? [] : [timerOf(host)]),
  /** Only a store that does not answer gets here. */
  onFailure: (_error: Error, attempt: number) => ({
    kind: 'retry' as const,
    afterMs: Math.min(60_000, 1000 * 2 ** Math.min(attempt - 1, 6)),
  }),
};
