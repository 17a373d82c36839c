import { accept, type AggregateDefinition } from '#kernel';
import { poolRegisterCatalog, type PoolRegisterEvent } from './pool-register.events.js';

export interface PoolRegisterCommand {
  readonly type: 'list';
  /** In configured order. Those that are listed change nothing. */
  readonly pools: readonly string[];
  readonly at: number;
}

/** Names, in order of listing. */
export type PoolRegisterState = Set<string>;

/** The one stream that leads to all `pool-<name>` streams there ever were. */
export const poolRegisterStream = 'pools';

export const poolRegister: AggregateDefinition<PoolRegisterState, PoolRegisterCommand, PoolRegisterEvent, never> = {
  name: 'pools',
  decider: {
    initialState: () => new Set(),
    decide: ({ pools, at }, state) => {
      const fresh = [...new Set(pools)].filter((pool) => !state.has(pool));
      return accept(...fresh.map((pool): PoolRegisterEvent => ({ type: 'PoolListed', data: { pool, at } })));
    },
    evolve: (state, { data }) => state.add(data.pool),
  },
  catalog: poolRegisterCatalog,
};
