import { describe, expect, it } from '@jest/globals';
import { RecordedHistory, reactionsOf } from '#specs';
import type { Process } from '#runtime';
import { onDemandCatalog, type OnDemandEvent } from '../on-demand/on-demand.events.js';
import { poolCatalog, type PoolEvent } from '../pool/pool.events.js';
import { onDemandSaga, type WatchedRequest } from './on-demand.saga.js';

const { given } = reactionsOf(onDemandSaga as unknown as Process<WatchedRequest | null>);
const stream = 'onDemand-q.1';
const base = { stream, requestId: 'q' };
const facts = { checkoutId: 'c1', tokenHash: null, userId: null, lifetime: null };
const figures = { day: '2026-03-09', count: 1, total: 1, min: 1, max: 1 };

const history = new RecordedHistory(poolCatalog, onDemandCatalog);
const request = (event: OnDemandEvent) => history.on(stream, event);
const inPool = (event: PoolEvent) => history.on('pool-a', event);

const requested = () =>
  request({
    type: 'OnDemandRequested',
    data: {
      ...base,
      generation: 1,
      shares: [
        { requestedAs: 'x', pool: 'a', count: 2 },
        { requestedAs: 'y', pool: 'a', count: 1 },
        { requestedAs: 'x', pool: 'b', count: 1 },
      ],
      checkout: facts,
      deadline: 300,
      ttlMinutes: 5,
      at: 10,
    },
  });
const fulfilled = () => request({ type: 'OnDemandFulfilled', data: { ...base, vms: [], forgetAt: 900, at: 20 } });
const failed = () =>
  request({ type: 'OnDemandFailed', data: { ...base, reason: 'deadline', message: null, forgetAt: 900, at: 300 } });
const deleted = () => request({ type: 'OnDemandDeleted', data: { ...base, forgetAt: 950, at: 400 } });
const forgotten = () => request({ type: 'OnDemandForgotten', data: { ...base, at: 900 } });
const delivered = () =>
  inPool({
    type: 'VmDelivered',
    data: {
      ...{ pool: 'a', name: 'calm-otter', request: stream, checkout: { ...facts, requestedAs: 'x' } },
      ...{ seconds: 1, figures, expiresAt: null, at: 20 },
    },
  });
const cloneFailed = (its: string | null) =>
  inPool({
    type: 'VmCloneFailed',
    data: {
      ...{ pool: 'a', name: 'calm-otter', message: 'full', permanent: false, request: its, failures: 1, waiting: 1 },
      at: 20,
    },
  });

const wish = (name: string, input: object) => ({ kind: 'do' as const, name, input: input as never });
const deadline = {
  id: 'on-demand.onDemand-q.1.deadline.300',
  dueAt: 300,
  kind: 'on-demand-deadline',
  payload: { request: stream },
};
const forget = (at: number) => ({
  id: `on-demand.onDemand-q.1.forget.${String(at)}`,
  dueAt: at,
  kind: 'on-demand-forget',
  payload: { request: stream },
});
const schedule = (timer: typeof deadline) => ({ kind: 'schedule' as const, timer });
const cancel = ({ id }: typeof deadline) => ({ kind: 'cancel' as const, timerId: id });
const inEach = (name: string, more: object = {}) =>
  ['a', 'b'].map((pool) => wish(name, { request: stream, pool, ...more }));

describe('the on-demand saga', () => {
  it('asks each pool for each name, and watches the deadline', () => {
    const seen = given().when(requested());
    const queue = (pool: string, requestedAs: string, count: number) =>
      wish('queue', { request: stream, pool, count, checkout: { ...facts, requestedAs } });
    seen.then(schedule(deadline), queue('a', 'x', 2), queue('a', 'y', 1), queue('b', 'x', 1));
    seen.thenTimers(deadline);
  });

  it('notes each machine, also after the end', () => {
    const note = wish('note-delivered', { request: stream, pool: 'a', name: 'calm-otter', requestedAs: 'x', at: 20 });
    given(requested()).when(delivered()).then(note);
    given(requested(), failed()).when(delivered()).then(note);
    given().when(delivered()).then();
  });

  it('notes clones that failed for it', () => {
    const facts = { request: stream, pool: 'a', message: 'full', permanent: false, failures: 1 };
    given(requested()).when(cloneFailed(stream)).then(wish('note-clone-failed', facts));
    given(requested()).when(cloneFailed(null)).then();
    given(requested(), failed()).when(cloneFailed(stream)).then();
  });

  it('settles in each pool when it is fulfilled, and waits for its forgetting', () => {
    const seen = given(requested()).when(fulfilled());
    seen.then(...inEach('settle'), cancel(deadline), schedule(forget(900)));
    seen.thenTimers(forget(900));
  });

  it('cancels in each pool when it failed', () => {
    given(requested())
      .when(failed())
      .then(...inEach('cancel', { reason: 'request-failed' }), cancel(deadline), schedule(forget(900)));
  });

  it('cancels in each pool when it is deleted, open or ended', () => {
    const reason = { reason: 'request-deleted' };
    given(requested())
      .when(deleted())
      .then(...inEach('cancel', reason), cancel(deadline), schedule(forget(950)));
    const seen = given(requested(), fulfilled()).when(deleted());
    seen.then(...inEach('cancel', reason), cancel(forget(900)), schedule(forget(950)));
    seen.thenTimers(forget(950));
  });

  it('ends when it is forgotten', () => {
    const seen = given(requested(), failed()).when(forgotten());
    seen.then();
    seen.thenTimers();
  });

  it.each([
    [1, 1_000],
    [7, 60_000],
    [5_000, 60_000],
  ])('tries again for ever when a store does not answer: after attempt %d, %d ms', (failures, afterMs) => {
    expect(onDemandSaga.onFailure(new Error('x'), failures)).toEqual({ kind: 'retry', afterMs });
  });
});
