import { unreachable } from '#kernel';
import type { DueEvent, LeaseEvent, LeaseEventType, Reservation } from './lease.events.js';

export type LeaseStatus =
  'CREATING' | 'PENDING' | 'STARTING' | 'ACTIVE' | 'UPDATING' | 'TERMINATING' | 'TERMINATED' | 'DELETING' | 'ERROR';
export type ReservationStatus = 'pending' | 'active' | 'deleted' | 'error';
export type EventStatus = 'UNDONE' | 'IN_PROGRESS' | 'DONE' | 'ERROR';

/** Times: milliseconds since 1970. What a deleted one had stays with it, as a record. */
export interface ReservationFacts extends Reservation {
  readonly status: ReservationStatus;
  readonly missingResources: boolean;
  readonly resourcesChanged: boolean;
  readonly createdAt: number;
  readonly updatedAt: number | null;
}

export interface LeaseEventFacts extends DueEvent {
  readonly status: EventStatus;
  readonly createdAt: number;
  readonly updatedAt: number | null;
}

/** A lease as everybody sees it: command answers, read model and deciders fold the same (contracts/blazar §4). */
export interface LeaseFacts {
  readonly id: string;
  readonly name: string;
  readonly userId: string;
  readonly projectId: string;
  readonly trustId: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly status: LeaseStatus;
  readonly degraded: boolean;
  readonly reservations: readonly ReservationFacts[];
  readonly events: readonly LeaseEventFacts[];
  readonly createdAt: number;
  /** Set from the start on; what is done for before_end_lease leaves it alone. */
  readonly updatedAt: number | null;
}

/** Never changes what it is given. Undefined: there is none (any more). */
export function foldLease(lease: LeaseFacts | undefined, event: LeaseEvent): LeaseFacts | undefined {
  if (event.type === 'LeaseCreated') return created(event.data);
  if (lease === undefined) return undefined;
  const { at } = event.data;
  switch (event.type) {
    case 'LeaseRefused':
    case 'LeaseChangeAbandoned':
      return lease;
    case 'LeaseUpdated':
      return updated(lease, event.data);
    case 'LeaseStarting':
    case 'LeaseStarted':
    case 'LeaseStartFailed':
      return started(lease, event);
    case 'LeaseEndAnnouncing':
      return eventIs(lease, 'before_end_lease', 'IN_PROGRESS', at);
    case 'LeaseEndAnnounced':
      return eventIs(lease, 'before_end_lease', 'DONE', at);
    case 'LeaseEndAnnouncementFailed':
      return eventIs(lease, 'before_end_lease', 'ERROR', at);
    case 'LeaseEnding':
    case 'LeaseEnded':
    case 'LeaseEndFailed':
      return ended(lease, event);
    case 'LeaseDeleting':
      return { ...lease, status: 'DELETING', updatedAt: at };
    case 'LeaseDeletionFailed': {
      const reservations = failedOrDeleted(lease, event.data.reservationIds, at);
      return { ...lease, status: 'ERROR', reservations, updatedAt: at };
    }
    case 'LeaseDeleted':
      return undefined;
    case 'ReservationHealed':
      return healed(lease, event.data);
    default:
      return unreachable(event);
  }
}

export function eventOf(lease: LeaseFacts, type: LeaseEventType): LeaseEventFacts | undefined {
  return lease.events.find((event) => event.type === type);
}

type Of<Type extends LeaseEvent['type']> = Extract<LeaseEvent, { type: Type }>;

function started(lease: LeaseFacts, event: Of<'LeaseStarting' | 'LeaseStarted' | 'LeaseStartFailed'>): LeaseFacts {
  const { at } = event.data;
  switch (event.type) {
    case 'LeaseStarting':
      return { ...eventIs(lease, 'start_lease', 'IN_PROGRESS', at), status: 'STARTING', updatedAt: at };
    case 'LeaseStarted': {
      const ids = new Map(event.data.aggregates.map(({ reservationId, aggregateId }) => [reservationId, aggregateId]));
      const reservations = lease.reservations.map((each) => {
        const aggregateId = ids.get(each.id);
        const means = each.means === null || aggregateId === undefined ? each.means : { ...each.means, aggregateId };
        return { ...each, means, status: 'active' as const, updatedAt: at };
      });
      return { ...eventIs(lease, 'start_lease', 'DONE', at), status: 'ACTIVE', reservations, updatedAt: at };
    }
    case 'LeaseStartFailed': {
      const reservations = reservationsAre(lease, event.data.reservationIds, 'error', at);
      return { ...eventIs(lease, 'start_lease', 'ERROR', at), status: 'ERROR', reservations, updatedAt: at };
    }
  }
}

