import { describe, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { poolRegister } from './pool-register.decider.js';
import type { PoolListed } from './pool-register.events.js';

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
});
