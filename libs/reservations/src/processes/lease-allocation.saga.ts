import { regionCatalog, type RegionEvent } from '#flavors';
import { hostAggregatesCatalog, type HostAggregatesEvent } from '#inventory';
import type { FloatingIpsEvent } from '../floating-ips/floating-ips.events.js';
import { floatingIpsCatalog } from '../floating-ips/floating-ips.events.js';
import { hostCalendarCatalog, type HostCalendarEvent } from '../host-calendar/host-calendar.events.js';
import { leaseCatalog, type LeaseEvent } from '../lease/lease.events.js';

/** What an attempt holds in one stream. */
export interface WatchedHold {
  readonly attempt: string;
  readonly stream: string;
  readonly decidedBy: string;
  readonly deadline: number;
  readonly leaseId: string;
  /** Reservations that have room for instances in it: what these are booted with may have been made. */
  readonly instances: readonly string[];
}

type Outfit =
  Extract<HostAggregatesEvent, { type: 'AggregateOwned' }> | Extract<RegionEvent, { type: 'RegionFlavorCreated' }>;
type Watched = HostCalendarEvent | FloatingIpsEvent | LeaseEvent | Outfit;
type Seen = { readonly stream: string; readonly event: { readonly type: string; readonly data: unknown } };

const of = (seen: Seen): Watched => seen.event as Watched;

function correlate(seen: Seen) {
  const event = of(seen);
  switch (event.type) {
    case 'HostsHeld':
    case 'AddressesHeld':
      return { key: `${event.data.attempt}/${seen.stream}`, as: 'start' as const };
    case 'HoldConfirmed':
    case 'HoldReleased':
    case 'AddressHoldConfirmed':
    case 'AddressHoldReleased':
      return { key: `${event.data.attempt}/${seen.stream}`, as: 'stop' as const };
    case 'LeaseCreated':
    case 'LeaseRefused':
    case 'LeaseUpdated':
    case 'LeaseChangeAbandoned':
    case 'ReservationHealed':
    case 'LeaseEnded':
    case 'LeaseEndFailed':
    case 'LeaseDeleted':
      return { key: event.data.leaseId, as: 'alone' as const };
    case 'AggregateOwned':
    case 'RegionFlavorCreated': {
      const outfit = outfitOf(event);
      return outfit && { key: outfit.leaseId, as: 'alone' as const };
    }
    default:
      return undefined;
  }
}

/** Made for instances of which reservation? Undefined: not for instances. */
function outfitOf(event: Outfit): { readonly leaseId: string; readonly reservationIds: readonly string[] } | undefined {
  if (event.type === 'AggregateOwned') {
    const { id, leaseId } = event.data.owner;
    return leaseId === undefined ? undefined : { leaseId, reservationIds: [id] };
  }
  const { reservationId, leaseId } = event.data.flavor;
  return leaseId === undefined || reservationId === null ? undefined : { leaseId, reservationIds: [reservationId] };
}

function evolve(hold: WatchedHold | null, seen: Seen): WatchedHold | null {
  const event = of(seen);
  if (event.type !== 'HostsHeld' && event.type !== 'AddressesHeld') return hold;
  const { attempt, decidedBy, deadline, leaseId } = event.data;
  const instances =
    event.type === 'HostsHeld'
      ? event.data.reservations.filter(({ shares }) => shares.some(({ slots }) => slots !== null))
      : [];
  const ids = instances.map(({ reservationId }) => reservationId);
  return { attempt, stream: seen.stream, decidedBy, deadline, leaseId, instances: ids };
}

function timerOf({ attempt, stream, decidedBy, deadline }: WatchedHold) {
  return {
    id: `allocation.${attempt}.${stream}.${String(deadline)}`,
    dueAt: deadline,
    kind: 'allocation-deadline',
    payload: { attempt, stream, decidedBy },
  };
}

