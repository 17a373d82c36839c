import { unreachable } from '#kernel';
import type { VmNameEvent } from './vm-name.events.js';

/** Who has a name. */
export interface VmNameOwner {
  readonly name: string;
  readonly pool: string;
  readonly vmId: string;
  /** How often the name was claimed. */
  readonly generation: number;
  /** Of a destroyed machine: when its record is forgotten. Null: the machine is there. */
  readonly forgetAt: number | null;
}

export interface VmNameState {
  readonly generation: number;
  readonly owner: VmNameOwner | undefined;
}

export function evolve(state: VmNameState, event: VmNameEvent): VmNameState {
  switch (event.type) {
    case 'VmNameClaimed': {
      const { name, pool, vmId, generation } = event.data;
      return { generation, owner: { name, pool, vmId, generation, forgetAt: null } };
    }
    case 'VmNameRetired':
      if (state.owner === undefined) throw new Error(`${event.data.name} was retired without an owner`);
      return { ...state, owner: { ...state.owner, forgetAt: event.data.forgetAt } };
    case 'VmNameReleased':
      return { ...state, owner: undefined };
    default:
      return unreachable(event);
  }
}

/** Also of a machine that is destroyed, until its record is forgotten: compare `forgetAt` with the time. */
export function ownerOf({ owner }: Readonly<VmNameState>): VmNameOwner | undefined {
  return owner === undefined ? undefined : { ...owner };
}
