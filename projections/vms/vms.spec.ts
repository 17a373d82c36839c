import { describe, expect, it } from '@jest/globals';
import { checkoutCatalog, poolCatalog, vmNameCatalog, type CheckoutEvent, type PoolEvent, type VmTask } from '#pools';
import type { Freshness } from '#read-store';
import {
  documentsOf,
  FoldedStore,
  poolEvent,
  RecordedHistory,
  sampleCheckout,
  sampleFigures,
  samplePlacement,
  samplePoolRules,
  samplePoolSettings,
  vmDestroyed,
  vmMadeReady,
  vmRequested,
} from '#specs';
import { vmRecordsProjection } from '../vm-records/vm-records.projection.js';
import type { VmDocument } from './vms.document.js';
import { CountQueuesHandler, GetVmHandler, KeptQueueCounts, RunningVmsOfTokenHandler } from './vms.handler.js';
import { vmsProjection } from './vms.projection.js';
import { GetVm, RunningVmsOfToken } from './vms.query.js';

type Event = PoolEvent | CheckoutEvent;

const streamOf = ({ type, data }: Event) =>
  type === 'CheckoutCompleted' || type === 'CheckoutFailed'
    ? 'checkout-c-1'
    : `pool-${(data as { pool: string }).pool}`;

class History {
  private readonly history = new RecordedHistory(poolCatalog, checkoutCatalog, vmNameCatalog);

  of(...events: readonly Event[]) {
    return events.map((event) => this.history.on(streamOf(event), event));
  }
}

const documents = (...events: readonly Event[]) => documentsOf(vmsProjection, new History().of(...events));
const calm = (...events: readonly Event[]) => documents(...events)['vms/calm-otter'] as VmDocument | undefined;

const name = 'calm-otter';
const ready = vmMadeReady(name);
const held = poolEvent('VmsHeld', { attempt: 'c-1', decidedBy: 'checkout-c-1', vms: [name], deadline: 99 });
const given = { name, vmId: `id-of-${name}`, generation: 1, domain: null };
const taken = poolEvent('VmsCheckedOut', { at: 4, checkout: sampleCheckout, vms: [given], expiresAt: 50 });
const completed: CheckoutEvent = {
  type: 'CheckoutCompleted',
  data: {
    checkout: { checkoutId: 'c-1', tokenHash: null, userId: null, lifetime: null },
    shares: [{ pool: 'alma', vms: [{ ...given, requestedAs: 'el' }], expiresAt: 60 }],
    at: 4,
  },
};
const retired = poolEvent('VmsRetired', { at: 5, vms: [name], reason: 'returned' });
const modified = (tags: Record<string, string>, more: { lifetime?: number; expiresAt?: number } = {}) =>
  poolEvent('VmModified', { at: 6, name, tags, figures: [], expiresAt: null, ...more });
const done = (task: VmTask) => poolEvent('VmTaskDone', { at: 7, name, task });
const disk = (id: string): VmTask => ({ id, kind: 'disk', gb: 8 });
const snapshot = (id: string, snapshotId: string): VmTask => ({ id, kind: 'snapshot', snapshotId });

