import { accept, refuse, unreachable, type AggregateDefinition, type Decision } from '#kernel';
import type { HypervisorCommand, HypervisorRefusal, ServiceCondition } from './hypervisor.commands.js';
import { hypervisorCatalog, type HypervisorEvent } from './hypervisor.events.js';
import {
  evolve,
  minus,
  plus,
  readSnapshot,
  wasRemovedLately,
  writeSnapshot,
  type Hypervisor,
  type HypervisorState,
} from './hypervisor.state.js';
import { obstacleTo, reservedFor } from './placement.policy.js';
import { decideUse, isUse } from './reservation-use.policy.js';
import { sameValue } from './same-value.policy.js';

type Decided = Decision<HypervisorEvent, HypervisorRefusal>;
type Of<Type extends HypervisorCommand['type']> = Extract<HypervisorCommand, { type: Type }>;

/** Guests found, changed and gone in one command at most; the rest comes with the next listing. */
const maxGuestChanges = 2000;

function decide(command: HypervisorCommand, state: Readonly<HypervisorState>): Decided {
  if (command.type === 'register') return state === undefined ? register(command) : accept();
  if (command.type === 'place-guest') return placeGuest(command, state);
  if (command.type === 'remove-guest') return removeGuest(command, state);
  if (isUse(command)) return decideUse(command, state);
  if (state === undefined)
    return refuse('hypervisor-unknown', command.type === 'change-service' ? { id: command.id } : {});
  switch (command.type) {
    case 'observe':
      return observe(command, state);
    case 'note-heartbeat':
      return noteHeartbeat(command, state);
    case 'vanish':
      return state.vanished
        ? accept()
        : accept({ type: 'HypervisorVanished', data: { uuid: state.uuid, at: command.at } });
    case 'change-service':
      return changeService(command, state);
    case 'note-image': {
      const { imageId, requestId, failure, at } = command;
      const data = { uuid: state.uuid, imageId, requestId, at };
      return failure === null
        ? accept({ type: 'ImageCached', data })
        : accept({ type: 'ImageCachingFailed', data: { ...data, reason: failure } });
    }
    default:
      return unreachable(command);
  }
}

function register(command: Of<'register'>): Decided {
  const { type: _type, condition, guests, ...facts } = command;
  const { uuid, at } = command;
  return accept<HypervisorEvent>(
    { type: 'HypervisorRegistered', data: { ...facts, ...condition } },
    ...guests
      .slice(0, maxGuestChanges)
      .map((guest): HypervisorEvent => ({ type: 'GuestFound', data: { uuid, guest, at } })),
  );
}

/** Only what differs becomes an event. */
function observe(command: Of<'observe'>, state: Readonly<Hypervisor>): Decided {
  const { hypervisorHostname, service, resources, at } = command;
  const { uuid } = state;
  const events: HypervisorEvent[] = [];
  if (state.vanished) events.push({ type: 'HypervisorReturned', data: { uuid, at } });
  if (hypervisorHostname !== state.hypervisorHostname || service.uuid !== state.service.uuid) {
    events.push({ type: 'HypervisorRenamed', data: { uuid, hypervisorHostname, service, at } });
  }
  if (!sameValue(resources, state.resources)) events.push({ type: 'ResourcesReported', data: { uuid, resources, at } });
  return accept(...events, ...guestChanges(command, state).slice(0, maxGuestChanges));
}

function guestChanges({ guests, goneGuests, at }: Of<'observe'>, state: Readonly<Hypervisor>): HypervisorEvent[] {
  const { uuid } = state;
  const listed = new Set<string>();
  const events: HypervisorEvent[] = [];
  for (const guest of guests) {
    if (listed.has(guest.uuid)) continue;
    listed.add(guest.uuid);
    const known = state.guests.get(guest.uuid);
    if (known === undefined) {
      if (!wasRemovedLately(state, guest.uuid, at)) events.push({ type: 'GuestFound', data: { uuid, guest, at } });
    } else if (known.owner === null && !sameValue({ ...guest, owner: null }, known)) {
      events.push({ type: 'GuestChanged', data: { uuid, guest, at } });
    }
  }
  for (const guestUuid of new Set(goneGuests)) {
    if (listed.has(guestUuid) || state.guests.get(guestUuid)?.owner !== null) continue;
    events.push({ type: 'GuestGone', data: { uuid, guestUuid, at } });
  }
  return events;
}

