import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { pool } from './pool.aggregate.js';
import type { PoolCommand } from './pool.commands.js';
import type { PoolEvent } from './pool.events.js';
import { attemptOf, heldBy, stockOf, undecidedHolds, vmOf } from './pool.looks.js';
import {
  ask,
  at,
  day,
  eventsOf,
  facts,
  hour,
  minute,
  queues,
  readyNames,
  request,
  stateOf,
  stocked,
  threeReady,
} from './pool.samples.contract.js';

const { given } = decisionsOf(pool);
const then = at + minute;

const taken = (name: string) => ({ name, vmId: `id-${name}`, generation: 1, domain: 'lab.example.org' });
const checkedOut = (
  names: readonly string[],
  more: { checkout?: ReturnType<typeof facts>; expiresAt?: number | null } = {},
): PoolEvent => ({
  type: 'VmsCheckedOut',
  data: {
    pool: 'alma-9',
    checkout: facts(),
    vms: names.map(taken),
    expiresAt: then + 12 * hour,
    at: then,
    ...more,
  },
});
const held = (attempt: string, ...vms: readonly string[]): PoolEvent => ({
  type: 'VmsHeld',
  data: { pool: 'alma-9', attempt, decidedBy: `checkout-${attempt}`, vms, deadline: at + 2 * minute, at: then },
});
const returned = (attempt: string, ...vms: readonly string[]): PoolEvent => ({
  type: 'VmsReturned',
  data: { pool: 'alma-9', attempt, vms, at: then },
});

describe('a checkout', () => {
  it('takes the machines that are ready for the longest, all at once', () => {
    given(...threeReady)
      .when(ask.checkOut(2))
      .then(checkedOut(['one', 'two']));
    given(...threeReady)
      .when(ask.checkOut(3))
      .then(checkedOut(['one', 'two', 'three']));
  });

  it('takes none when there are too few', () => {
    given(...threeReady)
      .when(ask.checkOut(4))
      .thenRefused('pool-empty', { pool: 'alma-9', wanted: 4, ready: 3 });
    given(...threeReady)
      .when(ask.checkOut(0))
      .then();
  });

  it.each<[string, Partial<ReturnType<typeof facts>>, number, number | null]>([
    ['as long as the pool says', {}, 12, then + 12 * hour],
    ['for ever, where the pool says so', {}, 0, null],
    ['as long as the token says', { lifetime: 5 }, 12, then + 5 * hour],
  ])('gives it %s', (_what, more, vmLifetimeHours, expiresAt) => {
    const checkout = facts(more);
    const events = [
      ...threeReady,
      ...eventsOf(ask.configure(), ask.configure({ rules: { vmLifetimeHours } })).slice(1),
    ];
    const decided = given(...events).when(ask.checkOut(1, { checkout }));
    decided.then(checkedOut(['one'], { checkout, expiresAt }));
    decided.thenState((state) =>
      expect(vmOf(state, 'one')).toMatchObject({
        queue: 'running',
        checkout: { ...checkout, at: then },
        lifetime: more.lifetime ?? null,
        expiresAt,
      }),
    );
  });

  it('leaves a machine the hours that it was given before, and says when it ends', () => {
    const own = [...threeReady, ...modified('one', 2)];
    given(...own)
      .when(ask.checkOut(2))
      .then(checkedOut(['one', 'two']), {
        type: 'VmModified',
        data: { pool: 'alma-9', name: 'one', tags: {}, figures: [], expiresAt: then + 2 * hour, at: then },
      });
    const checkout = facts({ lifetime: 5 });
    given(...own)
      .when(ask.checkOut(1, { checkout }))
      .then(checkedOut(['one'], { checkout, expiresAt: then + 5 * hour }));
  });

  function modified(name: string, lifetime: number): PoolEvent[] {
    return [
      { type: 'VmModified', data: { pool: 'alma-9', name, lifetime, tags: {}, figures: [], expiresAt: null, at } },
    ];
  }
});

