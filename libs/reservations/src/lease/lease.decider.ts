import { accept, refuse, unreachable, type Decision, type Refused } from '#kernel';
import { isBusy, mayGo } from './lease-status.policy.js';
import type { LeaseCommand, LeaseRefusal } from './lease.commands.js';
import type { LeaseEvent, LeaseEventType, ReservationTerms } from './lease.events.js';
import { eventOf, type EventStatus, type LeaseEventFacts, type LeaseFacts } from './lease.facts.state.js';
import type { LeaseState } from './lease.state.js';

type Decided = Decision<LeaseEvent, LeaseRefusal>;
type Of<Type extends LeaseCommand['type']> = Extract<LeaseCommand, { type: Type }>;

export function decide(command: LeaseCommand, state: Readonly<LeaseState>): Decided {
  switch (command.type) {
    case 'create':
      return create(command, state);
    case 'refuse':
    case 'abandon-change':
      return abandon(command, state);
    case 'update':
    case 'heal':
      return change(command, state);
    case 'complete-deletion':
      if (state.everCreated && state.facts === undefined) return accept();
      break;
    default:
  }
  if (state.facts === undefined) return refuse('lease-unknown');
  return live(command, state.facts, state.heldIn);
}

function create(command: Of<'create'>, state: Readonly<LeaseState>): Decided {
  const { type: _type, ...data } = command;
  const decided = decidedBefore(command.attempt, state);
  if (decided !== undefined) return decided;
  if (state.everCreated) return refuse('lease-exists', { leaseId: command.leaseId });
  return accept({ type: 'LeaseCreated', data });
}

/** Accepted without events where the attempt was committed, refused where it was abandoned. */
function decidedBefore(attempt: string, { attempts }: Readonly<LeaseState>): Decided | undefined {
  const decision = attempts.get(attempt)?.decision;
  if (decision === undefined) return undefined;
  return decision === 'committed' ? accept() : refuse('attempt-abandoned', { attempt });
}

/** Also of a lease that is deleted meanwhile: others wait for the decision. */
function abandon(command: Of<'refuse'> | Of<'abandon-change'>, { attempts }: Readonly<LeaseState>): Decided {
  const { attempt } = command;
  const decision = attempts.get(attempt)?.decision;
  if (decision === 'committed') return refuse('attempt-committed', { attempt });
  if (decision === 'abandoned') return accept();
  if (command.type === 'refuse') {
    const { type: _type, ...data } = command;
    return accept({ type: 'LeaseRefused', data });
  }
  const { type: _type, ...data } = command;
  return accept({ type: 'LeaseChangeAbandoned', data });
}

function change(command: Of<'update'> | Of<'heal'>, state: Readonly<LeaseState>): Decided {
  const { leaseId } = command;
  const decided = decidedBefore(command.attempt, state);
  if (decided !== undefined) return decided;
  if (state.facts === undefined) return refuse('lease-unknown', { leaseId });
  if (!mayGo(state.facts.status, 'UPDATING')) return invalid(state.facts);
  if (state.version !== command.version) return refuse('lease-changed', { leaseId, version: state.version });
  return command.type === 'update' ? update(command, state.facts) : heal(command, state.facts);
}

function update({ type: _type, version: _version, ...data }: Of<'update'>, lease: LeaseFacts): Decided {
  if (isBusy(lease)) return invalid(lease);
  const renamesOnly =
    data.startsAt === undefined &&
    data.endsAt === undefined &&
    data.reservations.length === 0 &&
    data.events.length === 0;
  if (!renamesOnly && !endIsOpen(lease)) return invalid(lease);
  // Those that are over stay over; before_end_lease alone can be due again.
  const moved = data.events.some(
    ({ type }) => type !== 'before_end_lease' && eventOf(lease, type)?.status !== 'UNDONE',
  );
  return moved ? invalid(lease) : accept({ type: 'LeaseUpdated', data });
}

function heal({ type: _type, version: _version, ...data }: Of<'heal'>, lease: LeaseFacts): Decided {
  const status = lease.reservations.find(({ id }) => id === data.reservationId)?.status;
  const isAlive = status === 'pending' || status === 'active';
  return isAlive ? accept({ type: 'ReservationHealed', data }) : invalid(lease);
}

