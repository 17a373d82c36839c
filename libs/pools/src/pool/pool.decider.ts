import { accept, type Decider, type Decision } from '#kernel';
import { evolve } from './pool-evolution.state.js';
import type { PoolCommand, PoolRefusal } from './pool.commands.js';
import type { PoolEvent } from './pool.events.js';
import type { PoolState } from './pool.state.js';

function decide(_command: PoolCommand, _state: Readonly<PoolState>): Decision<PoolEvent, PoolRefusal> {
  return accept();
}

export const poolDecider: Decider<PoolState, PoolCommand, PoolEvent, PoolRefusal> = {
  initialState: () => undefined,
  decide,
  evolve,
};
