import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { holderOf, poolToken, type PoolTokenState } from './pool-token.decider.js';
import type { PoolTokenEvent } from './pool-token.events.js';

const { given } = decisionsOf(poolToken);
const data = { tokenHash: 'h', userId: 'ada', projectId: 'engines', sealed: 'k.x', at: 1 };
const issued: PoolTokenEvent = { type: 'PoolTokenIssued', data };
const deleted: PoolTokenEvent = { type: 'PoolTokenDeleted', data: { tokenHash: 'h', at: 2 } };
const holder = (expected: unknown) => (state: Readonly<PoolTokenState>) => expect(holderOf(state)).toEqual(expected);

describe('a pool token', () => {
  it('is issued, and then has a holder', () => {
    given()
      .when({ type: 'issue', ...data })
      .then(issued);
    given(issued).state(holder({ userId: 'ada', projectId: 'engines', sealed: 'k.x' }));
  });

  it.each([
    ['there', [issued]],
    ['deleted', [issued, deleted]],
  ])('is not issued again when it is %s', (_state, events) => {
    given(...events)
      .when({ type: 'issue', ...data })
      .thenRefused('token-taken');
  });

  it('is deleted, and then has no holder', () => {
    given(issued).when({ type: 'delete', at: 2 }).then(deleted);
    given(issued, deleted).state(holder(undefined));
  });

  it.each<[string, readonly PoolTokenEvent[]]>([
    ['was never issued', []],
    ['is deleted', [issued, deleted]],
  ])('cannot be deleted when it %s', (_state, events) => {
    given(...events)
      .when({ type: 'delete', at: 2 })
      .thenRefused('token-unknown');
    given(...events).state(holder(undefined));
  });
});
