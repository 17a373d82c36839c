import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { deletedKeptMs, fulfilledKeptMs, onDemand, onDemandStream, type OnDemandCommand } from './on-demand.decider.js';
import type { OnDemandEvent } from './on-demand.events.js';

const { given } = decisionsOf(onDemand);
const stream = onDemandStream('q', 1);
const base = { stream, requestId: 'q' };
const facts = { checkoutId: 'c1', tokenHash: 'h', userId: 'ada', lifetime: 24 };
const shares = [
  { requestedAs: 'alma', pool: 'alma-9', count: 1 },
  { requestedAs: 'alma', pool: 'alma-8', count: 1 },
];
const asked = { ...base, generation: 1, shares, checkout: facts, deadline: 300, ttlMinutes: 5, at: 10 };
const vm = (name: string, pool: string) => ({ name, pool, requestedAs: 'alma', domain: null });
const [one, two] = [vm('calm-otter', 'alma-9'), vm('brisk-gecko', 'alma-8')];

const requested: OnDemandEvent = { type: 'OnDemandRequested', data: asked };
const delivered = (its: typeof one, at = 20): OnDemandEvent => ({
  type: 'OnDemandVmDelivered',
  data: { ...base, vm: its, at },
});
const fulfilled: OnDemandEvent = {
  type: 'OnDemandFulfilled',
  data: { ...base, vms: [one, two], forgetAt: 20 + fulfilledKeptMs, at: 20 },
};
const failed = (at: number, reason: 'deadline' | 'clone-failed' = 'deadline'): OnDemandEvent => ({
  type: 'OnDemandFailed',
  data: { ...base, reason, message: null, forgetAt: at + 1000, at },
});
const deleted: OnDemandEvent = { type: 'OnDemandDeleted', data: { ...base, forgetAt: 40 + deletedKeptMs, at: 40 } };
const forgotten: OnDemandEvent = { type: 'OnDemandForgotten', data: { ...base, at: 1300 } };

const note = (its: typeof one, at = 20): OnDemandCommand => ({ type: 'note-delivered', vm: its, at });
const fail = (at: number, reason: 'deadline' | 'clone-failed' = 'deadline'): OnDemandCommand => ({
  type: 'fail',
  reason,
  message: null,
  keptMs: 1000,
  at,
});
const remove = (more: Partial<Extract<OnDemandCommand, { type: 'delete' }>> = {}): OnDemandCommand => ({
  type: 'delete',
  requestId: 'q',
  toucher: null,
  strictOwnership: false,
  at: 40,
  ...more,
});

describe('requesting machines on demand', () => {
  it('given the id is free, then requested', () => {
    given()
      .when({ type: 'request', ...asked })
      .then(requested);
  });

  it('given nothing is wanted, then fulfilled at once', () => {
    const nothing = { ...asked, shares: [] };
    const data = { ...base, vms: [], forgetAt: 10 + fulfilledKeptMs, at: 10 };
    given()
      .when({ type: 'request', ...nothing })
      .then({ type: 'OnDemandRequested', data: nothing }, { type: 'OnDemandFulfilled', data });
  });

  it('given the id is taken, then refused', () => {
    given(requested)
      .when({ type: 'request', ...asked })
      .thenRefused('request-id-taken', { requestId: 'q' });
  });
});

describe('delivering', () => {
  it('the first of two', () => given(requested).when(note(one)).then(delivered(one)));
  it('the same one again', () => given(requested, delivered(one)).when(note(one)).then());
  it('one too many of a pool does not stand for another pool', () => {
    const more = vm('late-heron', 'alma-9');
    given(requested, delivered(one)).when(note(more)).then(delivered(more));
  });
  it('the last one fulfils the request in the same decision', () => {
    given(requested, delivered(one)).when(note(two)).then(delivered(two), fulfilled);
  });
  it('the last one at the deadline, before anybody failed it', () => {
    const at = 300;
    const data = { ...base, vms: [one, two], forgetAt: at + fulfilledKeptMs, at };
    given(requested, delivered(one)).when(note(two, at)).then(delivered(two, at), { type: 'OnDemandFulfilled', data });
  });
  it.each([
    ['failed', failed(300)],
    ['deleted', deleted],
  ])('to one that is %s: nothing, and the state says so', (status, event) => {
    const late = given(requested, event).when(note(one));
    late.then();
    late.thenState((state) => expect(state?.status).toBe(status));
  });
  it('to one that nobody requested', () => given().when(note(one)).then());
});

describe('failing', () => {
  it('at its deadline', () => given(requested, delivered(one)).when(fail(300)).then(failed(300)));
  it('not before it', () => given(requested).when(fail(299)).then());
  it('for good, at any time', () => given(requested).when(fail(20, 'clone-failed')).then(failed(20, 'clone-failed')));
  it('no more when it is fulfilled', () =>
    given(requested, delivered(one), delivered(two), fulfilled).when(fail(300)).then());
  it('not twice', () => given(requested, failed(300)).when(fail(301)).then());
  it('nor what nobody requested', () => given().when(fail(300)).then());
});

describe('deleting', () => {
  it.each<[string, readonly OnDemandEvent[]]>([
    ['open', [requested]],
    ['fulfilled', [requested, delivered(one), delivered(two), fulfilled]],
    ['failed', [requested, failed(30)]],
  ])('one that is %s', (_status, events) => {
    given(...events)
      .when(remove())
      .then(deleted);
  });
  it('one that is deleted: nothing', () => given(requested, deleted).when(remove()).then());
  it('one that nobody requested', () => given().when(remove()).thenRefused('request-unknown', { requestId: 'q' }));
  it('one that is to be forgotten by now', () =>
    given(requested, failed(300))
      .when(remove({ at: 1300 }))
      .thenRefused('request-unknown'));
  it('one that is forgotten', () =>
    given(requested, failed(300), forgotten)
      .when(remove({ at: 1300 }))
      .thenRefused('request-unknown'));

  const strict = { strictOwnership: true };
  it.each([
    ['nobody', null],
    ['another user', { userId: 'eve', administrator: false }],
  ])("another's, by %s, with strict ownership", (_who, toucher) => {
    given(requested)
      .when(remove({ ...strict, toucher }))
      .thenRefused('not-the-owner', { requestId: 'q' });
  });
  it.each([
    ['its user', { userId: 'ada', administrator: false }],
    ['an administrator', { userId: 'root', administrator: true }],
  ])('with strict ownership by %s', (_who, toucher) => {
    given(requested)
      .when(remove({ ...strict, toucher }))
      .then(deleted);
  });
});

describe('forgetting', () => {
  it('when its time has come', () => {
    given(requested, failed(300)).when({ type: 'forget', at: 1300 }).then(forgotten);
  });
  it.each<[string, readonly OnDemandEvent[], number]>([
    ['before its time', [requested, failed(300)], 1299],
    ['while it is open', [requested], 9e15],
    ['a deleted one at the time of its failure', [requested, failed(300), deleted], 1300],
    ['twice', [requested, failed(300), forgotten], 1400],
    ['what nobody requested', [], 1300],
  ])('nothing %s', (_when, events, at) => {
    given(...events)
      .when({ type: 'forget', at })
      .then();
  });
});