function live(
  command: Exclude<LeaseCommand, Of<'create' | 'refuse' | 'update' | 'abandon-change' | 'heal'>>,
  lease: LeaseFacts,
  heldIn: readonly string[],
): Decided {
  const { id: leaseId } = lease;
  const { at } = command;
  const done = { leaseId, at };
  const ids = lease.reservations.map(({ id }) => id);
  switch (command.type) {
    case 'begin-start': {
      const nothing: LeaseEvent = { type: 'LeaseStarted', data: { ...done, aggregates: [] } };
      const next: LeaseEvent = wantsHosts(lease) ? { type: 'LeaseStarting', data: done } : nothing;
      return mayGo(lease.status, 'STARTING') || lease.status === 'STARTING'
        ? begin(lease, 'start_lease', at, next)
        : invalid(lease);
    }
    case 'complete-start':
      return conclude(lease, 'start_lease', 'DONE', {
        type: 'LeaseStarted',
        data: { ...done, aggregates: command.aggregates },
      });
    case 'fail-start':
      // All is put back, so nothing of the lease can be used: each of its reservations is in error.
      return conclude(lease, 'start_lease', 'ERROR', {
        type: 'LeaseStartFailed',
        data: { ...done, reservationIds: ids, reason: command.reason },
      });
    case 'begin-announcement': {
      const nothing: LeaseEvent = { type: 'LeaseEndAnnounced', data: { ...done, images: [] } };
      const next: LeaseEvent = mayHaveActions(lease) ? { type: 'LeaseEndAnnouncing', data: done } : nothing;
      return lease.status === 'ACTIVE' ? begin(lease, 'before_end_lease', at, next) : invalid(lease);
    }
    case 'complete-announcement':
      return conclude(lease, 'before_end_lease', 'DONE', {
        type: 'LeaseEndAnnounced',
        data: { ...done, images: command.images },
      });
    case 'fail-announcement':
      return conclude(lease, 'before_end_lease', 'ERROR', {
        type: 'LeaseEndAnnouncementFailed',
        data: { ...done, reason: command.reason },
      });
    case 'begin-end': {
      const mayEnd = mayGo(lease.status, 'TERMINATING') || lease.status === 'TERMINATING';
      if (!mayEnd || isIn(lease, 'before_end_lease', 'IN_PROGRESS')) return invalid(lease);
      const nothing: LeaseEvent = { type: 'LeaseEnded', data: { ...done, heldIn } };
      return begin(lease, 'end_lease', at, wantsHosts(lease) ? { type: 'LeaseEnding', data: done } : nothing);
    }
    case 'complete-end':
      return conclude(lease, 'end_lease', 'DONE', { type: 'LeaseEnded', data: { ...done, heldIn } });
    case 'fail-end': {
      const reservationIds = ids.filter((id) => command.reservationIds.includes(id));
      const data = { ...done, heldIn, reservationIds, reason: command.reason };
      return conclude(lease, 'end_lease', 'ERROR', { type: 'LeaseEndFailed', data });
    }
    case 'begin-deletion': {
      if (lease.status === 'DELETING') return accept();
      if (!mayGo(lease.status, 'DELETING') || isBusy(lease)) return invalid(lease);
      const untouched = lease.status === 'PENDING' || lease.status === 'TERMINATED' || !wantsHosts(lease);
      return untouched
        ? accept({ type: 'LeaseDeleted', data: { ...done, heldIn, reservationIds: ids } })
        : accept({ type: 'LeaseDeleting', data: done });
    }
    case 'complete-deletion':
      return lease.status === 'DELETING'
        ? accept({ type: 'LeaseDeleted', data: { ...done, heldIn, reservationIds: ids } })
        : invalid(lease);
    case 'fail-deletion': {
      const reservationIds = ids.filter((id) => command.reservationIds.includes(id));
      return lease.status === 'DELETING'
        ? accept({ type: 'LeaseDeletionFailed', data: { ...done, reservationIds, reason: command.reason } })
        : invalid(lease);
    }
    default:
      return unreachable(command);
  }
}

/** In progress already: whoever asks may go on with it. */
function begin(lease: LeaseFacts, type: LeaseEventType, at: number, next: LeaseEvent): Decided {
  const event = eventOf(lease, type);
  if (event?.status === 'IN_PROGRESS') return accept();
  if (event?.status !== 'UNDONE') return invalid(lease);
  return event.dueAt > at ? notDue(lease, event) : accept(next);
}

function conclude(lease: LeaseFacts, type: LeaseEventType, as: EventStatus, next: LeaseEvent): Decided {
  if (isIn(lease, type, as)) return accept();
  return isIn(lease, type, 'IN_PROGRESS') ? accept(next) : invalid(lease);
}

function isIn(lease: LeaseFacts, type: LeaseEventType, status: EventStatus): boolean {
  return eventOf(lease, type)?.status === status;
}

function endIsOpen(lease: LeaseFacts): boolean {
  return isIn(lease, 'end_lease', 'UNDONE');
}

/** Addresses want nothing done: they are the lease's by being allocated. */
function wantsHosts(lease: LeaseFacts): boolean {
  return lease.reservations.some(({ terms }) => terms.resourceType !== 'virtual:floatingip');
}

function mayHaveActions(lease: LeaseFacts): boolean {
  const actions = ({ terms }: { readonly terms: ReservationTerms }) =>
    terms.resourceType === 'physical:host' && terms.beforeEnd !== '';
  return lease.reservations.some(actions);
}

function invalid({ id, status }: LeaseFacts): Refused<LeaseRefusal> {
  return refuse('lease-status-invalid', { leaseId: id, status });
}

function notDue({ id }: LeaseFacts, { dueAt }: LeaseEventFacts): Refused<LeaseRefusal> {
  return refuse('not-due', { leaseId: id, dueAt });
}
