import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { EventCodec } from '#runtime';
import { decisionsOf } from '#specs';
import { poolRegister } from './pool-register.decider.js';
import { poolRegisterCatalog, type PoolListed } from './pool-register.events.js';

const { given } = decisionsOf(poolRegister);
const listed = (pool: string): PoolListed => ({ type: 'PoolListed', data: { pool, at: 1 } });

describe('the register of pools', () => {
  it('given nothing, when pools are configured, then each is listed once, in order', () => {
    given()
      .when({ type: 'list', pools: ['b', 'a', 'b'], at: 1 })
      .then(listed('b'), listed('a'));
  });

  it('given some are listed, then only the others are', () => {
    given(listed('a'))
      .when({ type: 'list', pools: ['a', 'b'], at: 1 })
      .then(listed('b'));
  });

  it('given all are listed, then nothing', () => {
    given(listed('a'), listed('b'))
      .when({ type: 'list', pools: ['b', 'a'], at: 1 })
      .then();
  });

  it('reads the event as it was first stored', () => {
    const data = readFileSync(new URL('./samples/PoolListed@1.json', import.meta.url), 'utf8');
    const event = new EventCodec([poolRegisterCatalog]).decode({ type: 'pools/PoolListed@1', data });
    expect(poolRegister.decider.evolve(new Set(), event as PoolListed)).toEqual(new Set(['debian-12-x86_64']));
  });
});
