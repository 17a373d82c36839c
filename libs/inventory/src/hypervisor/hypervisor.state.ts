import { unreachable } from '#kernel';
import type { ServiceRef } from '../hypervisor-registry/hypervisor-registry.events.js';
import type {
  Guest,
  GuestOwner,
  GuestSums,
  HostTaken,
  HostVacated,
  HypervisorClaimed,
  HypervisorClaimEnded,
  HypervisorEvent,
  Resources,
} from './hypervisor.events.js';

/** `owner` null: found by a listing, which also tells when it changes and when it is gone. */
export interface KnownGuest extends Guest {
  readonly owner: GuestOwner | null;
}

export interface Hypervisor {
  readonly uuid: string;
  readonly number: number;
  readonly provider: string;
  readonly nativeId: string;
  hypervisorHostname: string;
  service: ServiceRef;
  enabled: boolean;
  disabledReason: string | null;
  forcedDown: boolean;
  alive: boolean;
  vanished: boolean;
  resources: Resources;
  /** By uuid, in order of appearance (C4). */
  readonly guests: Map<string, KnownGuest>;
  /** Of all guests. */
  used: GuestSums;
  /** Of those that are owned. */
  placed: GuestSums;
  /**
   * Lately removed by their owners: when, by uuid, in that order. A listing that was begun before still has them, and
   * is not believed.
   */
  readonly removed: Map<string, number>;
  /** The calendar that claimed it for reservations (C4); null: free, or for pools. */
  partition: string | null;
  /** The reservation that is on it (C5). */
  takenBy: Occupant | null;
  /** The last one given (C7); 0: none yet. It only ever rises. */
  fencingToken: number;
}

export interface Occupant {
  readonly leaseId: string;
  readonly reservationId: string;
  readonly fencingToken: number;
}

/** Undefined until it is registered. */
export type HypervisorState = Hypervisor | undefined;

export function evolve(state: HypervisorState, event: HypervisorEvent): HypervisorState {
  if (event.type === 'HypervisorRegistered') {
    const { at: _at, ...facts } = event.data;
    const idle = { partition: null, takenBy: null, fencingToken: 0 };
    return { ...facts, vanished: false, guests: new Map(), used: none, placed: none, removed: new Map(), ...idle };
  }
  if (state === undefined) throw new Error(`${event.type} before the hypervisor was registered`);
  change(state, event);
  return state;
}

function change(state: Hypervisor, event: Exclude<HypervisorEvent, { type: 'HypervisorRegistered' }>): void {
  switch (event.type) {
    case 'HypervisorRenamed':
      state.hypervisorHostname = event.data.hypervisorHostname;
      state.service = event.data.service;
      return;
    case 'ResourcesReported':
      state.resources = event.data.resources;
      return;
    case 'GuestFound':
    case 'GuestChanged':
      put(state, { ...event.data.guest, owner: null });
      return;
    case 'GuestGone':
      take(state, event.data.guestUuid);
      if (event.data.destroyed === true) remember(state.removed, event.data.guestUuid, event.data.at);
      return;
    case 'GuestPlaced': {
      const { guest, owner } = event.data;
      put(state, { ...guest, owner });
      state.removed.delete(guest.uuid);
      return;
    }
    case 'GuestRemoved':
      take(state, event.data.guestUuid);
      remember(state.removed, event.data.guestUuid, event.data.at);
      return;
    case 'HypervisorWentDown':
    case 'HypervisorCameUp':
      state.alive = event.type === 'HypervisorCameUp';
      return;
    case 'ServiceDisabled':
    case 'ServiceEnabled':
      state.enabled = event.type === 'ServiceEnabled';
      state.disabledReason = event.type === 'ServiceEnabled' ? null : event.data.reason;
      return;
    case 'ServiceForcedDown':
    case 'ForcedDownLifted':
      state.forcedDown = event.type === 'ServiceForcedDown';
      return;
    case 'HypervisorVanished':
    case 'HypervisorReturned':
      state.vanished = event.type === 'HypervisorVanished';
      return;
    case 'HypervisorClaimed':
    case 'HypervisorClaimEnded':
    case 'HostTaken':
    case 'HostVacated':
      changeUse(state, event);
      return;
    case 'GuestDestructionRequested':
    case 'GuestImagingRequested':
    case 'GuestImaged':
    case 'ImageCached':
    case 'ImageCachingFailed':
      return;
    default:
      unreachable(event);
  }
}

