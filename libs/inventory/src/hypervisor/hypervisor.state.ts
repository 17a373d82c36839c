import { unreachable } from '#kernel';
import type { ServiceRef } from '../hypervisor-registry/hypervisor-registry.events.js';
import type { Guest, HypervisorEvent, Resources } from './hypervisor.events.js';

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
  /** By uuid, in order of appearance: what is used derives from them (C4). */
  readonly guests: Map<string, Guest>;
}

/** Undefined until it is registered. */
export type HypervisorState = Hypervisor | undefined;

export function evolve(state: HypervisorState, event: HypervisorEvent): HypervisorState {
  if (event.type === 'HypervisorRegistered') {
    const { at: _at, ...facts } = event.data;
    return { ...facts, vanished: false, guests: new Map() };
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
      state.guests.set(event.data.guest.uuid, event.data.guest);
      return;
    case 'GuestGone':
      state.guests.delete(event.data.guestUuid);
      return;
    case 'HypervisorWentDown':
    case 'HypervisorCameUp':
      state.alive = event.type === 'HypervisorCameUp';
      return;
    case 'ServiceDisabled':
      state.enabled = false;
      state.disabledReason = event.data.reason;
      return;
    case 'ServiceEnabled':
      state.enabled = true;
      state.disabledReason = null;
      return;
    case 'ServiceForcedDown':
    case 'ForcedDownLifted':
      state.forcedDown = event.type === 'ServiceForcedDown';
      return;
    case 'HypervisorVanished':
    case 'HypervisorReturned':
      state.vanished = event.type === 'HypervisorVanished';
      return;
    case 'ImageCached':
    case 'ImageCachingFailed':
      return;
    default:
      unreachable(event);
  }
}

export type StoredHypervisor = Omit<Hypervisor, 'guests'> & { readonly guests: readonly Guest[] };

export function writeSnapshot(state: Readonly<HypervisorState>): StoredHypervisor | null {
  return state === undefined ? null : { ...state, guests: [...state.guests.values()] };
}

export function readSnapshot(stored: StoredHypervisor | null): HypervisorState {
  if (stored === null) return undefined;
  return { ...stored, guests: new Map(stored.guests.map((guest) => [guest.uuid, guest])) };
}
