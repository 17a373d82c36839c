import { describe, expect, it } from '@jest/globals';
import { poolCatalog, type PoolEvent } from '#pools';
import type { Freshness } from '#read-store';
import {
  documentsOf,
  FoldedStore,
  poolEvent,
  RecordedHistory,
  sampleCheckout,
  sampleFigures,
  samplePoolRules,
  samplePoolSettings,
  vmMadeReady,
  vmRequested,
} from '#specs';
import type { PoolDocument } from './pools.document.js';
import { ListPoolsHandler } from './pools.handler.js';
import { poolsProjection } from './pools.projection.js';

function recorded(events: readonly PoolEvent[], history = new RecordedHistory(poolCatalog)) {
  return events.map((event) => history.on(`pool-${event.data.pool}`, event));
}

const alma = (...events: readonly PoolEvent[]) =>
  documentsOf(poolsProjection, recorded(events))['pools/alma'] as PoolDocument | undefined;

const configured = (pool = 'alma', order = 0, size = 2) =>
  poolEvent('PoolConfigured', {
    ...{ pool, order },
    settings: { ...samplePoolSettings, name: pool, size },
    rules: samplePoolRules,
  });
const gone = poolEvent('PoolUnconfigured', {});
const larger = poolEvent('PoolSizeOverridden', { size: 9 });
const template = poolEvent('PoolTemplateOverridden', { template: 'a/b' });
const queued = (waiting: number) =>
  poolEvent('OnDemandQueued', { request: 'r', count: waiting, checkout: sampleCheckout, waiting });

describe('the read model of pools', () => {
  it.each<[string, readonly PoolEvent[], object]>([
    ['configured', [configured()], { _id: 'alma', order: 0, configured: true, settings: samplePoolSettings, rules: samplePoolRules, sizeOverride: null, templateOverride: null, cloneTargetOverride: null, lastBootAt: null, waiting: 0 }],
    ['configured otherwise', [configured(), larger, configured('alma', 3, 5)], { order: 3, settings: { size: 5 }, sizeOverride: 9 }],
    ['unconfigured', [configured(), larger, gone], { configured: false, sizeOverride: 9 }],
    ['configured again', [configured(), larger, gone, configured()], { configured: true, sizeOverride: 9 }],
    ['of another size', [configured(), larger], { sizeOverride: 9 }],
    ['of its own size again', [configured(), larger, poolEvent('PoolSizeReset', {})], { sizeOverride: null }],
    ['with another template', [configured(), template], { templateOverride: 'a/b' }],
    ['with its own template again', [configured(), template, poolEvent('PoolTemplateReset', {})], { templateOverride: null }],
    ['with another clone target', [configured(), poolEvent('CloneTargetOverridden', { cloneTarget: 't' })], { cloneTargetOverride: 't' }],
    ['after a boot', [configured(), ...vmMadeReady('x')], { lastBootAt: 3 }],
    ['after a delivery', [configured(), poolEvent('VmDelivered', { at: 8, name: 'x', request: 'r', checkout: sampleCheckout, seconds: 1, figures: sampleFigures, expiresAt: null })], { lastBootAt: 8 }],
    ['with a request', [configured(), queued(3)], { waiting: 3 }],
    ['with a request that has begun', [configured(), queued(3), poolEvent('VmRequested', { ...dataOf(vmRequested('x', { request: 'r' })), waiting: 2 })], { waiting: 2 }],
    ['with a request whose machine failed', [configured(), queued(3), poolEvent('VmCloneFailed', { name: 'x', message: 'm', permanent: false, request: 'r', failures: 1, waiting: 4 })], { waiting: 4 }],
    ['with a request that ended', [configured(), queued(3), poolEvent('OnDemandCancelled', { request: 'r', reason: 'request-deleted', waiting: 0 })], { waiting: 0 }],
  ])('%s', (_what, events, expected) => {
    expect(alma(...events)).toMatchObject(expected);
  }); // prettier-ignore

  it('has no pool that was never configured', () => {
    expect(alma(larger, queued(1))).toBeUndefined();
  });
});

function dataOf(event: PoolEvent) {
  return (event as Extract<PoolEvent, { type: 'VmRequested' }>).data;
}

describe('the list of pools', () => {
  const freshness: Freshness = { upToDate: async () => ({ stale: false }) };

  it('has the configured ones in configured order, and is the same object until one changes', async () => {
    const folded = await FoldedStore.of(poolsProjection);
    const history = new RecordedHistory(poolCatalog);
    const handler = new ListPoolsHandler(folded.store, freshness);
    const list = async () => (await handler.execute()).value;
    expect(await list()).toEqual([]);
    const many = Array.from({ length: 12 }, (_, order) => configured(`p${String(order)}`, order));
    await folded.add(...recorded([...many.toReversed(), configured('alma', 12), gone], history));
    const first = await list();
    expect(first.map(({ _id }) => _id)).toEqual(Array.from({ length: 12 }, (_, order) => `p${String(order)}`));
    await folded.add(...recorded([vmRequested('x', { pool: 'p1' })], history));
    expect(await list()).toBe(first);
    await folded.add(...recorded([poolEvent('PoolSizeOverridden', { pool: 'p1', size: 9 })], history));
    expect((await list())[1]).toMatchObject({ _id: 'p1', sizeOverride: 9 });
  });
});
