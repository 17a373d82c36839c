import { describe, expect, it } from '@jest/globals';
import { samplePool, SupplyBed } from './supply-bed.contract.js';

describe('the supply of a pool', () => {
  it('fills an empty pool, and replaces what is taken', async () => {
    const bed = new SupplyBed();
    const server = await bed.started([samplePool('a')]);
    await bed.pass(1_000);
    expect(await server.stock('a')).toMatchObject({ ready: 3, pending: 0, running: 0 });
    expect(await server.checkOut('a', 2)).toHaveLength(2);
    await bed.pass(1_000);
    expect(await server.stock('a')).toMatchObject({ ready: 3, pending: 0, running: 2 });
    expect(await bed.leaks()).toEqual([]);
    await server.stop();
  });
});
