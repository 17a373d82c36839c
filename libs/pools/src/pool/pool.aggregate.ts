import type { AggregateDefinition } from '#kernel';
import type { PoolCommand, PoolRefusal } from './pool.commands.js';
import { poolDecider } from './pool.decider.js';
import { poolCatalog, type PoolEvent } from './pool.events.js';
import { poolSnapshot } from './pool.snapshot.js';
import type { PoolState } from './pool.state.js';

export const poolStream = (name: string): string => `pool-${name}`;

export const pool: AggregateDefinition<PoolState, PoolCommand, PoolEvent, PoolRefusal> = {
  name: 'pool',
  decider: poolDecider,
  catalog: poolCatalog,
  snapshot: poolSnapshot,
};
