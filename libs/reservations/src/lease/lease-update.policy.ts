import { refuse, type Interval, type Refused } from '#kernel';
import type { LeaseChange, RawReservation } from '../contracts.js';
import { changedTerms, sameTerms, type ChangedTermsRefusal } from './changed-terms.policy.js';
import { beforeEndRefusal, minuteOf } from './due-events.policy.js';
import { isBusy, mayGo } from './lease-status.policy.js';
import type { DueEvent, ReservationTerms } from './lease.events.js';
import { eventOf, type LeaseFacts, type ReservationFacts } from './lease.facts.state.js';

export type UpdateRefusal =
  | ChangedTermsRefusal
  | 'lease-status-invalid'
  | 'lease-already-started'
  | 'start-in-past'
  | 'lease-over'
  | 'end-invalid'
  | 'before-end-out-of-lease'
  | 'reservation-id-missing'
  | 'reservation-ids-unknown';

/** One reservation that is to be other than it was. */
export interface ReservationChange {
  /** As it is. */
  readonly reservation: ReservationFacts;
  /** As they are to be; perhaps the same. */
  readonly terms: ReservationTerms;
  /** The lease's time, as it is to be; empty where the lease is to end when it begins. */
  readonly window: Interval;
  /** What has to be held anew; null: what it has serves. */
  readonly wants: 'hosts' | 'addresses' | null;
  /** The window is not within the former one. */
  readonly grown: boolean;
  /** It is in use: nothing that it has may be given back or replaced. */
  readonly firm: boolean;
}

/** What a change of a lease comes to: only what is to be other than it was. */
export interface UpdatePlan {
  readonly kind: 'planned';
  readonly name?: string;
  readonly startsAt?: number;
  readonly endsAt?: number;
  /** With their new times: they are due (again). */
  readonly events: readonly DueEvent[];
  readonly reservations: readonly ReservationChange[];
}

interface Dates {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly beforeEndAt?: number | undefined;
}

/**
 * The rules of contracts/blazar §9, in their order; those who ask are known to be allowed to. `fresh`: the id of a
 * before_end_lease for a lease that has none.
 */
export function planUpdate(
  lease: LeaseFacts,
  change: LeaseChange,
  now: number,
  fresh: { readonly eventId: string },
): UpdatePlan | Refused<UpdateRefusal> {
  if (!mayGo(lease.status, 'UPDATING') || isBusy(lease))
    return refuse('lease-status-invalid', { leaseId: lease.id, status: lease.status });
  const { name, reservations, beforeEndAt } = change;
  const renamed = name === undefined || name === lease.name ? {} : { name };
  const dated = change.startsAt !== undefined || change.endsAt !== undefined || beforeEndAt !== undefined;
  if (!dated && reservations === undefined) return { kind: 'planned', ...renamed, events: [], reservations: [] };
  const dates = { startsAt: change.startsAt ?? lease.startsAt, endsAt: change.endsAt ?? lease.endsAt, beforeEndAt };
  const refusal = datesRefusal(lease, dates, minuteOf(now)) ?? idsRefusal(lease, reservations ?? []);
  if (refusal !== undefined) return refusal;
  const changes = reservationChanges(lease, dates, reservations ?? []);
  if ('kind' in changes) return changes;
  return {
    kind: 'planned',
    ...renamed,
    ...(dates.startsAt === lease.startsAt ? {} : { startsAt: dates.startsAt }),
    ...(dates.endsAt === lease.endsAt ? {} : { endsAt: dates.endsAt }),
    events: movedEvents(lease, dates, fresh.eventId),
    reservations: changes,
  };
}

function datesRefusal(lease: LeaseFacts, dates: Dates, minute: number): Refused<UpdateRefusal> | undefined {
  const { startsAt, endsAt } = dates;
  // A lease may have begun in this very minute.
  const isStarted = lease.startsAt < minute || eventOf(lease, 'start_lease')?.status !== 'UNDONE';
  if (isStarted && startsAt !== lease.startsAt) return refuse('lease-already-started');
  if (!isStarted && startsAt < minute) return refuse('start-in-past');
  if (lease.endsAt < minute || eventOf(lease, 'end_lease')?.status !== 'UNDONE') return refuse('lease-over');
  if (endsAt < minute || endsAt < startsAt) return refuse('end-invalid');
  return beforeEndRefusal(dates);
}