type UseEvent = HypervisorClaimed | HypervisorClaimEnded | HostTaken | HostVacated;

function changeUse(state: Hypervisor, event: UseEvent): void {
  switch (event.type) {
    case 'HypervisorClaimed':
      state.partition = event.data.partition;
      return;
    case 'HypervisorClaimEnded':
      state.partition = null;
      return;
    case 'HostTaken': {
      const { leaseId, reservationId, fencingToken } = event.data;
      state.takenBy = { leaseId, reservationId, fencingToken };
      state.fencingToken = fencingToken;
      return;
    }
    case 'HostVacated':
      state.takenBy = null;
      return;
    default:
      unreachable(event);
  }
}

const none: GuestSums = { guests: 0, vcpus: 0, memoryMb: 0, diskGb: 0 };

/** With one guest more. */
export function plus(sums: GuestSums, guest: Guest): GuestSums {
  return sum(sums, guest, 1);
}

/** With one guest less. */
export function minus(sums: GuestSums, guest: Guest): GuestSums {
  return sum(sums, guest, -1);
}

function sum(sums: GuestSums, { vcpus, memoryMb, diskGb }: Guest, times: 1 | -1): GuestSums {
  return {
    guests: sums.guests + times,
    vcpus: sums.vcpus + times * vcpus,
    memoryMb: sums.memoryMb + times * memoryMb,
    diskGb: sums.diskGb + times * diskGb,
  };
}

/** In its old place if it is known. */
function put(state: Hypervisor, guest: KnownGuest): void {
  uncount(state, state.guests.get(guest.uuid));
  state.guests.set(guest.uuid, guest);
  state.used = plus(state.used, guest);
  if (guest.owner !== null) state.placed = plus(state.placed, guest);
}

function take(state: Hypervisor, uuid: string): void {
  uncount(state, state.guests.get(uuid));
  state.guests.delete(uuid);
}

function uncount(state: Hypervisor, guest: KnownGuest | undefined): void {
  if (guest === undefined) return;
  state.used = minus(state.used, guest);
  if (guest.owner !== null) state.placed = minus(state.placed, guest);
}

/** Longer than a listing takes, by the time of events. Milliseconds. */
const rememberedForMs = 600_000;
const mostRemembered = 10_000;

function remember(removed: Map<string, number>, uuid: string, at: number): void {
  removed.delete(uuid);
  removed.set(uuid, at);
  for (const [oldest, since] of removed) {
    if (since >= at - rememberedForMs && removed.size <= mostRemembered) return;
    removed.delete(oldest);
  }
}

export function wasRemovedLately(state: Readonly<Hypervisor>, uuid: string, at: number): boolean {
  const since = state.removed.get(uuid);
  return since !== undefined && since >= at - rememberedForMs;
}

export type StoredHypervisor = Omit<Hypervisor, 'guests' | 'used' | 'placed' | 'removed'> & {
  readonly guests: readonly KnownGuest[];
  readonly removed: readonly (readonly [uuid: string, at: number])[];
};

export function writeSnapshot(state: Readonly<HypervisorState>): StoredHypervisor | null {
  if (state === undefined) return null;
  const { used: _used, placed: _placed, ...lasting } = state;
  return { ...lasting, guests: [...state.guests.values()], removed: [...state.removed] };
}

export function readSnapshot(stored: StoredHypervisor | null): HypervisorState {
  if (stored === null) return undefined;
  const { guests, removed, ...lasting } = stored;
  const state: Hypervisor = { ...lasting, guests: new Map(), used: none, placed: none, removed: new Map(removed) };
  for (const guest of guests) put(state, guest);
  return state;
}
