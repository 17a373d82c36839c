import { accept, refuse, unreachable, type Decision, type Facts, type Refused } from '#kernel';
import { selectAddresses } from './address-selection.policy.js';
import type { FloatingIpsCommand } from './floating-ips.commands.js';
import type { FloatingIpsEvent, HeldAddresses } from './floating-ips.events.js';
import { addressKey, type AddressHold, type FloatingIps } from './floating-ips.state.js';

/** The first four are the door's; the others are settled before anybody is answered. */
export type FloatingIpsRefusal =
  | 'floating-ip-exists' // address
  | 'floating-ip-unknown' // id
  | 'floating-ip-reserved' // id
  | 'not-enough-floating-ips' // reservationId
  /** What is undecided is in the way: resolve it, or wait for it, and ask again (C11). */
  | 'held-by-others' // reservationId or id, holds: {attempt, decidedBy, deadline, leaseId}[]
  | 'attempt-decided'; // attempt: it was confirmed or released, so it cannot hold again (C12)

type Decided = Decision<FloatingIpsEvent, FloatingIpsRefusal>;
type Of<Type extends FloatingIpsCommand['type']> = Extract<FloatingIpsCommand, { type: Type }>;

export function decide(command: FloatingIpsCommand, state: Readonly<FloatingIps>): Decided {
  switch (command.type) {
    case 'add':
      return add(command, state);
    case 'remove':
      return remove(command, state);
    case 'hold':
      return hold(command, state);
    case 'confirm-hold': {
      const { attempt, at } = command;
      if (!state.holds.has(attempt)) return accept();
      return accept<FloatingIpsEvent>({ type: 'AddressHoldConfirmed', data: { attempt, at } });
    }
    case 'release-hold': {
      const { attempt, at } = command;
      if (!state.holds.has(attempt)) return accept();
      return accept<FloatingIpsEvent>({ type: 'AddressHoldReleased', data: { attempt, at } });
    }
    case 'release': {
      const { leaseId, at } = command;
      const reservationIds = command.reservationIds.filter(
        (id) => state.allocations.has(id) || state.attemptsFor.has(id),
      );
      if (reservationIds.length === 0) return accept();
      return accept<FloatingIpsEvent>(
        ...holdsOfNoOthers(state, reservationIds).map((attempt): FloatingIpsEvent => ({
          type: 'AddressHoldReleased',
          data: { attempt, at },
        })),
        { type: 'AddressesReleased', data: { leaseId, reservationIds, at } },
      );
    }
    default:
      return unreachable(command);
  }
}

function add({ id, networkId, subnetId, address, at }: Of<'add'>, state: Readonly<FloatingIps>): Decided {
  if (state.idByAddress.has(addressKey(subnetId, address))) return refuse('floating-ip-exists', { address });
  return accept({ type: 'FloatingIpAdded', data: { id, networkId, subnetId, address, at } });
}

function remove({ id, at }: Of<'remove'>, state: Readonly<FloatingIps>): Decided {
  const ip = state.ips.get(id);
  if (ip === undefined) return refuse('floating-ip-unknown', { id });
  if (ip.bookings.some(({ attempt }) => attempt === null)) return refuse('floating-ip-reserved', { id });
  const holds = new Set(ip.bookings.flatMap(({ attempt }) => state.holds.get(attempt ?? '') ?? []));
  if (holds.size > 0) return heldByOthers({ id }, [...holds]);
  return accept({ type: 'FloatingIpRemoved', data: { id, at } });
}

/** A repeat finds what it holds; what was decided stays decided (C12). */
function hold(command: Of<'hold'>, state: Readonly<FloatingIps>): Decided {
  const { attempt, decidedBy, deadline, leaseId, wishes, at } = command;
  if (state.holds.has(attempt)) return accept();
  if (state.decidedAttempts.has(attempt)) return refuse('attempt-decided', { attempt });
  const reservations: HeldAddresses[] = [];
  for (const wish of wishes) {
    const { reservationId, window } = wish;
    const selection = selectAddresses(state, wish, reservations);
    if (selection.kind === 'short') {
      const { waitFor } = selection;
      return waitFor.length > 0
        ? heldByOthers({ reservationId }, waitFor)
        : refuse('not-enough-floating-ips', { reservationId });
    }
    reservations.push({ reservationId, window, floatingIpIds: selection.floatingIpIds });
  }
  if (reservations.length === 0) return accept();
  return accept({ type: 'AddressesHeld', data: { attempt, decidedBy, deadline, leaseId, reservations, at } });
}

/** Released with their reservations, so that whoever watches such a hold knows. */
function holdsOfNoOthers({ holds, attemptsFor }: Readonly<FloatingIps>, reservationIds: readonly string[]): string[] {
  const attempts = new Set(reservationIds.flatMap((id) => [...(attemptsFor.get(id) ?? [])]));
  return [...attempts].filter((attempt) =>
    (holds.get(attempt)?.reservations ?? []).every(({ reservationId }) => reservationIds.includes(reservationId)),
  );
}

function heldByOthers(facts: Facts, holds: readonly AddressHold[]): Refused<FloatingIpsRefusal> {
  const all = holds.map(({ attempt, decidedBy, deadline, leaseId }) => ({ attempt, decidedBy, deadline, leaseId }));
  return refuse('held-by-others', { ...facts, holds: all });
}
