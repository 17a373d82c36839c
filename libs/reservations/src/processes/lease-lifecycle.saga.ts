import { leaseCatalog, type DueEvent, type LeaseEvent, type LeaseEventType } from '../lease/lease.events.js';

type Due = Pick<DueEvent, 'type' | 'dueAt'>;

/** One lease, as far as time changes it. */
export interface LeaseCourse {
  readonly leaseId: string;
  /** Not carried out yet, or not to its end. */
  readonly due: readonly Due[];
  /** Reservations for instances: what they are booted with goes with the lease. */
  readonly instances: readonly string[];
  readonly active: boolean;
  /** Nothing but the deletion goes on meanwhile. */
  readonly deleting: boolean;
  /** Timers that were implied before the last event. */
  readonly former: readonly string[];
}

/** A deletion that is under way. */
export interface LeaseDeletion {
  readonly leaseId: string;
  readonly deletingSince: number;
}

type Seen = { readonly event: { readonly type: string; readonly data: unknown } };

const of = (seen: Seen): LeaseEvent => seen.event as LeaseEvent;

/** A deletion is an instance of its own: also a lease that has ended, and is nobody's concern any more, may be deleted. */
function correlate(seen: Seen) {
  const event = of(seen);
  const { leaseId: key } = event.data;
  const deletion = deletionOf(key);
  switch (event.type) {
    case 'LeaseCreated':
      return [{ key, as: 'start' as const }];
    case 'LeaseEnded':
      return [{ key, as: 'stop' as const }];
    case 'LeaseDeleting':
      return [
        { key, as: 'continue' as const },
        { key: deletion, as: 'start' as const },
      ];
    case 'LeaseDeletionFailed':
      return [
        { key, as: 'continue' as const },
        { key: deletion, as: 'stop' as const },
      ];
    case 'LeaseDeleted':
      return [
        { key, as: 'stop' as const },
        { key: deletion, as: 'stop' as const },
      ];
    default:
      return [{ key, as: 'continue' as const }];
  }
}

const deletionOf = (leaseId: string): string => `${leaseId}/deletion`;

function evolve(
  course: LeaseCourse | LeaseDeletion | null,
  seen: Seen,
  key: string,
): LeaseCourse | LeaseDeletion | null {
  const event = of(seen);
  if (event.type === 'LeaseDeleting' && key === deletionOf(event.data.leaseId))
    return { leaseId: event.data.leaseId, deletingSince: event.data.at };
  if (event.type === 'LeaseCreated') {
    const { leaseId, reservations, events } = event.data;
    const instances = reservations.filter(({ means }) => means !== null).map(({ id }) => id);
    const nothing = { active: false, deleting: false, former: [] };
    return { leaseId, due: events.map(({ type, dueAt }) => ({ type, dueAt })), instances, ...nothing };
  }
  if (course === null || 'deletingSince' in course) return course;
  return { ...after(course, event), former: timersOf(course).map(({ id }) => id) };
}

function after(course: LeaseCourse, event: LeaseEvent): LeaseCourse {
  switch (event.type) {
    case 'LeaseUpdated': {
      const moved = event.data.events.map(({ type, dueAt }) => ({ type, dueAt }));
      return { ...without(course, ...moved.map(({ type }) => type)), due: merged(course.due, moved) };
    }
    case 'LeaseStarted':
      return { ...without(course, 'start_lease'), active: true };
    case 'LeaseEndAnnounced':
    case 'LeaseEndAnnouncementFailed':
    case 'LeaseEnding':
      return without(course, 'before_end_lease');
    case 'LeaseStartFailed':
      return without(course, 'start_lease', 'before_end_lease');
    case 'LeaseEndFailed':
      return { ...course, due: [], active: false };
    case 'LeaseDeleting':
      return { ...course, deleting: true };
    case 'LeaseDeletionFailed':
      return { ...without(course, 'start_lease', 'before_end_lease'), deleting: false, active: false };
    default:
      return course;
  }
}

function without(course: LeaseCourse, ...types: readonly LeaseEventType[]): LeaseCourse {
  return { ...course, due: course.due.filter(({ type }) => !types.includes(type)) };
}

