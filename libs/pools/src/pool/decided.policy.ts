import { refuse, type Decision, type Refused } from '#kernel';
import type { PoolCommand, PoolRefusal } from './pool.commands.js';
import type { CheckoutFacts, PoolEvent, VmModified } from './pool.events.js';
import { endOfLifetime, type Pool } from './pool.state.js';
import type { Vm } from './vm.state.js';

export type Decided = Decision<PoolEvent, PoolRefusal>;
export type Of<Type extends PoolCommand['type']> = Extract<PoolCommand, { type: Type }>;

export function poolUnknown(pool: Readonly<Pool> | undefined): Refused<PoolRefusal> {
  return refuse('pool-unknown', pool === undefined ? {} : { pool: pool.name });
}

/**
 * A checkout without hours of its own leaves each machine those that its record has, so that these end at another time
 * than the event says for all.
 */
export function ownEnds(
  pool: Readonly<Pool>,
  vms: readonly Readonly<Vm>[],
  checkout: CheckoutFacts,
  at: number,
): VmModified[] {
  if (checkout.lifetime !== null) return [];
  return vms
    .filter(({ lifetime }) => lifetime !== null)
    .map(({ name, lifetime }) => ({
      type: 'VmModified',
      data: { pool: pool.name, name, tags: {}, figures: [], expiresAt: endOfLifetime(pool, at, lifetime), at },
    }));
}
