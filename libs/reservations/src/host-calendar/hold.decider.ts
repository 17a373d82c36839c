import { accept, refuse, type Refused } from '#kernel';
import type { HostCalendarRefusal, HostWish, PickedShares } from './host-calendar.commands.js';
import type { HeldReservation, HostCalendarEvent, HostShare } from './host-calendar.events.js';
import type { CalendarState } from './host-calendar.state.js';
import { capabilitiesOf } from './host-capacity.policy.js';
import type { Decided, Of } from './host.decider.js';
import { holdsNamed, offerOf, offersOf, requestOf } from './host-offers.policy.js';
import { keeps, spare, take, type Certainty, type Taken } from './host-selection.policy.js';
import { planOverPartitions } from './partition-plan.policy.js';
import { capabilitiesIn } from './requirements.policy.js';

type State = Readonly<CalendarState>;
type Shortage = Refused<HostCalendarRefusal>;

/** A repeat finds what it holds; what was decided stays decided (C12). A reservation is held for by one attempt at a time. */
export function hold(command: Of<'hold'>, state: State): Decided {
  const { attempt, decidedBy, deadline, leaseId, wishes, picked, cleaningMs, dice, at } = command;
  if (state.holds.has(attempt)) return accept();
  if (state.decidedAttempts.has(attempt)) return refuse('attempt-decided', { attempt });
  if (wishes.length === 0 && picked.length === 0) return accept();
  const shares = wishes.length === 0 ? [] : selected(state, wishes, cleaningMs, dice);
  if (isShortage(shares)) return shares;
  const all = [...shares, ...picked];
  const shortage = gone(state, picked, shares, cleaningMs);
  if (shortage !== undefined) return shortage;
  const { partition } = state;
  // Nothing but empty shares, where no host ever was: there is nothing to give back either.
  if (partition === null) return accept();
  const reservations = all.map(heldOf);
  return accept({
    type: 'HostsHeld',
    data: { partition, at, attempt, decidedBy, deadline, leaseId, reservations },
  });
}

function isShortage(outcome: readonly PickedShares[] | Shortage): outcome is Shortage {
  return 'kind' in outcome;
}

function selected(
  state: State,
  wishes: readonly HostWish[],
  cleaningMs: number,
  dice: number | null,
): readonly PickedShares[] | Shortage {
  const here = '';
  const plan = planOverPartitions(new Map([[here, offersOf(state, wishes, cleaningMs)]]), wishes, dice);
  if (plan.kind === 'short') return refuse(plan.code, plan.facts);
  return plan.picked.get(here) ?? [];
}

function heldOf({ reservationId, window, filter, traits, shares }: PickedShares): HeldReservation {
  const needs = shares.flatMap(({ slots }) => slots?.needs ?? []);
  const properties = [...new Set([...capabilitiesIn(filter), ...capabilitiesOf(needs, traits ?? [])])];
  return { reservationId, window, properties, shares };
}

/** Whether anything that was picked is not free. */
function gone(
  state: State,
  picked: readonly PickedShares[],
  before: readonly PickedShares[],
  cleaningMs: number,
): Shortage | undefined {
  const inTheWay = new Set<string>();
  const lacking = (certainty: Certainty): string | undefined => {
    const taken: Taken = new Map();
    for (const share of before.flatMap(({ shares }) => shares)) take(taken, share);
    return picked.find((each) => !isFree(state, each, cleaningMs, taken, certainty, inTheWay))?.reservationId;
  };
  for (const { reservationId } of picked) {
    const attempt = state.holdOf.get(reservationId);
    if (attempt !== undefined) return refuse('held-by-others', { reservationId, holds: holdsNamed(state, [attempt]) });
  }
  const reservationId = lacking('now');
  if (reservationId === undefined) return undefined;
  const lackingThen = lacking('then');
  if (lackingThen !== undefined) return refuse('shares-gone', { reservationId: lackingThen });
  return refuse('held-by-others', { reservationId, holds: holdsNamed(state, inTheWay) });
}

function isFree(
  state: State,
  { reservationId, window, filter, traits, shares }: PickedShares,
  cleaningMs: number,
  taken: Taken,
  certainty: Certainty,
  inTheWay: Set<string>,
): boolean {
  return shares.every((share) => {
    const host = state.hosts.get(share.hostId);
    if (host === undefined) return false;
    const needs = share.slots?.needs ?? null;
    const request = requestOf(state, { reservationId, window, filter, needs, traits: traits ?? [] }, cleaningMs);
    const offer = offerOf(state, host, request, inTheWay);
    if (
      offer === undefined ||
      !isWithin(share, keeps(offer, needs, taken, certainty), spare(offer, needs, taken, certainty))
    ) {
      return false;
    }
    take(taken, share);
    return true;
  });
}

function isWithin({ slots }: HostShare, ...room: readonly number[]): boolean {
  return (slots?.count ?? 1) <= Math.max(...room);
}

export function confirmHold({ attempt, at }: Of<'confirm-hold'>, { partition, holds }: State): Decided {
  if (partition === null || !holds.has(attempt)) return accept();
  return accept({ type: 'HoldConfirmed', data: { partition, at, attempt } });
}

export function releaseHold({ attempt, at }: Of<'release-hold'>, { partition, holds }: State): Decided {
  if (partition === null || !holds.has(attempt)) return accept();
  return accept({ type: 'HoldReleased', data: { partition, at, attempt } });
}

/** A hold of nothing but these reservations is released with them, so that whoever watches it knows. */
export function releaseAllocations(command: Of<'release-allocations'>, state: State): Decided {
  const { leaseId, at } = command;
  const { partition } = state;
  const reservationIds = [...new Set(command.reservationIds)].filter((id) => leaseIdsOf(state, id).includes(leaseId));
  if (partition === null || reservationIds.length === 0) return accept();
  return accept<HostCalendarEvent>(
    ...holdsOfNoOthers(state, reservationIds).map((attempt): HostCalendarEvent => ({
      type: 'HoldReleased',
      data: { partition, at, attempt },
    })),
    { type: 'AllocationsReleased', data: { partition, at, leaseId, reservationIds } },
  );
}

function holdsOfNoOthers({ holds, holdOf }: State, reservationIds: readonly string[]): string[] {
  const attempts = new Set(reservationIds.flatMap((id) => holdOf.get(id) ?? []));
  return [...attempts].filter((attempt) =>
    [...(holds.get(attempt)?.reservations.keys() ?? [])].every((id) => reservationIds.includes(id)),
  );
}

function leaseIdsOf({ allocations, holds, holdOf }: State, reservationId: string): (string | undefined)[] {
  return [allocations.get(reservationId)?.leaseId, holds.get(holdOf.get(reservationId) ?? '')?.leaseId];
}
