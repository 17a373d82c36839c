import { accept, refuse, unreachable, type Decider } from '#kernel';
import { checkOut, confirmHold, hold, releaseHold } from './checkout.decider.js';
import {
  configure,
  overrideCloneTarget,
  overrideSize,
  overrideTemplate,
  reset,
  resetSize,
  resetTemplate,
  unconfigure,
} from './configuration.decider.js';
import type { Decided } from './decided.policy.js';
import { cancelOnDemand, queueOnDemand, settleOnDemand } from './on-demand.decider.js';
import { evolve } from './pool-evolution.state.js';
import type { PoolCommand, PoolRefusal } from './pool.commands.js';
import type { PoolEvent } from './pool.events.js';
import type { Pool, PoolState } from './pool.state.js';
import { discoverVm, noteCloned, noteCloneFailed, noteDestroyed, offer, requestVm, shed } from './supply.decider.js';
import { expire, modifyVm, noteTask, requestTask, retireVms, returnVm } from './vm.decider.js';

/** What concerns the pool as a whole is refused where there is none; what concerns its machines goes on after it left. */
function decide(command: PoolCommand, state: Readonly<PoolState>): Decided {
  switch (command.type) {
    case 'configure':
      return configure(command, state);
    case 'unconfigure':
      return unconfigure(command, state);
    case 'override-size':
      return overrideSize(command, state);
    case 'reset-size':
      return resetSize(command, state);
    case 'override-template':
      return overrideTemplate(command, state);
    case 'reset-template':
      return resetTemplate(command, state);
    case 'override-clone-target':
      return overrideCloneTarget(command, state);
    case 'reset':
      return reset(command, state);
    case 'check-out':
      return checkOut(command, state);
    case 'hold':
      return hold(command, state);
    case 'request-vm':
      return requestVm(command, state);
    case 'queue-on-demand':
      return queueOnDemand(command, state);
    default:
      return state === undefined ? withoutPool(command) : aboutMachines(command, state);
  }
}

type MachineCommand = Exclude<
  PoolCommand,
  {
    type:
      | 'configure'
      | 'unconfigure'
      | 'override-size'
      | 'reset-size'
      | 'override-template'
      | 'reset-template'
      | 'override-clone-target'
      | 'reset'
      | 'check-out'
      | 'hold'
      | 'request-vm'
      | 'queue-on-demand';
  }
>;

function withoutPool(command: MachineCommand): Decided {
  switch (command.type) {
    case 'return-vm':
    case 'modify-vm':
    case 'request-task':
      return refuse('vm-unknown', { name: command.name });
    default:
      return accept();
  }
}

function aboutMachines(command: MachineCommand, state: Readonly<Pool>): Decided {
  switch (command.type) {
    case 'confirm-hold':
      return confirmHold(command, state);
    case 'release-hold':
      return releaseHold(command, state);
    case 'note-cloned':
      return noteCloned(command, state);
    case 'note-clone-failed':
      return noteCloneFailed(command, state);
    case 'offer':
      return offer(command, state);
    case 'shed':
      return shed(command, state);
    case 'note-destroyed':
      return noteDestroyed(command, state);
    case 'discover-vm':
      return discoverVm(command, state);
    case 'return-vm':
      return returnVm(command, state);
    case 'modify-vm':
      return modifyVm(command, state);
    case 'request-task':
      return requestTask(command, state);
    case 'note-task':
      return noteTask(command, state);
    case 'expire':
      return expire(command, state);
    case 'retire-vms':
      return retireVms(command, state);
    case 'cancel-on-demand':
      return cancelOnDemand(command, state);
    case 'settle-on-demand':
      return settleOnDemand(command, state);
    default:
      return unreachable(command);
  }
}

export const poolDecider: Decider<PoolState, PoolCommand, PoolEvent, PoolRefusal> = {
  initialState: () => undefined,
  decide,
  evolve,
};
