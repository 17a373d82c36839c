import { accept, refuse, unreachable, type Decision } from '#kernel';
import type { HypervisorCommand, HypervisorRefusal, ReservationUse } from './hypervisor.commands.js';
import type { HypervisorEvent } from './hypervisor.events.js';
import type { Hypervisor, HypervisorState } from './hypervisor.state.js';

type Decided = Decision<HypervisorEvent, HypervisorRefusal>;
type Of<Type extends ReservationUse['type']> = Extract<ReservationUse, { type: Type }>;

const uses: Readonly<Record<ReservationUse['type'], true>> = {
  claim: true,
  release: true,
  take: true,
  vacate: true,
  'note-intent': true,
  'note-destroyed': true,
  'note-guest-image': true,
};

export function isUse(command: HypervisorCommand): command is ReservationUse {
  return Object.hasOwn(uses, command.type);
}

/** What a host is for and who is on it (C4, C5, C7). Whatever is so already is accepted without an event. */
export function decideUse(command: ReservationUse, state: Readonly<HypervisorState>): Decided {
  switch (command.type) {
    case 'claim':
      return claim(command, state);
    case 'release':
      return release(command, state);
    case 'take':
      return take(command, state);
    case 'vacate':
      return vacate(command, state);
    case 'note-intent':
      return noteIntent(command, state);
    case 'note-destroyed':
      return state === undefined ? accept() : accept(...gone(state, command.guestUuids, command.at));
    case 'note-guest-image': {
      const { guestUuid, imageId, name, at } = command;
      if (state === undefined) return refuse('hypervisor-unknown');
      return accept({ type: 'GuestImaged', data: { uuid: state.uuid, guestUuid, imageId, name, at } });
    }
    default:
      return unreachable(command);
  }
}

function claim({ uuid, partition, running, at }: Of<'claim'>, state: Readonly<HypervisorState>): Decided {
  if (state === undefined || state.vanished) return refuse('hypervisor-unknown', { id: uuid });
  if (state.partition === partition) return accept();
  if (state.partition !== null) {
    const reservationId = state.takenBy?.reservationId ?? null;
    return refuse('host-taken', { uuid, reservationId, partition: state.partition });
  }
  const servers = [...new Set([...state.guests.keys(), ...(running ?? [])])];
  if (servers.length > 0) return refuse('host-has-guests', { uuid, servers });
  return accept<HypervisorEvent>({ type: 'HypervisorClaimed', data: { uuid, partition, at } });
}

function release({ uuid, at }: Of<'release'>, state: Readonly<HypervisorState>): Decided {
  if (state?.partition == null) return accept();
  if (state.takenBy !== null) return refuse('host-taken', { uuid, reservationId: state.takenBy.reservationId });
  // What has vanished binds nobody.
  if (state.guests.size > 0 && !state.vanished)
    return refuse('host-has-guests', { uuid, servers: [...state.guests.keys()] });
  return accept<HypervisorEvent>({ type: 'HypervisorClaimEnded', data: { uuid, at } });
}

function take({ uuid, leaseId, reservationId, at }: Of<'take'>, state: Readonly<HypervisorState>): Decided {
  if (state?.takenBy?.reservationId === reservationId) return accept();
  if (state?.partition == null || state.vanished) return refuse('host-not-reservable', { uuid });
  if (state.takenBy !== null) return refuse('host-taken', { uuid, reservationId: state.takenBy.reservationId });
  if (state.guests.size > 0) return refuse('host-taken', { uuid, reservationId: null });
  const fencingToken = state.fencingToken + 1;
  return accept<HypervisorEvent>({ type: 'HostTaken', data: { uuid, leaseId, reservationId, fencingToken, at } });
}

function vacate({ reservationId, gone: uuids, at }: Of<'vacate'>, state: Readonly<HypervisorState>): Decided {
  if (state?.takenBy?.reservationId !== reservationId) return accept();
  const { uuid, takenBy } = state;
  const known = uuids.filter((guestUuid) => state.guests.has(guestUuid));
  return accept<HypervisorEvent>(...gone(state, known, at), {
    type: 'HostVacated',
    data: { uuid, leaseId: takenBy.leaseId, reservationId, at },
  });
}

function noteIntent(command: Of<'note-intent'>, state: Readonly<HypervisorState>): Decided {
  if (state === undefined) return refuse('hypervisor-unknown');
  const { requestId, guestUuids, at } = command;
  if (guestUuids.length === 0) return accept();
  const data = { uuid: state.uuid, requestId, guestUuids, at };
  return command.intent === 'destroy'
    ? accept<HypervisorEvent>({ type: 'GuestDestructionRequested', data })
    : accept<HypervisorEvent>({ type: 'GuestImagingRequested', data });
}

/** Also of guests that nobody had found yet: a listing that was begun before must not bring them. Owned ones are their owner's. */
function gone(state: Readonly<Hypervisor>, guestUuids: readonly string[], at: number): HypervisorEvent[] {
  const { uuid } = state;
  return [...new Set(guestUuids)]
    .filter((guestUuid) => (state.guests.get(guestUuid)?.owner ?? null) === null)
    .map((guestUuid) => ({ type: 'GuestGone', data: { uuid, guestUuid, destroyed: true, at } }));
}