function idsRefusal(lease: LeaseFacts, asked: readonly RawReservation[]): Refused<UpdateRefusal> | undefined {
  if (asked.some((each) => each.id === undefined || each.id === null)) return refuse('reservation-id-missing');
  const ids = new Set<unknown>(lease.reservations.map(({ id }) => id));
  const unknown = asked.map(({ id }) => id).filter((id) => !ids.has(id));
  if (unknown.length === 0) return undefined;
  const named = unknown.map((id) => (typeof id === 'string' ? id : JSON.stringify(id)));
  return refuse('reservation-ids-unknown', { ids: [...new Set(named)] });
}

function reservationChanges(
  lease: LeaseFacts,
  { startsAt, endsAt }: Dates,
  asked: readonly RawReservation[],
): readonly ReservationChange[] | Refused<UpdateRefusal> {
  const hasMoved = startsAt !== lease.startsAt || endsAt !== lease.endsAt;
  const grown = startsAt < lease.startsAt || endsAt > lease.endsAt;
  const changes: ReservationChange[] = [];
  for (const reservation of lease.reservations) {
    const wanted = asked.findLast(({ id }) => id === reservation.id) ?? {};
    const { resource_type: type = reservation.terms.resourceType } = wanted;
    if (type !== reservation.terms.resourceType) return refuse('resource-type-fixed');
    if (reservation.terms.resourceType === 'flavor:instance') return refuse('flavor-instance-fixed');
    if (reservation.status === 'deleted') continue;
    const firm = isInUse(lease, reservation);
    const changed = changedTerms(reservation, wanted, firm);
    if (changed.kind === 'refused') return changed;
    const { terms } = changed;
    const isSame = sameTerms(terms, reservation.terms);
    if (isSame && !hasMoved) continue;
    const window = { from: startsAt, to: endsAt };
    const wants = hasMoved || !isSameBut(reservation.terms, terms) ? resourcesOf(terms) : null;
    changes.push({ reservation, terms, window, wants, grown, firm });
  }
  return changes;
}

/** One that failed to end may be occupied still; one that failed to start has nothing. */
function isInUse(lease: LeaseFacts, { status }: ReservationFacts): boolean {
  return status === 'active' || (status === 'error' && eventOf(lease, 'start_lease')?.status === 'DONE');
}

/** But for what is done before the end: that needs no other hosts. */
function isSameBut(one: ReservationTerms, other: ReservationTerms): boolean {
  if (one.resourceType !== 'physical:host' || other.resourceType !== 'physical:host') return sameTerms(one, other);
  return sameTerms({ ...one, beforeEnd: '' }, { ...other, beforeEnd: '' });
}

function resourcesOf({ resourceType }: ReservationTerms): 'hosts' | 'addresses' {
  return resourceType === 'virtual:floatingip' ? 'addresses' : 'hosts';
}

function movedEvents(
  lease: LeaseFacts,
  { startsAt, endsAt, beforeEndAt }: Dates,
  freshId: string,
): readonly DueEvent[] {
  const moved: DueEvent[] = [];
  const move = (event: DueEvent | undefined, dueAt: number): void => {
    if (event !== undefined && event.dueAt !== dueAt) moved.push({ id: event.id, type: event.type, dueAt });
  };
  move(eventOf(lease, 'start_lease'), startsAt);
  move(eventOf(lease, 'end_lease'), endsAt);
  const beforeEnd = eventOf(lease, 'before_end_lease');
  if (beforeEnd !== undefined) {
    // Its distance to the end stays, within the lease.
    move(beforeEnd, beforeEndAt ?? Math.max(startsAt, endsAt - (lease.endsAt - beforeEnd.dueAt)));
  } else if (beforeEndAt !== undefined) {
    moved.push({ id: freshId, type: 'before_end_lease', dueAt: beforeEndAt });
  }
  return moved;
}
