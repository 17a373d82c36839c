import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '#specs';
import type { PendingVm, Supply } from '../../pool/pool.looks.js';
import { defaultPoolsSettings } from '../../pools.settings.js';
import { rulesOf } from '../rules.policy.js';
import { sampleCheckout, samplePool } from '../supply-bed.contract.js';
import { Pauses } from './pauses.js';
import { planOf, type UnderWay } from './supply-plan.policy.js';

const placement = { hypervisorUuid: 'h', provider: 'p', nativeId: 'kvm-1', serviceHost: 'kvm-1' };
const settings = samplePool('a');
const nothing: Supply = {
  ...{ configured: true, settings, rules: rulesOf(settings, defaultPoolsSettings), size: 3, template: 't/a' },
  ...{
    cloneTarget: null,
    domain: null,
    wantedForStock: 0,
    surplus: 0,
    requests: [],
    pending: [],
    completed: [],
    tasks: [],
  },
};
const idle: UnderWay = { kindOf: () => undefined, unborn: () => 0, pausing: () => false };
const vm = (vmId: string) => ({ name: `name-${vmId}`, vmId, placement });
const pending = (vmId: string, more: Partial<PendingVm> = {}): PendingVm => ({
  ...{ ...vm(vmId), request: null, requestedAt: 0, clonedAt: null, timeoutAt: 1_000 },
  ...more,
});
const plan = (supply: Partial<Supply>, underWay: Partial<UnderWay> = {}, now = 500) =>
  planOf({ ...nothing, ...supply }, { ...idle, ...underWay }, now);
const checkout = sampleCheckout('c');

describe('what is to be begun for a pool', () => {
  it('is nothing when nothing is missing', () => {
    const none = { stock: [], onDemand: [], boots: [], destroys: [], tasks: [], interrupted: [], shed: false };
    expect(plan({})).toEqual(none);
  });

  it.each([
    [5, 0, 5],
    [5, 2, 3],
    [2, 3, 0],
    [5_000, 0, 1_000],
  ])('for %d missing in stock, %d of them on their way: %d clones', (wantedForStock, onTheirWay, clones) => {
    const { stock } = plan({ wantedForStock }, { unborn: (request) => (request === null ? onTheirWay : 0) });
    expect(stock).toHaveLength(clones);
    expect(stock.every((job) => job.kind === 'begin' && job.request === null)).toBe(true);
  });

  it('is no more than so many clones for all requests together, the oldest first', () => {
    const requests = ['q', 'r'].map((request) => ({ request, waiting: 600, checkout }));
    const { onDemand } = plan({ requests }, { unborn: (request) => (request === 'q' ? 100 : 0) });
    const of = (name: string) => onDemand.filter((job) => job.kind === 'begin' && job.request === name).length;
    expect([of('q'), of('r'), onDemand.length]).toEqual([500, 500, 1_000]);
  });

  it('is no new clone for stock after failures, and none at all where there was no room', () => {
    const wanted = { wantedForStock: 1, requests: [{ request: 'q', waiting: 1, checkout }], pending: [pending('v')] };
    const afterFailures = plan(wanted, { pausing: (key) => key === 'stock' });
    expect([afterFailures.stock.length, afterFailures.onDemand.length]).toEqual([1, 1]);
    const withoutRoom = plan(wanted, { pausing: (key) => key === 'placing' });
    expect(withoutRoom.stock).toEqual([{ kind: 'resume', vm: pending('v') }]);
    expect(withoutRoom.onDemand).toEqual([]);
  });

  it('is to go on with what was begun, wherever it stands, unless its time is over', () => {
    const [uncloned, cloned] = [pending('u'), pending('c', { clonedAt: 100 })];
    const asked = pending('q', { request: 'q' });
    const all = { pending: [uncloned, cloned, asked] };
    expect(plan(all)).toMatchObject({
      stock: [{ kind: 'resume', vm: uncloned }],
      onDemand: [{ kind: 'resume', vm: asked }],
      boots: [cloned],
    });
    expect(plan(all, {}, 1_000)).toMatchObject({ stock: [], onDemand: [], boots: [] });
    expect(plan(all, { kindOf: () => 'clone' })).toMatchObject({ stock: [], onDemand: [], boots: [] });
  });

  it('is to destroy what is completed; what still boots is interrupted first, what is being cloned waited for', () => {
    const completed = ['x', 'b', 'c', 'p'].map(vm);
    const kinds: Readonly<Record<string, 'boot' | 'clone'>> = { b: 'boot', c: 'clone' };
    const underWay: Partial<UnderWay> = {
      kindOf: (vmId) => kinds[vmId],
      pausing: (key) => typeof key === 'object' && key.vmId === 'p',
    };
    expect(plan({ completed }, underWay)).toMatchObject({ destroys: [vm('x')], interrupted: ['b'] });
  });

  it('is one machine’s tasks together, in order', () => {
    const disk = (id: string) => ({ id, kind: 'disk' as const, gb: 1 });
    const tasks = [
      { ...vm('v'), task: disk('1') },
      { ...vm('w'), task: disk('2') },
      { ...vm('v'), task: disk('3') },
      { ...vm('x'), task: disk('4') },
    ];
    expect(plan({ tasks }, { kindOf: (vmId) => (vmId === 'x' ? 'task' : undefined) }).tasks).toEqual([
      { vmId: 'v', name: 'name-v', provider: 'p', tasks: [disk('1'), disk('3')] },
      { vmId: 'w', name: 'name-w', provider: 'p', tasks: [disk('2')] },
    ]);
  });

  it('is to shed what is too much', () => {
    expect(plan({ surplus: 1 }).shed).toBe(true);
  });
});

describe('pauses after failures', () => {
  it('grow with each failure in a row, end by themselves, and are forgotten when it works', async () => {
    const clock = new VirtualClock();
    const pauses = new Pauses(clock);
    expect(pauses.pausing('k')).toBe(false);
    pauses.failed('k');
    await clock.advance(999);
    expect([pauses.pausing('k'), pauses.pausing('other')]).toEqual([true, false]);
    await clock.advance(1);
    expect(pauses.pausing('k')).toBe(false);
    pauses.failed('k');
    await clock.advance(1_999);
    expect(pauses.pausing('k')).toBe(true);
    pauses.worked('k');
    expect(pauses.pausing('k')).toBe(false);
  });

  it('are not made longer by a clock that is set back', () => {
    const clock = new VirtualClock();
    const pauses = new Pauses(clock);
    pauses.failed('k');
    clock.jump(-3_600_000);
    expect(pauses.pausing('k')).toBe(false);
  });
});
