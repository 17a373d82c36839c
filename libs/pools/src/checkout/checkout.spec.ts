import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { checkout, checkoutIdOf, checkoutStream, type CheckoutCommand } from './checkout.decider.js';
import type { CheckoutEvent } from './checkout.events.js';

const { given } = decisionsOf(checkout);
const facts = { checkoutId: 'c1', tokenHash: null, userId: null, lifetime: null };
const vm = { name: 'calm-otter', vmId: 'v1', generation: 1, domain: null, requestedAs: 'alma' };
const result = { checkout: facts, shares: [{ pool: 'alma-9', vms: [vm], expiresAt: 9 }], at: 5 };
const failure = { checkoutId: 'c1', pools: ['alma-9'], reason: 'empty' as const, at: 6 };

const complete: CheckoutCommand = { type: 'complete', ...result };
const fail: CheckoutCommand = { type: 'fail', ...failure };
const completed: CheckoutEvent = { type: 'CheckoutCompleted', data: result };
const failed: CheckoutEvent = { type: 'CheckoutFailed', data: failure };

describe('an attempt to check out', () => {
  it('given nothing, when completed, then completed with the whole result', () => {
    given().when(complete).then(completed);
  });

  it('given nothing, when failed, then failed', () => {
    given().when(fail).then(failed);
  });

  it.each([
    ['completed', completed, fail],
    ['completed', completed, { ...complete, at: 7 }],
    ['failed', failed, complete],
    ['failed', failed, { ...fail, reason: 'deadline' as const }],
  ])('given it is %s, then it stays so whatever comes', (_how, decided, command) => {
    const later = given(decided).when(command);
    later.then();
    later.thenState((state) => expect(state).toEqual(decided));
  });

  it('has a stream from whose name its id can be read', () => {
    expect(checkoutIdOf(checkoutStream('c1'))).toBe('c1');
    expect(checkoutIdOf('lease-c1')).toBeUndefined();
  });
});
