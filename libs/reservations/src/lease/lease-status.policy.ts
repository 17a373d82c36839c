import {
  eventOf,
  type EventStatus,
  type LeaseFacts,
  type LeaseStatus,
  type ReservationStatus,
} from './lease.facts.state.js';

/** Which status may follow which (contracts/blazar §8). */
const transitions: Readonly<Record<LeaseStatus, readonly LeaseStatus[]>> = {
  CREATING: ['PENDING', 'DELETING'],
  PENDING: ['STARTING', 'UPDATING', 'DELETING'],
  STARTING: ['ACTIVE', 'ERROR', 'DELETING'],
  ACTIVE: ['TERMINATING', 'UPDATING', 'DELETING'],
  TERMINATING: ['TERMINATED', 'ERROR', 'DELETING'],
  TERMINATED: ['UPDATING', 'DELETING'],
  ERROR: ['TERMINATING', 'UPDATING', 'DELETING'],
  UPDATING: ['PENDING', 'ACTIVE', 'TERMINATED', 'ERROR', 'DELETING'],
  DELETING: ['ERROR'],
};

interface Combination {
  readonly reservations: readonly ReservationStatus[];
  readonly start: readonly EventStatus[];
  readonly end: readonly EventStatus[];
}

const anyReservations: readonly ReservationStatus[] = ['pending', 'active', 'deleted', 'error'];
const idle: readonly EventStatus[] = ['UNDONE', 'DONE', 'ERROR'];

/**
 * What a lease of a status consists of (contracts/blazar §8). In ERROR, other than the contract says, a reservation may
 * be deleted: what could be undone of a lease that failed to end was undone; and such a lease ends at its time.
 */
const combinations: Readonly<Record<LeaseStatus, Combination>> = {
  CREATING: { reservations: ['pending'], start: ['UNDONE'], end: ['UNDONE'] },
  PENDING: { reservations: ['pending'], start: ['UNDONE'], end: ['UNDONE'] },
  STARTING: { reservations: ['pending', 'active', 'error'], start: ['IN_PROGRESS'], end: ['UNDONE'] },
  ACTIVE: { reservations: ['active'], start: ['DONE'], end: ['UNDONE'] },
  TERMINATING: { reservations: ['active', 'deleted', 'error'], start: ['DONE', 'ERROR'], end: ['IN_PROGRESS'] },
  TERMINATED: { reservations: ['deleted'], start: ['DONE'], end: ['DONE'] },
  UPDATING: { reservations: anyReservations, start: idle, end: idle },
  DELETING: { reservations: anyReservations, start: idle, end: idle },
  ERROR: { reservations: ['error', 'deleted'], start: ['DONE', 'ERROR'], end: ['UNDONE', 'ERROR', 'DONE'] },
};

export function mayGo(from: LeaseStatus, to: LeaseStatus): boolean {
  return transitions[from].includes(to);
}

/** Would a lease with these reservations and events be valid in that status? */
export function isValidCombination(lease: LeaseFacts, status: LeaseStatus = lease.status): boolean {
  const { reservations, start, end } = combinations[status];
  return (
    lease.reservations.every((each) => reservations.includes(each.status)) &&
    start.includes(statusOf(lease, 'start_lease')) &&
    end.includes(statusOf(lease, 'end_lease'))
  );
}

/** While an event of it is carried out, that before the end included, a lease is neither changed nor deleted. */
export function isBusy(lease: LeaseFacts): boolean {
  const isAnnounced = eventOf(lease, 'before_end_lease')?.status === 'IN_PROGRESS';
  return isAnnounced || !isValidCombination(lease, 'UPDATING');
}

function statusOf(lease: LeaseFacts, type: 'start_lease' | 'end_lease'): EventStatus {
  return eventOf(lease, type)?.status ?? 'UNDONE';
}