function merged(due: readonly Due[], moved: readonly Due[]): readonly Due[] {
  return [...due.filter(({ type }) => !moved.some((its) => its.type === type)), ...moved];
}

const names: Readonly<Record<LeaseEventType, string>> = {
  start_lease: 'start',
  before_end_lease: 'before',
  end_lease: 'end',
};

function timer(leaseId: string, name: string, dueAt: number) {
  return { id: `lease.${leaseId}.${name}.${String(dueAt)}`, dueAt, kind: 'lease-due', payload: { leaseId } };
}

function timersOf({ leaseId, due, deleting }: LeaseCourse) {
  return deleting ? [] : due.map(({ type, dueAt }) => timer(leaseId, names[type], dueAt));
}

function react(course: LeaseCourse | LeaseDeletion | null, seen: Seen) {
  if (course === null) return [];
  const event = of(seen);
  if ('deletingSince' in course) return ofDeletion(course, event);
  const over = event.type === 'LeaseEnded' || event.type === 'LeaseDeleted';
  const implied = over ? [] : timersOf(course);
  const gone = course.former.filter((id) => !implied.some((each) => each.id === id));
  const fresh = implied.filter(({ id }) => !course.former.includes(id));
  const { leaseId, instances } = course;
  return [
    ...gone.map((timerId) => ({ kind: 'cancel' as const, timerId })),
    ...fresh.map((each) => ({ kind: 'schedule' as const, timer: each })),
    ...(course.active ? aligned(leaseId, event) : []),
    ...(over && instances.length > 0
      ? [{ kind: 'do' as const, name: 'remove-outfit', input: { reservationIds: instances } }]
      : []),
  ];
}

function ofDeletion({ leaseId, deletingSince }: LeaseDeletion, event: LeaseEvent) {
  const its = timer(leaseId, 'delete', deletingSince);
  return event.type === 'LeaseDeleting'
    ? [{ kind: 'schedule' as const, timer: its }]
    : [{ kind: 'cancel' as const, timerId: its.id }];
}

/** Hosts that come to a lease that has begun move in; one that failed is left. */
function aligned(leaseId: string, event: LeaseEvent) {
  const align = (left: { readonly reservationId: string; readonly hostId: string } | null) => [
    { kind: 'do' as const, name: 'align', input: { leaseId, left } },
  ];
  if (event.type === 'ReservationHealed') {
    const { reservationId, failedHostId: hostId } = event.data;
    return align({ reservationId, hostId });
  }
  return event.type === 'LeaseUpdated' && event.data.reservations.length > 0 ? align(null) : [];
}

/**
 * From a lease's creation until it has ended or is deleted: a timer for each of its events until that was carried out,
 * and for a deletion that is under way.
 */
export const leaseLifecycleSaga = {
  name: 'leaseLifecycle',
  version: 1,
  catalogs: [leaseCatalog],
  events: [
    'reservations/LeaseCreated',
    'reservations/LeaseUpdated',
    'reservations/LeaseStarted',
    'reservations/LeaseStartFailed',
    'reservations/LeaseEndAnnounced',
    'reservations/LeaseEndAnnouncementFailed',
    'reservations/LeaseEnding',
    'reservations/LeaseEnded',
    'reservations/LeaseEndFailed',
    'reservations/LeaseDeleting',
    'reservations/LeaseDeletionFailed',
    'reservations/LeaseDeleted',
    'reservations/ReservationHealed',
  ],
  correlate,
  initialState: (): LeaseCourse | LeaseDeletion | null => null,
  evolve,
  react,
  timers: (course: LeaseCourse | LeaseDeletion | null) => {
    if (course === null) return [];
    return 'deletingSince' in course ? [timer(course.leaseId, 'delete', course.deletingSince)] : timersOf(course);
  },
  /** Only a store that does not answer gets here. */
  onFailure: (_error: Error, attempt: number) => ({
    kind: 'retry' as const,
    afterMs: Math.min(60_000, 1000 * 2 ** Math.min(attempt - 1, 6)),
  }),
};