function ended(lease: LeaseFacts, event: Of<'LeaseEnding' | 'LeaseEnded' | 'LeaseEndFailed'>): LeaseFacts {
  const { at } = event.data;
  switch (event.type) {
    case 'LeaseEnding':
      return { ...eventIs(lease, 'end_lease', 'IN_PROGRESS', at), status: 'TERMINATING', updatedAt: at };
    case 'LeaseEnded': {
      const status = eventOf(lease, 'start_lease')?.status === 'DONE' ? 'TERMINATED' : 'ERROR';
      const reservations = reservationsAre(lease, idsOf(lease), 'deleted', at);
      return { ...eventIs(lease, 'end_lease', 'DONE', at), status, reservations, updatedAt: at };
    }
    case 'LeaseEndFailed': {
      const reservations = failedOrDeleted(lease, event.data.reservationIds, at);
      return { ...eventIs(lease, 'end_lease', 'ERROR', at), status: 'ERROR', reservations, updatedAt: at };
    }
  }
}

function healed(lease: LeaseFacts, data: Of<'ReservationHealed'>['data']): LeaseFacts {
  const { reservationId, hosts, replacementHostId, resourcesChanged, at } = data;
  const missing = replacementHostId === null;
  const reservations = lease.reservations.map((each) => {
    if (each.id !== reservationId) return each;
    const missingResources = each.missingResources || missing;
    return {
      ...each,
      hosts,
      missingResources,
      resourcesChanged: each.resourcesChanged || resourcesChanged,
      updatedAt: at,
    };
  });
  return { ...lease, degraded: lease.degraded || missing || resourcesChanged, reservations, updatedAt: at };
}

function created(data: Of<'LeaseCreated'>['data']): LeaseFacts {
  const { leaseId: id, name, userId, projectId, trustId, startsAt, endsAt, at } = data;
  const fresh = { createdAt: at, updatedAt: null };
  return {
    ...{ id, name, userId, projectId, trustId, startsAt, endsAt },
    status: 'PENDING',
    degraded: false,
    reservations: data.reservations.map((reservation) => ({
      ...reservation,
      status: 'pending',
      missingResources: false,
      resourcesChanged: false,
      ...fresh,
    })),
    events: data.events.map((event) => ({ ...event, status: 'UNDONE', ...fresh })),
    createdAt: at,
    updatedAt: at,
  };
}

function updated(lease: LeaseFacts, data: Of<'LeaseUpdated'>['data']): LeaseFacts {
  const { name, startsAt, endsAt, at } = data;
  const changed = new Map(data.reservations.map((each) => [each.id, each]));
  const moved = new Map(data.events.map((each) => [each.id, each]));
  const known = new Set(lease.events.map(({ id }) => id));
  return {
    ...lease,
    name: name ?? lease.name,
    startsAt: startsAt ?? lease.startsAt,
    endsAt: endsAt ?? lease.endsAt,
    reservations: lease.reservations.map((each) => {
      const now = changed.get(each.id);
      return now === undefined ? each : { ...each, ...now, updatedAt: at };
    }),
    events: [
      ...lease.events.map((each): LeaseEventFacts => {
        const now = moved.get(each.id);
        // One that came with this very update is not changed by it.
        const isOwn = each.createdAt === at && each.dueAt === now?.dueAt;
        return now === undefined || isOwn ? each : { ...each, ...now, status: 'UNDONE', updatedAt: at };
      }),
      ...data.events
        .filter(({ id }) => !known.has(id))
        .map((each): LeaseEventFacts => ({ ...each, status: 'UNDONE', createdAt: at, updatedAt: null })),
    ],
    updatedAt: at,
  };
}

function eventIs(lease: LeaseFacts, type: LeaseEventType, status: EventStatus, at: number): LeaseFacts {
  const events = lease.events.map((event) => (event.type === type ? { ...event, status, updatedAt: at } : event));
  return { ...lease, events };
}

function idsOf(lease: LeaseFacts): readonly string[] {
  return lease.reservations.map(({ id }) => id);
}

function reservationsAre(
  lease: LeaseFacts,
  ids: readonly string[],
  status: ReservationStatus,
  at: number,
): readonly ReservationFacts[] {
  const named = new Set(ids);
  return lease.reservations.map((each) =>
    named.has(each.id) && each.status !== status ? { ...each, status, updatedAt: at } : each,
  );
}

function failedOrDeleted(lease: LeaseFacts, failed: readonly string[], at: number): readonly ReservationFacts[] {
  const deleted = reservationsAre(lease, idsOf(lease), 'deleted', at);
  return reservationsAre({ ...lease, reservations: deleted }, failed, 'error', at);
}