function placeGuest({ guest, owner, at }: Of<'place-guest'>, state: Readonly<HypervisorState>): Decided {
  const known = state?.guests.get(guest.uuid);
  if (known !== undefined && known.owner !== null) return accept();
  // One that a listing found was there before its owner came: it has its room, but not on a host of reservations.
  const why = known === undefined ? obstacleTo(guest, state) : reservedFor(state);
  if (state === undefined || why !== undefined) return refuse('no-capacity', { why });
  const data = { uuid: state.uuid, guest, owner, placed: plus(state.placed, guest), at };
  return accept<HypervisorEvent>({ type: 'GuestPlaced', data });
}

function removeGuest({ guestUuid, at }: Of<'remove-guest'>, state: Readonly<HypervisorState>): Decided {
  const known = state?.guests.get(guestUuid);
  if (state === undefined || known === undefined) return accept();
  const placed = known.owner === null ? state.placed : minus(state.placed, known);
  return accept<HypervisorEvent>({ type: 'GuestRemoved', data: { uuid: state.uuid, guestUuid, placed, at } });
}

function noteHeartbeat({ alive, heartbeatAt, at }: Of<'note-heartbeat'>, state: Readonly<Hypervisor>): Decided {
  const { uuid } = state;
  if (state.vanished || alive === state.alive) return accept();
  if (!alive) return accept({ type: 'HypervisorWentDown', data: { uuid, heartbeatAt, at } });
  return accept({ type: 'HypervisorCameUp', data: { uuid, heartbeatAt: heartbeatAt ?? at, at } });
}

function changeService({ id, change, at }: Of<'change-service'>, state: Readonly<Hypervisor>): Decided {
  if (state.vanished) return refuse('hypervisor-unknown', { id });
  const data = { uuid: state.uuid, at };
  switch (change.kind) {
    case 'disable': {
      const { reason } = change;
      if (!state.enabled && state.disabledReason === reason) return refuse('service-already-so', { id });
      return accept({ type: 'ServiceDisabled', data: { ...data, reason } });
    }
    case 'enable':
      return state.enabled ? refuse('service-already-so', { id }) : accept({ type: 'ServiceEnabled', data });
    case 'force-down':
      return state.forcedDown ? refuse('service-already-so', { id }) : accept({ type: 'ServiceForcedDown', data });
    case 'lift-force-down':
      return state.forcedDown ? accept({ type: 'ForcedDownLifted', data }) : refuse('service-already-so', { id });
    default:
      return unreachable(change);
  }
}

/** Servers that bind the host to its zone; what has vanished binds nobody. */
export function serverCount(state: Readonly<HypervisorState>): number {
  return state === undefined || state.vanished ? 0 : state.guests.size;
}

export function conditionOf(state: Readonly<HypervisorState>): ServiceCondition | undefined {
  if (state === undefined) return undefined;
  const { enabled, disabledReason, forcedDown } = state;
  return { enabled, disabledReason, forcedDown };
}

export type { HypervisorCommand, HypervisorRefusal, ServiceCondition } from './hypervisor.commands.js';

export function hypervisorStream(uuid: string): string {
  return `hypervisor-${uuid}`;
}

export const hypervisor: AggregateDefinition<HypervisorState, HypervisorCommand, HypervisorEvent, HypervisorRefusal> = {
  name: 'hypervisor',
  decider: { initialState: () => undefined, decide, evolve },
  catalog: hypervisorCatalog,
  snapshot: { version: 3, everyEvents: 500, write: writeSnapshot, read: readSnapshot },
};