function settle(
  { attempt, heldIn }: { readonly attempt: string; readonly heldIn: readonly string[] },
  decision: 'committed' | 'abandoned',
) {
  if (heldIn.length === 0) return [];
  return [{ kind: 'do' as const, name: 'settle', input: { attempt, heldIn, decision } }];
}

function release(input: {
  readonly leaseId: string;
  readonly heldIn: readonly string[];
  /** Null: all that the lease has. */
  readonly reservationIds: readonly string[] | null;
}) {
  return input.heldIn.length === 0 ? [] : [{ kind: 'do' as const, name: 'release', input }];
}

function react(hold: WatchedHold | null, seen: Seen) {
  const event = of(seen);
  switch (event.type) {
    case 'LeaseCreated':
    case 'ReservationHealed':
      return settle(event.data, 'committed');
    case 'LeaseUpdated': {
      const { leaseId, reservations } = event.data;
      const instances = reservations.filter(({ means }) => means !== null).map(({ id }) => id);
      const align = { kind: 'do' as const, name: 'align-outfits', input: { leaseId, reservationIds: instances } };
      return [...settle(event.data, 'committed'), ...(instances.length > 0 ? [align] : [])];
    }
    case 'LeaseRefused':
    case 'LeaseChangeAbandoned':
      return settle(event.data, 'abandoned');
    case 'AggregateOwned':
    case 'RegionFlavorCreated': {
      // Whoever made it may have been late: by then its lease was refused, or over.
      const input = outfitOf(event);
      return input === undefined ? [] : [{ kind: 'do' as const, name: 'check-outfits', input }];
    }
    case 'LeaseEnded':
    case 'LeaseEndFailed': {
      const { leaseId, heldIn } = event.data;
      return release({ leaseId, heldIn, reservationIds: null });
    }
    case 'LeaseDeleted': {
      const { leaseId, heldIn, reservationIds } = event.data;
      return release({ leaseId, heldIn, reservationIds });
    }
    default: {
      if (hold === null) return [];
      const timer = timerOf(hold);
      if (event.type === 'HostsHeld' || event.type === 'AddressesHeld') return [{ kind: 'schedule' as const, timer }];
      const { leaseId, instances: reservationIds } = hold;
      const clear = { kind: 'do' as const, name: 'clear-outfits', input: { leaseId, reservationIds } };
      const released = event.type === 'HoldReleased' && reservationIds.length > 0;
      return [{ kind: 'cancel' as const, timerId: timer.id }, ...(released ? [clear] : [])];
    }
  }
}

/**
 * Whatever becomes of the one who asked: what was decided is confirmed or released in every stream, a hold that nobody
 * decided on is decided at its deadline (design §6), and what a lease had is free when it is over. An instance for each
 * hold.
 */
export const leaseAllocationSaga = {
  name: 'leaseAllocation',
  version: 1,
  catalogs: [hostCalendarCatalog, floatingIpsCatalog, leaseCatalog, hostAggregatesCatalog, regionCatalog],
  events: [
    'reservations/HostsHeld',
    'reservations/HoldConfirmed',
    'reservations/HoldReleased',
    'reservations/AddressesHeld',
    'reservations/AddressHoldConfirmed',
    'reservations/AddressHoldReleased',
    'reservations/LeaseCreated',
    'reservations/LeaseRefused',
    'reservations/LeaseUpdated',
    'reservations/LeaseChangeAbandoned',
    'reservations/ReservationHealed',
    'reservations/LeaseEnded',
    'reservations/LeaseEndFailed',
    'reservations/LeaseDeleted',
    'inventory/AggregateOwned',
    'flavors/RegionFlavorCreated',
  ],
  correlate,
  initialState: (): WatchedHold | null => null,
  evolve,
  react,
  timers: (hold: WatchedHold | null) => (hold === null ? [] : [timerOf(hold)]),
  /** Only a store that does not answer gets here. */
  onFailure: (_error: Error, attempt: number) => ({
    kind: 'retry' as const,
    afterMs: Math.min(60_000, 1000 * 2 ** Math.min(attempt - 1, 6)),
  }),
};