describe('the read model of machines', () => {
  it.each<[string, readonly Event[], object]>([
    ['is pending from the wish on', [vmRequested(name)], { _id: name, vmId: 'id-of-calm-otter', pool: 'alma', generation: 1, placement: samplePlacement, template: 'templates/alma', domain: 'lab.example.test', requestedAt: 1, queue: 'pending', cloning: true, readyAt: null, checkout: null, lifetime: null, tags: [], request: null, tokenHash: null, expiresAt: null }],
    ['is for a request', [vmRequested(name, { request: 'onDemand-r.1' })], { request: 'onDemand-r.1' }],
    ['is cloned', ready.slice(0, 2), { queue: 'pending', cloning: false, cloneSeconds: 2.5, ip: '192.0.2.7' }],
    ['is ready', ready, { queue: 'ready', cloning: false, readyAt: 3, expiresAt: 3_600_003 }],
    ['is held', [...ready, held], { queue: 'held', checkout: null }],
    ['comes back', [...ready, held, poolEvent('VmsReturned', { attempt: 'c-1', vms: [name] })], { queue: 'ready', expiresAt: 3_600_003 }],
    ['runs from the commit on', [...ready, held, completed], { queue: 'running', checkout: { checkoutId: 'c-1', requestedAs: 'el', tokenHash: null, userId: null, lifetime: null, at: 4 }, tokenHash: null, lifetime: null, expiresAt: 60 }],
    ['is taken from one pool', [...ready, taken], { queue: 'running', checkout: { ...sampleCheckout, at: 4 }, tokenHash: 'hash-1', lifetime: 12, expiresAt: 50 }],
    ['keeps a lifetime that was set before', [...ready, modified({}, { lifetime: 3 }), held, completed], { lifetime: 3, expiresAt: 60 }],
    ['is delivered', [...ready.slice(0, 2), poolEvent('VmDelivered', { at: 4, name, request: 'r', checkout: sampleCheckout, seconds: 4, figures: sampleFigures, expiresAt: 50 })], { queue: 'running', checkout: { ...sampleCheckout, at: 4 }, tokenHash: 'hash-1', expiresAt: 50 }],
    ['is retired', [...ready, taken, retired], { queue: 'completed', retiredAt: 5, retirement: 'returned', checkout: { at: 4 } }],
    ['is retired while it is cloned', [vmRequested(name), retired], { queue: 'completed', cloning: false }],
    ['was unknown', [poolEvent('VmDiscovered', { name, vmId: 'v', placement: samplePlacement })], { vmId: 'v', queue: 'completed', cloning: false, generation: 0, checkout: null }],
    ['has tags', [...ready, modified({ owner: 'ada', project: 'x' }), modified({ owner: 'bob' })], { tags: [['owner', 'bob'], ['project', 'x']], expiresAt: 3_600_003 }],
    ['has tags of any name', [...ready, modified(JSON.parse('{"a.b":"1","__proto__":"2"}'))], { tags: [['a.b', '1'], ['__proto__', '2']] }],
    ['runs longer', [...ready, taken, modified({}, { lifetime: 30, expiresAt: 80 })], { lifetime: 30, expiresAt: 80, tags: [] }],
    ['has more disks', [...ready, done(disk('t1')), done(disk('t2'))], { disks: [8, 8] }],
    ['has snapshots', [...ready, done(snapshot('t1', 's1')), done(snapshot('t2', 's2'))], { snapshots: [{ id: 's1', takenAt: 7 }, { id: 's2', takenAt: 7 }] }],
    ['went back to a snapshot', [...ready, done({ id: 't', kind: 'revert', snapshotId: 's1' })], { queue: 'ready', snapshots: [] }],
    ['has its name from a former one', [...ready, vmDestroyed(name), vmRequested(name)], { queue: 'pending', readyAt: null }],
  ])('%s', (_what, events, expected) => {
    expect(calm(...events)).toMatchObject(expected);
  }); // prettier-ignore

  it('has no machine that is destroyed, and none that never was', () => {
    expect(calm(...ready, retired, vmDestroyed(name))).toBeUndefined();
    expect(documents(retired, modified({ a: 'b' }), completed, vmDestroyed(name))).toEqual({});
  });

  it('leaves the next machine of a name alone when the end of the former comes again', () => {
    expect(calm(...ready, vmDestroyed(name, { vmId: 'of-the-former' }))).toMatchObject({ queue: 'ready' });
  });

  it('shows no unknown machine in the place of one of another pool, and none instead of one that was asked for', () => {
    const unknown = (pool: string) => poolEvent('VmDiscovered', { pool, name, vmId: 'v', placement: samplePlacement });
    const gone = (pool: string) => [
      poolEvent('VmsRetired', { pool, vms: [name], reason: 'discovered' }),
      { ...vmDestroyed(name, { vmId: 'v' }), data: { ...vmDestroyed(name, { vmId: 'v' }).data, pool } } as PoolEvent,
    ];
    expect(calm(...ready, unknown('rocky'), ...gone('rocky'))).toMatchObject({ pool: 'alma', queue: 'ready' });
    expect(calm(unknown('rocky'), ...ready, ...gone('rocky'))).toMatchObject({ pool: 'alma', queue: 'ready' });
  });

  it('asks neither for confirmations nor for attempts that failed', () => {
    expect(vmsProjection.events).not.toContain('pools/HoldConfirmed');
    expect(vmsProjection.events).not.toContain('pools/CheckoutFailed');
  });
});

