import { describe, expect, it } from '@jest/globals';
import { samplePool, SupplyBed } from './supply-bed.contract.js';
import { rulesOf } from './rules.policy.js';
import { defaultPoolsSettings } from '../pools.settings.js';

describe('rules of a pool', () => {
  it('are the global ones where it has none of its own', () => {
    const global = { ...defaultPoolsSettings, domain: 'lab.example.test', cloneTarget: 'cluster-1' };
    expect(rulesOf(samplePool('a'), global)).toEqual({
      ...{ vmLifetimeHours: 24, readyTtlMinutes: 60, timeoutMinutes: 15, dataTtlHours: 168, maxVmRetries: 3 },
      ...{ domain: 'lab.example.test', cloneTarget: 'cluster-1' },
    });
    const own = samplePool('a', { readyTtlMinutes: 0, timeoutMinutes: 2, domain: 'd.example.test', cloneTarget: 'c' });
    expect(rulesOf(own, global)).toMatchObject({
      ...{ readyTtlMinutes: 0, timeoutMinutes: 2, domain: 'd.example.test', cloneTarget: 'c' },
    });
  });
});

describe('configuring the pools', () => {
  it('tells the log once what the configuration says, in its order', async () => {
    const bed = new SupplyBed();
    const pools = [samplePool('b', { size: 0 }), samplePool('a', { size: 0 })];
    await (await bed.started(pools)).stop();
    expect((await bed.of('PoolConfigured')).map(({ pool, order }) => [pool, order])).toEqual([
      ['b', 0],
      ['a', 1],
    ]);
    expect((await bed.types()).slice(0, 20)).toContain('PoolListed');
    const { length } = await bed.events();
    await (await bed.started(pools)).stop();
    expect((await bed.events()).length).toBe(length);
    await (await bed.started([...pools].reverse())).stop();
    expect((await bed.of('PoolConfigured')).slice(2).map(({ pool, order }) => [pool, order])).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
  });

  it('lets a pool that left give back all that waits, and looks after what its users still have', async () => {
    const bed = new SupplyBed();
    const settings = { vmLifetimeHours: 1, readyTtlMinutes: 0 };
    const first = await bed.started([samplePool('a', { size: 2 }), samplePool('b', { size: 1 })], { settings });
    await bed.pass(1_000);
    await first.checkOut('a', 1);
    await bed.pass(1_000);
    await first.stop();
    const next = await bed.started([samplePool('b', { size: 1 })], { settings });
    await bed.pass(5_000);
    expect(await bed.of('PoolUnconfigured')).toMatchObject([{ pool: 'a' }]);
    expect(await next.stock('a')).toMatchObject({ configured: false, ready: 0, running: 1, completed: 0 });
    expect(next.supply.status().has('a')).toBe(true);
    await bed.pass(3_700_000);
    expect(await next.stock('a')).toMatchObject({ running: 0, completed: 0 });
    expect(await bed.leaks()).toEqual([]);
    await next.stop();
    const last = await bed.started([samplePool('b', { size: 1 })], { settings });
    // It has no machine any more, so nobody looks.
    expect(last.supply.status().has('a')).toBe(false);
    expect(await bed.of('PoolUnconfigured')).toHaveLength(1);
    await last.stop();
  });

  it('fills a pool again that comes back', async () => {
    const bed = new SupplyBed();
    const a = [samplePool('a', { size: 2 })];
    for (const pools of [a, [], a]) {
      const server = await bed.started(pools);
      await bed.pass(3_000);
      await server.stop();
    }
    const server = await bed.started(a);
    await bed.pass(1_000);
    expect(await server.stock('a')).toMatchObject({ configured: true, ready: 2, pending: 0, completed: 0 });
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });
});