describe('a hold', () => {
  it('takes the oldest out of the ready queue, for one attempt alone', () => {
    const decided = given(...threeReady).when(ask.hold('a', 2));
    decided.then(held('a', 'one', 'two'));
    decided.thenState((state) => {
      expect(readyNames(state)).toEqual(['three']);
      expect(stockOf(state)).toMatchObject({ ready: 1, wantedForStock: 0 });
      expect(undecidedHolds(state)).toEqual([
        { attempt: 'a', decidedBy: 'checkout-a', deadline: at + 2 * minute, vms: ['one', 'two'] },
      ]);
      expect(heldBy(state, 'a')).toMatchObject({ machines: [taken('one'), taken('two')], lifetimeHours: 12 });
      expect(vmOf(state, 'one')).toMatchObject({
        queue: 'held',
        hold: { attempt: 'a', decidedBy: 'checkout-a', deadline: at + 2 * minute },
        expiresAt: null,
      });
    });
  });

  it('asked for again holds what it holds', () => {
    given(...threeReady, held('a', 'one'))
      .when(ask.hold('a', 2))
      .then();
  });

  it('that others may give back is worth waiting for; what nobody has is not', () => {
    const attempts = [['b', 'checkout-b', at + 2 * minute]];
    for (const ask2 of [ask.hold('a', 3), ask.checkOut(3)]) {
      given(...threeReady, held('b', 'one', 'two'))
        .when(ask2)
        .thenRefused('held-by-others', { pool: 'alma-9', wanted: 3, ready: 1, attempts });
    }
    given(...threeReady, held('b', 'one', 'two'))
      .when(ask.hold('a', 4))
      .thenRefused('pool-empty', { pool: 'alma-9', wanted: 4, ready: 1 });
    given(...threeReady, held('b', 'one', 'two'))
      .when(ask.hold('a', 0))
      .then();
  });

  it('confirmed is a checkout at the time of the decision', () => {
    const checkout = facts({ lifetime: 3 });
    const decided = given(...threeReady, held('a', 'one', 'two')).when(ask.confirm('a', { checkout }));
    decided.then({
      type: 'HoldConfirmed',
      data: { pool: 'alma-9', attempt: 'a', checkout, expiresAt: then + 3 * hour, at: then },
    });
    decided.thenState((state) => {
      expect(queues(state)).toEqual({ one: 'running', two: 'running', three: 'ready' });
      expect(vmOf(state, 'two')).toMatchObject({ checkout: { ...checkout, at: then }, hold: null });
      expect([heldBy(state, 'a'), attemptOf(state, 'a')]).toEqual([undefined, 'confirmed']);
    });
  });

  it('released puts its machines back where they were', () => {
    const decided = given(...threeReady, held('a', 'one'), held('b', 'two')).when(ask.release('a'));
    decided.then(returned('a', 'one'));
    decided.thenState((state) => expect(readyNames(state)).toEqual(['one', 'three']));
    given(...threeReady, held('a', 'one'), held('b', 'two'), returned('a', 'one'), returned('b', 'two')).state(
      (state) => expect(readyNames(state)).toEqual(['one', 'two', 'three']),
    );
  });

  it('that is decided stays decided', () => {
    const released = [...threeReady, held('a', 'one'), returned('a', 'one')];
    given(...released)
      .when(ask.hold('a', 1))
      .thenRefused('attempt-decided', { attempt: 'a' });
    for (const again of [ask.release('a'), ask.confirm('a'), ask.confirm('nobody'), ask.release('nobody')]) {
      given(...released)
        .when(again)
        .then();
    }
    const confirmed = [
      ...threeReady,
      ...eventsOf(ask.configure(), ...stocked('one'), ask.hold('a', 1), ask.confirm('a')).slice(-2),
    ];
    given(...confirmed)
      .when(ask.hold('a', 1))
      .thenRefused('attempt-decided', { attempt: 'a' });
    given(...confirmed)
      .when(ask.release('a'))
      .then();
    given().when(ask.release('a')).then();
  });

  it('is forgotten a day after its decision', () => {
    const released = [...threeReady, held('a', 'one'), returned('a', 'one'), held('b', 'one')];
    const nextDay = then + 24 * hour;
    const later = (on: number): PoolEvent => ({
      type: 'VmsReturned',
      data: { pool: 'alma-9', attempt: 'b', vms: ['one'], at: on },
    });
    expect(attemptOf(stateOf([...released, later(nextDay)]), 'a')).toBe('released');
    expect(attemptOf(stateOf([...released, later(nextDay + 1)]), 'a')).toBe('unknown');
  });
});

