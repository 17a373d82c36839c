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

/** What happens to a lease that is there. */
function live(
  command: Exclude<LeaseCommand, Of<'create' | 'refuse' | 'update' | 'abandon-change' | 'heal'>>,
  lease: LeaseFacts,
  heldIn: readonly string[],
): Decided {
  switch (command.type) {
    case 'begin-start':
    case 'complete-start':
    case 'fail-start':
      return start(command, lease);
    case 'begin-announcement':
    case 'complete-announcement':
    case 'fail-announcement':
      return announce(command, lease);
    case 'begin-end':
    case 'complete-end':
    case 'fail-end':
      return end(command, lease, heldIn);
    case 'begin-deletion':
    case 'complete-deletion':
    case 'fail-deletion':
      return remove(command, lease, heldIn);
    default:
      return unreachable(command);
  }
}

function start(command: Of<'begin-start' | 'complete-start' | 'fail-start'>, lease: LeaseFacts): Decided {
  const data = { leaseId: lease.id, at: command.at };
  switch (command.type) {
    case 'begin-start': {
      if (lease.status !== 'STARTING' && !mayGo(lease.status, 'STARTING')) return invalid(lease);
      const next: LeaseEvent = wantsHosts(lease)
        ? { type: 'LeaseStarting', data }
        : { type: 'LeaseStarted', data: { ...data, aggregates: [] } };
      return begin(lease, 'start_lease', command.at, next);
    }
    case 'complete-start': {
      const { aggregates } = command;
      return conclude(lease, 'start_lease', 'DONE', { type: 'LeaseStarted', data: { ...data, aggregates } });
    }
    case 'fail-start': {
      // All is put back, so that nothing of the lease can be used: each of its reservations is in error.
      const failed = { ...data, reservationIds: idsOf(lease), reason: command.reason };
      return conclude(lease, 'start_lease', 'ERROR', { type: 'LeaseStartFailed', data: failed });
    }
  }
}

function announce(
  command: Of<'begin-announcement' | 'complete-announcement' | 'fail-announcement'>,
  lease: LeaseFacts,
): Decided {
  const data = { leaseId: lease.id, at: command.at };
  switch (command.type) {
    case 'begin-announcement': {
      if (lease.status !== 'ACTIVE') return invalid(lease);
      const next: LeaseEvent = mayHaveActions(lease)
        ? { type: 'LeaseEndAnnouncing', data }
        : { type: 'LeaseEndAnnounced', data: { ...data, images: [] } };
      return begin(lease, 'before_end_lease', command.at, next);
    }
    case 'complete-announcement': {
      const { images } = command;
      return conclude(lease, 'before_end_lease', 'DONE', { type: 'LeaseEndAnnounced', data: { ...data, images } });
    }
    case 'fail-announcement': {
      const failed = { ...data, reason: command.reason };
      return conclude(lease, 'before_end_lease', 'ERROR', { type: 'LeaseEndAnnouncementFailed', data: failed });
    }
  }
}

function end(
  command: Of<'begin-end' | 'complete-end' | 'fail-end'>,
  lease: LeaseFacts,
  heldIn: readonly string[],
): Decided {
  const data = { leaseId: lease.id, at: command.at };
  const ended: LeaseEvent = { type: 'LeaseEnded', data: { ...data, heldIn } };
  switch (command.type) {
    case 'begin-end': {
      const mayEnd = lease.status === 'TERMINATING' || mayGo(lease.status, 'TERMINATING');
      if (!mayEnd || isIn(lease, 'before_end_lease', 'IN_PROGRESS')) return invalid(lease);
      return begin(lease, 'end_lease', command.at, wantsHosts(lease) ? { type: 'LeaseEnding', data } : ended);
    }
    case 'complete-end':
      return conclude(lease, 'end_lease', 'DONE', ended);
    case 'fail-end': {
      const failed = { ...data, heldIn, reservationIds: named(lease, command.reservationIds), reason: command.reason };
      return conclude(lease, 'end_lease', 'ERROR', { type: 'LeaseEndFailed', data: failed });
    }
  }
}

function remove(
  command: Of<'begin-deletion' | 'complete-deletion' | 'fail-deletion'>,
  lease: LeaseFacts,
  heldIn: readonly string[],
): Decided {
  const { status } = lease;
  const data = { leaseId: lease.id, at: command.at };
  const deleted: LeaseEvent = { type: 'LeaseDeleted', data: { ...data, heldIn, reservationIds: idsOf(lease) } };
  if (command.type === 'begin-deletion') {
    if (status === 'DELETING') return accept();
    if (!mayGo(status, 'DELETING') || isBusy(lease)) return invalid(lease);
    const isClean = status === 'PENDING' || status === 'TERMINATED' || !wantsHosts(lease);
    return accept(isClean ? deleted : { type: 'LeaseDeleting', data });
  }
  if (status !== 'DELETING') return invalid(lease);
  if (command.type === 'complete-deletion') return accept(deleted);
  const failed = { ...data, reservationIds: named(lease, command.reservationIds), reason: command.reason };
  return accept({ type: 'LeaseDeletionFailed', data: failed });
}

function idsOf(lease: LeaseFacts): readonly string[] {
  return lease.reservations.map(({ id }) => id);
}

function named(lease: LeaseFacts, ids: readonly string[]): readonly string[] {
  return idsOf(lease).filter((id) => ids.includes(id));
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
