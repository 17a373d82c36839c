import type { Guest } from './hypervisor.events.js';
import type { HypervisorState } from './hypervisor.state.js';

/** Why a hypervisor may not or cannot take a guest. */
export type PlacementObstacle = 'vanished' | 'reservable' | 'disabled' | 'forced-down' | 'down' | 'no-room';

/**
 * The first thing that keeps the guest away, undefined: nothing does. Whatever a host may be for or lack is told here
 * (C4). Room is what all guests leave over, whoever made them; nothing is promised twice.
 */
export function obstacleTo(guest: Guest, state: Readonly<HypervisorState>): PlacementObstacle | undefined {
  if (state === undefined || state.vanished) return 'vanished';
  if (state.partition !== null) return 'reservable';
  if (!state.enabled) return 'disabled';
  if (state.forcedDown) return 'forced-down';
  if (!state.alive) return 'down';
  const { resources, used } = state;
  const fits =
    used.vcpus + guest.vcpus <= resources.vcpus &&
    used.memoryMb + guest.memoryMb <= resources.memoryMb &&
    used.diskGb + guest.diskGb <= resources.localGb;
  return fits ? undefined : 'no-room';
}

/** A host that reservations have claimed takes nobody else's guest, not even one that is there already (C4). */
export function reservedFor(state: Readonly<HypervisorState>): 'reservable' | undefined {
  return state?.partition == null ? undefined : 'reservable';
}

export interface Prospect {
  /** The guest is there already, or was lately. */
  readonly knows: boolean;
  readonly obstacle: PlacementObstacle | undefined;
  readonly freeVcpus: number;
}

/** What a hypervisor offers a guest, before anything is claimed. */
export function prospectOf(guest: Guest, state: Readonly<HypervisorState>): Prospect {
  return {
    knows: state !== undefined && (state.guests.has(guest.uuid) || state.removed.has(guest.uuid)),
    obstacle: obstacleTo(guest, state),
    freeVcpus: state === undefined ? 0 : state.resources.vcpus - state.used.vcpus,
  };
}
