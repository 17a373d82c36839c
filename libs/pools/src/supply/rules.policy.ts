import type { PoolRules, PoolSettings, PoolsSettings } from '../pools.settings.js';

/** What the global settings say about a pool, where it says nothing itself. */
export function rulesOf(pool: PoolSettings, global: PoolsSettings): PoolRules {
  return {
    vmLifetimeHours: global.vmLifetimeHours,
    readyTtlMinutes: pool.readyTtlMinutes ?? global.readyTtlMinutes,
    timeoutMinutes: pool.timeoutMinutes ?? global.timeoutMinutes,
    dataTtlHours: global.dataTtlHours,
    maxVmRetries: global.maxVmRetries,
    domain: pool.domain ?? global.domain,
    cloneTarget: pool.cloneTarget ?? global.cloneTarget,
  };
}

/**
 * How long a place on a hypervisor may wait for the wish for its machine before it is cleared away: ten rounds of a quiet
 * pool's checks. Milliseconds.
 */
export function patienceMs({ checkLoopMaxMs }: Pick<PoolsSettings, 'checkLoopMaxMs'>): number {
  return 10 * checkLoopMaxMs;
}
