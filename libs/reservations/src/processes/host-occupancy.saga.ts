import { hypervisorCatalog, type HypervisorEvent } from '#inventory';

/** A host that a reservation has moved into. */
export interface OccupiedHost {
  readonly uuid: string;
  readonly leaseId: string;
  readonly reservationId: string;
  readonly since: number;
}

/** What lets it in or out is under way for so long at least. */
const underWayMs = 60_000;

type Seen = { readonly event: { readonly type: string; readonly data: unknown } };

const of = (seen: Seen): HypervisorEvent => seen.event as HypervisorEvent;

function correlate(seen: Seen) {
  const event = of(seen);
  if (event.type === 'HostTaken') return { key: event.data.uuid, as: 'start' as const };
  if (event.type === 'HostVacated') return { key: event.data.uuid, as: 'stop' as const };
  return undefined;
}

function evolve(occupied: OccupiedHost | null, seen: Seen): OccupiedHost | null {
  const event = of(seen);
  if (event.type !== 'HostTaken') return occupied;
  const { uuid, leaseId, reservationId, at } = event.data;
  return { uuid, leaseId, reservationId, since: at };
}

function timerOf({ uuid, leaseId, reservationId, since }: OccupiedHost) {
  return {
    id: `host.${uuid}.taken.${String(since)}`,
    dueAt: since + underWayMs,
    kind: 'host-occupancy',
    payload: { uuid, leaseId, reservationId },
  };
}

function react(occupied: OccupiedHost | null, seen: Seen) {
  if (occupied === null) return [];
  const timer = timerOf(occupied);
  return of(seen).type === 'HostTaken'
    ? [{ kind: 'schedule' as const, timer }]
    : [{ kind: 'cancel' as const, timerId: timer.id }];
}

/**
 * As long as a reservation is on a host, each sweep asks whether it still should be: the timer is implied all the time.
 * So nobody stays on a host whose lease is over, or has another host by now, whatever failed or stopped in between.
 */
export const hostOccupancySaga = {
  name: 'hostOccupancy',
  version: 1,
  catalogs: [hypervisorCatalog],
  events: ['inventory/HostTaken', 'inventory/HostVacated'],
  correlate,
  initialState: (): OccupiedHost | null => null,
  evolve,
  react,
  timers: (occupied: OccupiedHost | null) => (occupied === null ? [] : [timerOf(occupied)]),
  /** Timers are all that it wants. */
  onFailure: () => ({ kind: 'retry' as const, afterMs: 1000 }),
};
