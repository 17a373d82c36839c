import { describe, expect, it } from '@jest/globals';
import { RecordedHistory, reactionsOf } from '#specs';
import type { Process } from '#runtime';
import { checkoutCatalog, type CheckoutEvent } from '../checkout/checkout.events.js';
import { poolCatalog, type PoolEvent } from '../pool/pool.events.js';
import { checkoutSaga, type WatchedHold } from './checkout.saga.js';

const { given } = reactionsOf(checkoutSaga as unknown as Process<WatchedHold | null>);
const attempt = 'c1';
const decidedBy = 'checkout-c1';
const facts = { checkoutId: attempt, tokenHash: null, userId: null, lifetime: null };

const history = new RecordedHistory(poolCatalog, checkoutCatalog);
const held = (pool: string, deadline = 90) =>
  history.on<PoolEvent>(`pool-${pool}`, {
    type: 'VmsHeld',
    data: { pool, attempt, decidedBy, vms: ['calm-otter'], deadline, at: 10 },
  });
const confirmed = (pool: string) =>
  history.on<PoolEvent>(`pool-${pool}`, {
    type: 'HoldConfirmed',
    data: { pool, attempt, checkout: { ...facts, requestedAs: pool }, expiresAt: null, at: 20 },
  });
const returned = (pool: string) =>
  history.on<PoolEvent>(`pool-${pool}`, {
    type: 'VmsReturned',
    data: { pool, attempt, vms: ['calm-otter'], at: 20 },
  });
const decided = (event: CheckoutEvent) => history.on(decidedBy, event);
const share = (pool: string) => ({ pool, vms: [], expiresAt: null });

const timer = (pool: string) => ({
  id: `checkout.c1.${pool}.90`,
  dueAt: 90,
  kind: 'checkout-deadline',
  payload: { attempt, pool, decidedBy },
});
const settle = (pool: string) => ({ kind: 'do' as const, name: 'settle', input: { attempt, pool } });

describe('the checkout saga', () => {
  it('watches each hold until its deadline', () => {
    const seen = given().when(held('a'));
    seen.then({ kind: 'schedule', timer: timer('a') });
    seen.thenTimers(timer('a'));
    given(held('a'))
      .when(held('b'))
      .then({ kind: 'schedule', timer: timer('b') });
  });

  it.each([
    ['confirmed', confirmed],
    ['released', returned],
  ])('lets go of a hold that is %s', (_what, end) => {
    const seen = given(held('a'), held('b')).when(end('a'));
    seen.then({ kind: 'cancel', timerId: timer('a').id });
    seen.thenTimers();
    given().when(end('a')).then();
  });

  it('settles a completed checkout in each pool that gives', () => {
    const data = { checkout: facts, shares: [share('a'), share('b')], at: 20 };
    given(held('a'))
      .when(decided({ type: 'CheckoutCompleted', data }))
      .then(settle('a'), settle('b'));
  });

  it('settles a failed checkout in each pool that may hold', () => {
    const data = { checkoutId: attempt, pools: ['a', 'b'], reason: 'empty' as const, at: 20 };
    given(held('a'))
      .when(decided({ type: 'CheckoutFailed', data }))
      .then(settle('a'), settle('b'));
  });

  it.each([
    [1, 1_000],
    [3, 4_000],
    [7, 60_000],
    [5_000, 60_000],
  ])('tries again for ever when a store does not answer: after attempt %d, %d ms', (failures, afterMs) => {
    expect(checkoutSaga.onFailure(new Error('x'), failures)).toEqual({ kind: 'retry', afterMs });
  });
});
