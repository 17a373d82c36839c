import type { EventCatalog } from '#kernel';

/** `pools`: the pool was in the configuration for the first time. It stays listed: its machines may outlive its place there. */
export interface PoolListed {
  readonly type: 'PoolListed';
  readonly data: { readonly pool: string; readonly at: number };
}

export type PoolRegisterEvent = PoolListed;

export const poolRegisterCatalog: EventCatalog<PoolRegisterEvent> = { context: 'pools', versions: { PoolListed: 1 } };