describe('what is held', () => {
  const holding = [...threeReady, held('a', 'one', 'two')];

  it.each<[string, PoolCommand]>([
    ['does not expire', ask.expire('one', at + 100 * hour)],
    ['is not retired by a check', ask.retire('vanished', 'one', 'two')],
    ['is not destroyed', ask.destroyed('one')],
    ['is not shed', { type: 'shed', at }],
    ['is not offered again', ask.offer('one')],
  ])('%s', (_what, command) => {
    given(...holding)
      .when(command)
      .then();
  });

  it.each<[string, PoolCommand]>([
    ['returned', ask.giveBack('one')],
    ['changed', ask.modify('one', { lifetime: 2 })],
    ['given a disk', ask.task('one', { id: 't', kind: 'disk', gb: 8 })],
  ])('is not %s before its attempt is decided', (_what, command) => {
    given(...holding)
      .when(command)
      .thenRefused('vm-held', { name: 'one', attempt: 'a', decidedBy: 'checkout-a' });
  });

  const retired = (reason: string, ...vms: readonly string[]) =>
    ({ type: 'VmsRetired', data: { pool: 'alma-9', vms, reason, at: then } }) as PoolEvent;

  it.each<[string, readonly PoolCommand[], string]>([
    ['a reset', [{ type: 'reset', at }], 'reset'],
    ['a new template', [{ type: 'override-template', template: 'a/b', at }], 'template-changed'],
    ['a new clone target', [{ type: 'override-clone-target', cloneTarget: 'b', at }], 'clone-target-changed'],
    ['a pool that left', [ask.unconfigure], 'unconfigured'],
  ])('meets %s when it comes back', (_what, commands, reason) => {
    const meanwhile = commands.flatMap((command) => eventsOf(ask.configure(), command).slice(1));
    const decided = given(...holding, ...meanwhile).when(ask.release('a'));
    decided.then(returned('a', 'one', 'two'), retired(reason, 'one', 'two'));
    decided.thenState((state) => expect(queues(state)).toMatchObject({ one: 'completed', two: 'completed' }));
    const confirmed = given(...holding, ...meanwhile).when(ask.confirm('a'));
    confirmed.thenState((state) => expect(queues(state)).toMatchObject({ one: 'running', two: 'running' }));
  });

  it('a reset before the hold does not count, nor one during another hold', () => {
    const reset = eventsOf(ask.configure(), { type: 'reset', at }).slice(1);
    given(...threeReady, held('b', 'one'), ...reset, returned('b', 'one'), held('a', 'one'))
      .when(ask.release('a'))
      .then(returned('a', 'one'));
  });

  it('is too old when it comes back after its time', () => {
    const late = at + 40_000 + 60 * minute;
    given(...holding)
      .when(ask.release('a', { at: late }))
      .then(
        { type: 'VmsReturned', data: { pool: 'alma-9', attempt: 'a', vms: ['one', 'two'], at: late } },
        { type: 'VmsRetired', data: { pool: 'alma-9', vms: ['one'], reason: 'ready-ttl', at: late } },
      );
  });

  it('keeps what it holds for the pool that comes back to its configuration', () => {
    const between = eventsOf(ask.configure(), ask.unconfigure, ask.configure({ at: at + 1 })).slice(1);
    given(...holding, ...between)
      .when(ask.release('a'))
      .then(returned('a', 'one', 'two'));
  });
});

it('machines for on-demand requests are never held', () => {
  const events = eventsOf(ask.configure(), ask.queue(1), ask.vm('od', { request }), ask.offer('od', { day }));
  given(...events)
    .when(ask.hold('a', 1))
    .thenRefused('pool-empty', { pool: 'alma-9', wanted: 1, ready: 0 });
});
