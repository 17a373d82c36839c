import { accept, refuse, unreachable, type Decider, type Decision } from '#kernel';
import type { VmNameEvent } from './vm-name.events.js';
import { evolve, type VmNameState } from './vm-name.state.js';

/** What `vmName-<name>` decides on. Times in milliseconds. */
export type VmNameCommand =
  /** Again by the same machine: no event. Free is a name that nobody has, or whose last machine's record is forgotten by then. */
  | {
      readonly type: 'claim';
      readonly name: string;
      readonly pool: string;
      readonly vmId: string;
      readonly at: number;
    }
  /** The machine is destroyed. Again, or about a machine that does not have the name: no event, as with release. */
  | { readonly type: 'retire'; readonly vmId: string; readonly forgetAt: number; readonly at: number }
  | { readonly type: 'release'; readonly vmId: string; readonly at: number };

/** `name`, `pool`, `vmId`: who has it. */
export type VmNameRefusal = 'name-taken';

function decide(command: VmNameCommand, state: Readonly<VmNameState>): Decision<VmNameEvent, VmNameRefusal> {
  const { owner } = state;
  switch (command.type) {
    case 'claim': {
      const { name, pool, vmId, at } = command;
      if (owner !== undefined && (owner.forgetAt === null || owner.forgetAt > at)) {
        const claimedBefore = owner.vmId === vmId && owner.pool === pool && owner.forgetAt === null;
        return claimedBefore ? accept() : refuse('name-taken', { name, pool: owner.pool, vmId: owner.vmId });
      }
      const generation = state.generation + 1;
      return accept({ type: 'VmNameClaimed', data: { name, pool, vmId, generation, at } });
    }
    case 'retire': {
      const { vmId, forgetAt, at } = command;
      if (owner?.vmId !== vmId || owner.forgetAt !== null) return accept();
      return accept({ type: 'VmNameRetired', data: { name: owner.name, vmId, forgetAt, at } });
    }
    case 'release': {
      const { vmId, at } = command;
      if (owner?.vmId !== vmId) return accept();
      return accept({ type: 'VmNameReleased', data: { name: owner.name, vmId, at } });
    }
    default:
      return unreachable(command);
  }
}

export const vmNameDecider: Decider<VmNameState, VmNameCommand, VmNameEvent, VmNameRefusal> = {
  initialState: () => ({ generation: 0, owner: undefined }),
  decide,
  evolve,
};