describe('questions about machines', () => {
  const fresh: Freshness = { upToDate: async () => ({ stale: false }) };

  async function asked(freshness: Freshness = fresh) {
    const folded = await FoldedStore.of(vmsProjection, vmRecordsProjection);
    const history = new History();
    const get = new GetVmHandler(folded.store, freshness);
    const running = new RunningVmsOfTokenHandler(folded.store, freshness);
    const counts = new CountQueuesHandler(new KeptQueueCounts(folded.store), freshness);
    return {
      folded,
      history,
      add: (...events: readonly Event[]) => folded.add(...history.of(...events)),
      get: (of: string, now = 10) => get.execute(new GetVm(of, now)),
      running: async (hash: string) => (await running.execute(new RunningVmsOfToken(hash))).value.map(({ _id }) => _id),
      counts: async () => (await counts.execute()).value,
    };
  }

  const none = { pending: 0, cloning: 0, ready: 0, running: 0, completed: 0 };
  const configured = (pool: string) =>
    poolEvent('PoolConfigured', { pool, order: 0, settings: samplePoolSettings, rules: samplePoolRules });

  it('finds a machine, then its record until that is forgotten', async () => {
    const { add, get } = await asked();
    expect((await get(name)).value).toBeUndefined();
    await add(...ready, taken);
    expect((await get(name)).value).toMatchObject({ queue: 'running' });
    await add(vmDestroyed(name, {}, 1_000));
    expect((await get(name, 999)).value).toMatchObject({ queue: 'destroyed', destroyedAt: 9 });
    expect((await get(name, 1_000)).value).toBeUndefined();
    await add(vmRequested(name));
    expect((await get(name, 999)).value).toMatchObject({ queue: 'pending' });
  });

  it('finds the record also when the records are behind at first', async () => {
    const { folded, history, get } = await asked({
      upToDate: async ([model]) => {
        if (model === 'vmRecords') for (const event of events) await folded.fold(vmRecordsProjection, event);
        return { stale: false };
      },
    });
    const events = history.of(...ready, vmDestroyed(name));
    for (const event of events) await folded.fold(vmsProjection, event);
    expect((await get(name)).value).toMatchObject({ queue: 'destroyed' });
  });

  it('says when either read model is behind', async () => {
    const { get } = await asked({ upToDate: async ([model]) => ({ stale: model === 'vmRecords' }) });
    expect(await get(name)).toEqual({ value: undefined, stale: true });
  });

  it('lists the running machines of a token in the order of their checkouts', async () => {
    const { add, running } = await asked();
    const takenAt = (of: string, at: number, tokenHash: string | null = 'hash-1') =>
      poolEvent('VmsCheckedOut', {
        at,
        checkout: { ...sampleCheckout, tokenHash },
        vms: [{ ...given, name: of }],
        expiresAt: null,
      });
    await add(...['a', 'b', 'c', 'd'].flatMap((of) => vmMadeReady(of)));
    await add(takenAt('b', 4), takenAt('d', 5, null), takenAt('a', 6), takenAt('c', 7));
    expect(await running('hash-1')).toEqual(['b', 'a', 'c']);
    await add(poolEvent('VmsRetired', { vms: ['a'], reason: 'returned' }));
    expect(await running('hash-1')).toEqual(['b', 'c']);
    expect(await running('hash-2')).toEqual([]);
  });

  it('counts the queues of each pool; held machines count nowhere', async () => {
    const { add, counts } = await asked();
    expect(await counts()).toEqual(new Map());
    await add(configured('alma'), configured('empty'), ...ready, ...vmMadeReady('x'), vmRequested('y'));
    await add(vmRequested('z'), poolEvent('VmCloned', { name: 'z', seconds: 1, ip: null, figures: sampleFigures }));
    await add(...vmMadeReady('other', 'rocky'));
    expect(await counts()).toEqual(
      new Map([
        ['alma', { ...none, pending: 2, cloning: 1, ready: 2 }],
        ['empty', none],
        ['rocky', { ...none, ready: 1 }],
      ]),
    );
    await add(held);
    expect((await counts()).get('alma')).toEqual({ ...none, pending: 2, cloning: 1, ready: 1 });
    await add(completed, poolEvent('VmsRetired', { vms: ['x'], reason: 'excess' }));
    expect((await counts()).get('alma')).toEqual({ ...none, pending: 2, cloning: 1, running: 1, completed: 1 });
    await add(vmDestroyed('x'));
    expect((await counts()).get('alma')).toMatchObject({ completed: 0 });
  });

  it('counts a pool anew that loses a machine to a name of another', async () => {
    const { add, counts } = await asked();
    await add(poolEvent('VmDiscovered', { pool: 'rocky', name, vmId: 'v', placement: samplePlacement }));
    expect((await counts()).get('rocky')).toMatchObject({ completed: 1 });
    await add(vmRequested(name));
    expect((await counts()).get('rocky')).toEqual(none);
  });

  it('counts anew only the pools in which a queue has changed', async () => {
    const { add, counts } = await asked();
    await add(...ready, ...vmMadeReady('other', 'rocky'));
    const first = await counts();
    await add(modified({ a: 'b' }));
    expect(await counts()).toBe(first);
    await add(taken);
    const second = await counts();
    expect(second).not.toBe(first);
    expect(second.get('rocky')).toBe(first.get('rocky'));
    expect(second.get('alma')).toMatchObject({ running: 1 });
  });
});
