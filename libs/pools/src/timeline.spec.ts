import { describe, expect, it } from '@jest/globals';
import { checkoutCatalog } from './checkout/checkout.events.js';
import { onDemandCatalog } from './on-demand/on-demand.events.js';
import { poolTokenCatalog } from './pool-token/pool-token.events.js';
import { facts, placement, plan, request, rules, settings, withToken } from './pool/pool.samples.contract.js';
import { poolCatalog } from './pool/pool.events.js';
import { poolRegisterCatalog } from './supply/register/pool-register.events.js';
import { poolsTimeline, type PoolsEvent } from './timeline.policy.js';
import { vmNameCatalog } from './vm-name/vm-name.events.js';

type Data<Type extends PoolsEvent['type']> = Extract<PoolsEvent, { type: Type }>['data'];

const told = <Type extends PoolsEvent['type']>(type: Type, data: Data<Type>) =>
  (poolsTimeline[type] as (data: Data<Type>) => readonly unknown[])(data);

const base = { pool: 'alma-9', at: 0 };
const epoch = '1970-01-01T00:00:00.000Z';
const figures = { day: '2026-03-09', count: 1, total: 2, min: 2, max: 2 };
const given = { name: 'one', vmId: 'id-one', generation: 1, domain: null };

describe('the history of pools', () => {
  it('has an account of every type of event', () => {
    const ours = [poolCatalog, poolRegisterCatalog, vmNameCatalog];
    const catalogs = [...ours, checkoutCatalog, onDemandCatalog, poolTokenCatalog];
    expect(Object.keys(poolsTimeline).sort()).toEqual(catalogs.flatMap(({ versions }) => Object.keys(versions)).sort());
  });

  it('tells of a pool what it is made of, whole', () => {
    const { name: _name, ...rest } = settings();
    const configured = { ...base, order: 1, settings: settings(), rules: rules() };
    expect(told('PoolConfigured', configured)).toEqual([
      {
        ...{ kind: 'pool', id: 'alma-9', what: 'configured' },
        sets: { configured: true, order: 1, ...rest, rules: rules() },
      },
    ]);
  });

  it.each([
    ['left the configuration', told('PoolUnconfigured', base), { configured: false }],
    ['size overridden', told('PoolSizeOverridden', { ...base, size: 5 }), { sizeOverride: 5 }],
    ['size as configured again', told('PoolSizeReset', base), { sizeOverride: null }],
    ['template overridden', told('PoolTemplateOverridden', { ...base, template: 't' }), { templateOverride: 't' }],
    ['template as configured again', told('PoolTemplateReset', base), { templateOverride: null }],
    [
      'clone target overridden',
      told('CloneTargetOverridden', { ...base, cloneTarget: 'c' }),
      { cloneTargetOverride: 'c' },
    ],
    ['reset', told('PoolReset', base), undefined],
    ['configured for the first time', told('PoolListed', base), undefined],
  ])('of a pool: %s', (what, mentions, sets) => {
    expect(mentions).toEqual([{ kind: 'pool', id: 'alma-9', what, ...(sets === undefined ? {} : { sets }) }]);
  });

  it.each([
    [
      'cloned',
      told('VmCloned', { ...base, name: 'one', seconds: 2, ip: null, figures }),
      { cloneSeconds: 2, ip: null },
    ],
    [
      'ready',
      told('VmReady', { ...base, name: 'one', seconds: 2, figures, staleAt: null }),
      { queue: 'ready', bootSeconds: 2, readyAt: epoch, staleAt: null },
    ],
    [
      'changed',
      told('VmModified', { ...base, name: 'one', lifetime: 2, tags: { team: 'red' }, figures: [], expiresAt: 0 }),
      { lifetime: 2, 'tags.team': 'red', expiresAt: epoch },
    ],
    ['changed', told('VmModified', { ...base, name: 'one', tags: {}, figures: [], expiresAt: null }), {}],
    [
      'snapshot abc done',
      told('VmTaskDone', { ...base, name: 'one', task: { id: 't', kind: 'snapshot', snapshotId: 'abc' } }),
      { 'snapshots.abc': epoch },
    ],
    [
      'disk of 8 GB asked for',
      told('VmTaskRequested', { ...base, name: 'one', task: { id: 't', kind: 'disk', gb: 8 } }),
      undefined,
    ],
    [
      'return to snapshot abc failed: gone',
      told('VmTaskFailed', {
        ...base,
        name: 'one',
        task: { id: 't', kind: 'revert', snapshotId: 'abc' },
        message: 'gone',
      }),
      undefined,
    ],
    [
      'name claimed by pool alma-9',
      told('VmNameClaimed', { ...base, name: 'one', vmId: 'id', generation: 2 }),
      { pool: 'alma-9', vmId: 'id', generation: 2 },
    ],
    [
      'name kept for its record',
      told('VmNameRetired', { name: 'one', vmId: 'id', forgetAt: 0, at: 0 }),
      { forgetAt: epoch },
    ],
  ])('of a machine: %s', (what, mentions, sets) => {
    expect(mentions).toEqual([{ kind: 'vm', id: 'one', what, ...(sets === undefined ? {} : { sets }) }]);
  });

  it('of a machine for a request stands with both', () => {
    expect(told('VmRequested', { ...base, vm: plan('one'), request, waiting: 0, timeoutAt: 0 })).toMatchObject([
      {
        ...{ kind: 'vm', id: 'one', what: 'requested' },
        sets: { pool: 'alma-9', queue: 'pending', vmId: 'id-one', hypervisor: placement.hypervisorUuid, request },
      },
      { kind: 'on-demand', id: 'r1', what: 'machine one begun' },
    ]);
    expect(told('VmRequested', { ...base, vm: plan('one'), request: null, waiting: 0, timeoutAt: 0 })).toHaveLength(1);
    const failed = { ...base, name: 'one', message: 'no disk', permanent: true, failures: 1, waiting: 0 };
    expect(told('VmCloneFailed', { ...failed, request })).toMatchObject([
      { kind: 'vm', id: 'one', what: 'could not be cloned: no disk' },
      { kind: 'pool', id: 'alma-9', what: 'machine one could not be cloned: no disk' },
      { kind: 'on-demand', id: 'r1' },
    ]);
    expect(told('VmCloneFailed', { ...failed, request: null })).toHaveLength(2);
    const delivered = { ...base, name: 'one', request, checkout: facts(), seconds: 2, figures, expiresAt: null };
    expect(told('VmDelivered', delivered)).toMatchObject([
      { kind: 'vm', id: 'one', sets: { queue: 'running', checkedOutAt: epoch, expiresAt: null } },
      { kind: 'on-demand', id: 'r1', what: 'machine one booted' },
    ]);
  });

  it('of a checkout stands with the pool, each machine and the checkout', () => {
    const vms = [given, { ...given, name: 'two' }];
    expect(told('VmsCheckedOut', { ...base, checkout: withToken, vms, expiresAt: 0 })).toMatchObject([
      { kind: 'pool', id: 'alma-9', what: 'machines one, two checked out' },
      {
        kind: 'vm',
        id: 'one',
        what: 'checked out',
        sets: { userId: 'mira', checkoutId: 'checkout-1', expiresAt: epoch },
      },
      { kind: 'vm', id: 'two', what: 'checked out' },
      {
        ...{ kind: 'checkout', id: 'checkout-1', what: '2 machines of pool alma-9 given' },
        sets: { userId: 'mira', 'vms.one': 'alma-9', 'vms.two': 'alma-9' },
      },
    ]);
    const { requestedAs, ...checkout } = withToken;
    const shares = [{ pool: 'alma-9', vms: [{ ...given, requestedAs }], expiresAt: null }];
    expect(told('CheckoutCompleted', { checkout, shares, at: 0 })).toMatchObject([
      { kind: 'checkout', id: 'checkout-1', what: 'completed', sets: { outcome: 'completed', 'vms.one': 'alma-9' } },
      { kind: 'pool', id: 'alma-9', what: 'machine one checked out' },
      { kind: 'vm', id: 'one', what: 'checked out', sets: { queue: 'running', requestedAs, attempt: null } },
    ]);
    expect(told('CheckoutFailed', { checkoutId: 'c', pools: ['alma-9'], reason: 'empty', at: 0 })).toMatchObject([
      { kind: 'checkout', id: 'c', what: 'failed', sets: { outcome: 'failed', reason: 'empty' } },
    ]);
  });

  it('of a hold stands with the pool and each machine', () => {
    expect(
      told('VmsHeld', { ...base, attempt: 'a', decidedBy: 'checkout-a', vms: ['one'], deadline: 1 }),
    ).toMatchObject([
      { kind: 'pool', what: 'machine one held for checkout a' },
      { kind: 'vm', id: 'one', sets: { queue: 'held', attempt: 'a' } },
    ]);
    expect(told('VmsReturned', { ...base, attempt: 'a', vms: ['one'] })).toMatchObject([
      { kind: 'pool', what: 'machine one back from a hold' },
      { kind: 'vm', id: 'one', sets: { queue: 'ready', attempt: null } },
    ]);
    expect(told('HoldConfirmed', { ...base, attempt: 'a', checkout: facts(), expiresAt: null })).toEqual([
      { kind: 'pool', id: 'alma-9', what: 'hold confirmed for checkout checkout-1' },
    ]);
  });

  it('of machines that go says why', () => {
    expect(told('VmsRetired', { ...base, vms: ['one'], reason: 'ready-ttl' })).toMatchObject([
      { kind: 'pool', what: 'machine one retired: ready for too long' },
      {
        kind: 'vm',
        id: 'one',
        what: 'retired: ready for too long',
        sets: { queue: 'completed', retirement: 'ready-ttl' },
      },
    ]);
    const many = Array.from({ length: 6 }, (_, index) => `vm-${String(index)}`);
    expect(told('VmsRetired', { ...base, vms: many, reason: 'reset' })[0]).toMatchObject({
      what: '6 machines retired: the pool was reset',
    });
    expect(told('VmDiscovered', { ...base, name: 'odd', vmId: 'id', placement })).toMatchObject([
      { kind: 'vm', id: 'odd' },
      { kind: 'pool', id: 'alma-9', what: 'unknown machine odd found at the provider' },
    ]);
    expect(told('VmNameReleased', { name: 'one', vmId: 'id', at: 0 })).toMatchObject([{ kind: 'vm', ends: true }]);
  });

  it('of an on-demand request stands with it', () => {
    const of = { stream: request, requestId: 'r1', at: 0 };
    const { requestedAs, ...checkout } = withToken;
    const delivered = { name: 'one', pool: 'alma-9', requestedAs, domain: null };
    const shares = [{ requestedAs, pool: 'alma-9', count: 1 }];
    const asked = { ...of, generation: 1, shares, checkout, deadline: 0, ttlMinutes: 5 };
    const all = [
      ...told('OnDemandRequested', asked),
      ...told('OnDemandVmDelivered', { ...of, vm: delivered }),
      ...told('OnDemandFulfilled', { ...of, vms: [delivered], forgetAt: 0 }),
      ...told('OnDemandFailed', { ...of, reason: 'clone-failed', message: 'no disk', forgetAt: 0 }),
      ...told('OnDemandFailed', { ...of, reason: 'deadline', message: null, forgetAt: 0 }),
      ...told('OnDemandDeleted', { ...of, forgetAt: 0 }),
      ...told('OnDemandForgotten', of),
      ...told('OnDemandCancelled', { ...base, request, reason: 'request-failed', waiting: 0 }),
      ...told('OnDemandSettled', { ...base, request }),
    ] as readonly { readonly kind: string; readonly id: string; readonly what: string }[];
    expect(new Set(all.map(({ kind, id }) => `${kind}/${id}`))).toEqual(new Set(['on-demand/r1']));
    expect(all.map(({ what }) => what)).toEqual([
      ...['asked for', 'machine one delivered', 'fulfilled', 'failed: no disk', 'failed', 'deleted', 'forgotten'],
      ...['ended in pool alma-9', 'settled in pool alma-9'],
    ]);
    expect(told('OnDemandQueued', { ...base, request, count: 2, checkout: facts(), waiting: 2 })).toMatchObject([
      { kind: 'pool', what: '2 machines asked for on demand' },
      { kind: 'on-demand', what: '2 machines of pool alma-9 asked for' },
    ]);
  });

  it('of a token names its user, and never what is sealed', () => {
    const issued = { tokenHash: 'hash', userId: 'mira', projectId: null, sealed: 'sealed text', at: 0 };
    expect(told('PoolTokenIssued', issued)).toEqual([
      { kind: 'pool-token', id: 'hash', what: 'issued', sets: { userId: 'mira', projectId: null } },
    ]);
    expect(told('PoolTokenDeleted', { tokenHash: 'hash', at: 0 })).toEqual([
      { kind: 'pool-token', id: 'hash', what: 'deleted', ends: true },
    ]);
  });

  it('of a destroyed machine ends', () => {
    const record = {
      ...{ ...given, pool: 'alma-9', placement, template: 't', requestedAt: 0, clonedAt: null, cloneSeconds: null },
      ...{ ip: null, readyAt: null, checkout: null, lifetime: null, tags: {}, snapshots: [], disks: [], request: null },
      ...{ retiredAt: 0, retirement: 'returned' as const },
    };
    expect(told('VmDestroyed', { ...base, record, forgetAt: 0 })).toEqual([
      {
        ...{ kind: 'vm', id: 'one', what: 'destroyed', ends: true },
        sets: { queue: null, destroyedAt: epoch, forgetAt: epoch },
      },
    ]);
  });
});
