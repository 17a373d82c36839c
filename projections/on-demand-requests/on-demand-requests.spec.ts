import { describe, expect, it } from '@jest/globals';
import { onDemandCatalog, type OnDemandEvent } from '#pools';
import type { Freshness } from '#read-store';
import { documentsOf, FoldedStore, RecordedHistory } from '#specs';
import { GetOnDemandRequestHandler } from './on-demand-requests.handler.js';
import { onDemandRequestsProjection } from './on-demand-requests.projection.js';
import { GetOnDemandRequest } from './on-demand-requests.query.js';

const fresh: Freshness = { upToDate: async () => ({ stale: false }) };

const of = (generation = 1) => ({ stream: `onDemand-mine.${String(generation)}`, requestId: 'mine', at: 5 });
const requested = (generation = 1): OnDemandEvent => ({
  type: 'OnDemandRequested',
  data: {
    ...of(generation),
    generation,
    shares: [{ requestedAs: 'el', pool: 'alma', count: 2 }],
    checkout: { checkoutId: 'c', tokenHash: 'hash', userId: 'u', lifetime: null },
    deadline: 300_005,
    ttlMinutes: 5,
  },
});
const vm = (name: string) => ({ name, pool: 'alma', requestedAs: 'el', domain: null });
const delivered = (name: string, generation = 1): OnDemandEvent => ({
  type: 'OnDemandVmDelivered',
  data: { ...of(generation), vm: vm(name) },
});
const fulfilled: OnDemandEvent = {
  type: 'OnDemandFulfilled',
  data: { ...of(), vms: [vm('a'), vm('b')], forgetAt: 1_000 },
};
const failed = (reason: 'deadline' | 'clone-failed', message: string | null): OnDemandEvent => ({
  type: 'OnDemandFailed',
  data: { ...of(), reason, message, forgetAt: 1_000 },
});
const deleted: OnDemandEvent = { type: 'OnDemandDeleted', data: { ...of(), forgetAt: 1_000 } };
const forgotten = (generation = 1): OnDemandEvent => ({ type: 'OnDemandForgotten', data: of(generation) });

const recorded = (events: readonly OnDemandEvent[], history = new RecordedHistory(onDemandCatalog)) =>
  events.map((event) => history.on(event.data.stream, event));
const documents = (...events: readonly OnDemandEvent[]) => documentsOf(onDemandRequestsProjection, recorded(events));

describe('the read model of on-demand requests', () => {
  it.each<[string, readonly OnDemandEvent[], object]>([
    ['open', [requested()], { _id: '"mine"', stream: 'onDemand-mine.1', generation: 1, status: 'open', requestedAt: 5, shares: [{ requestedAs: 'el', pool: 'alma', count: 2 }], tokenHash: 'hash', userId: 'u', delivered: [], ttlMinutes: 5, failure: null, forgetAt: null }],
    ['half done', [requested(), delivered('a')], { status: 'open', delivered: [vm('a')] }],
    ['done', [requested(), delivered('b'), delivered('a'), fulfilled], { status: 'ready', delivered: [vm('a'), vm('b')], forgetAt: 1_000 }],
    ['too late', [requested(), delivered('a'), failed('deadline', null)], { status: 'failed', failure: null, forgetAt: 1_000 }],
    ['failed for good', [requested(), failed('clone-failed', 'no such template')], { status: 'failed', failure: 'no such template' }],
    ['failed without a word', [requested(), failed('clone-failed', null)], { status: 'failed', failure: 'clone-failed' }],
    ['deleted', [requested(), fulfilled, deleted], { status: 'deleted', delivered: [vm('a'), vm('b')], forgetAt: 1_000 }],
    ['made anew', [requested(), fulfilled, requested(2)], { status: 'open', generation: 2, delivered: [], forgetAt: null }],
    ['made anew, whatever comes of the former', [requested(), requested(2), delivered('a'), failed('deadline', null), forgotten()], { status: 'open', generation: 2, delivered: [] }],
  ])('%s', (_what, events, expected) => {
    expect(documents(...events)['onDemandRequests/"mine"']).toMatchObject(expected);
  }); // prettier-ignore

  it('has none that is forgotten', () => {
    expect(documents(requested(), fulfilled, forgotten(), delivered('a'))).toEqual({});
  });

  it.each(['', 'a.b/c', '\ud800', '"'])('has one of any id: %j', async (requestId) => {
    const folded = await FoldedStore.of(onDemandRequestsProjection);
    const { data } = requested() as Extract<OnDemandEvent, { type: 'OnDemandRequested' }>;
    await folded.add(...recorded([{ type: 'OnDemandRequested', data: { ...data, requestId } }]));
    const handler = new GetOnDemandRequestHandler(folded.store, fresh);
    expect((await handler.execute(new GetOnDemandRequest(requestId, 5))).value?.status).toBe('open');
  });

  it('is found until the time at which it is forgotten', async () => {
    const folded = await FoldedStore.of(onDemandRequestsProjection);
    const handler = new GetOnDemandRequestHandler(folded.store, fresh);
    const get = async (now: number) => (await handler.execute(new GetOnDemandRequest('mine', now))).value?.status;
    const history = new RecordedHistory(onDemandCatalog);
    expect(await get(5)).toBeUndefined();
    await folded.add(...recorded([requested()], history));
    expect(await get(2_000)).toBe('open');
    await folded.add(...recorded([deleted], history));
    expect([await get(999), await get(1_000)]).toEqual(['deleted', undefined]);
  });
});
