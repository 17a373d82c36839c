import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { pool } from './pool.aggregate.js';
import type { PoolCommand } from './pool.commands.js';
import type { PoolEvent } from './pool.events.js';
import { stockOf, supplyOf, vmOf } from './pool.looks.js';
import {
  ask,
  at,
  day,
  eventsOf,
  facts,
  hour,
  minute,
  plan,
  queues,
  request,
  stateOf,
  stocked,
  withToken,
} from './pool.samples.contract.js';

const { given } = decisionsOf(pool);
const data = { pool: 'alma-9', at };
const booted = at + 40_000;
const onlyDemand = ask.configure({ settings: { size: 0 } });
const after = (...commands: readonly PoolCommand[]) => eventsOf(onlyDemand, ...commands);
const begun = (name: string) => ask.vm(name, { request });
const queued = (count: number, waiting: number, more: object = {}): PoolEvent => ({
  type: 'OnDemandQueued',
  data: { ...data, request, count, checkout: withToken, waiting, ...more },
});
const retired = (reason: string, vms: readonly string[], more: object = {}): PoolEvent =>
  ({ type: 'VmsRetired', data: { ...data, vms, reason, ...more } }) as PoolEvent;
const waitingOf = (events: readonly PoolEvent[]) =>
  supplyOf(stateOf(events), 10)?.requests.map((each) => [each.request, each.waiting]);

describe('an on-demand request', () => {
  it('waits for machines beyond the size of the pool', () => {
    given(...after())
      .when(ask.queue(2))
      .then(queued(2, 2));
    given(...after(ask.queue(2)))
      .when(ask.queue(1, { request: 'onDemand-r2.1' }))
      .then(queued(1, 3, { request: 'onDemand-r2.1' }));
    given(...after())
      .when(ask.queue(0))
      .then();
    expect(stockOf(stateOf(after(ask.queue(2))))).toMatchObject({ wantedForStock: 0, surplus: 0 });
  });

  it('asked for again is the same one, under each name of the pool', () => {
    const alias = facts({ requestedAs: 'alma' });
    given(...after(ask.queue(2)))
      .when(ask.queue(2))
      .then();
    given(...after(ask.queue(2)))
      .when(ask.queue(1, { checkout: alias }))
      .then(queued(1, 3, { checkout: alias }));
  });

  it('has as many machines begun as it waits for', () => {
    const decided = given(...after(ask.queue(1))).when(begun('one'));
    decided.then({
      type: 'VmRequested',
      data: { ...data, vm: plan('one'), request, waiting: 0, timeoutAt: at + 15 * minute },
    });
    decided.thenState((state) => expect(stockOf(state)).toMatchObject({ pending: 1, pendingForStock: 0 }));
    given(...after(ask.queue(1), begun('one')))
      .when(begun('two'))
      .thenRefused('vm-not-wanted', { pool: 'alma-9' });
    given(...after())
      .when(begun('one'))
      .thenRefused('vm-not-wanted');
  });

  it('gets each when it has booted: running from then on', () => {
    const decided = given(...after(ask.queue(1), begun('one'))).when(ask.offer('one'));
    const figures = { day, count: 1, total: 40, min: 40, max: 40 };
    const delivery = { request, checkout: withToken, seconds: 40, figures, expiresAt: booted + 12 * hour };
    decided.then({ type: 'VmDelivered', data: { pool: 'alma-9', name: 'one', ...delivery, at: booted } });
    decided.thenState((state) =>
      expect(vmOf(state, 'one')).toMatchObject({
        queue: 'running',
        readyAt: booted,
        checkout: { ...withToken, at: booted },
        request,
        expiresAt: booted + 12 * hour,
      }),
    );
  });

  it('gets them under the names that it asked for', () => {
    const alias = facts({ requestedAs: 'alma' });
    const events = after(
      ...[ask.queue(1), ask.queue(2, { checkout: alias })],
      ...['a', 'b', 'c'].flatMap((name) => [begun(name), ask.offer(name)]),
    );
    expect(Array.from(stateOf(events).vms.values(), ({ checkout }) => checkout?.requestedAs)).toEqual([
      'alma-9',
      'alma',
      'alma',
    ]);
  });

  it('leaves a machine the hours that it was given while it was made', () => {
    given(...after(ask.queue(1), begun('one'), ask.modify('one', { lifetime: 2 })))
      .when(ask.offer('one'))
      .thenEvents((events) =>
        expect(events.slice(1)).toEqual([
          {
            type: 'VmModified',
            data: { pool: 'alma-9', name: 'one', tags: {}, figures: [], expiresAt: booted + 2 * hour, at: booted },
          },
        ]),
      );
  });
});

describe('a failed clone for a request', () => {
  const failed = (failures: number, waiting: number, permanent = false): PoolEvent => ({
    type: 'VmCloneFailed',
    data: { ...data, name: 'x', message: 'no such disk', permanent, request, failures, waiting },
  });
  const failing = (times: number) =>
    Array.from({ length: times }, (_, index) => [begun(String(index)), ask.cloneFailed(String(index))]).flat();

  it('is tried again', () => {
    const decided = given(...after(ask.queue(1), begun('x'))).when(ask.cloneFailed('x'));
    decided.then(failed(1, 1), retired('clone-failed', ['x']));
    decided.thenState((state) => expect(supplyOf(state, 9)?.requests).toMatchObject([{ request, waiting: 1 }]));
  });

  it('is tried again so many times', () => {
    given(...after(ask.queue(1), ...failing(2), begun('x')))
      .when(ask.cloneFailed('x'))
      .then(failed(3, 1), retired('clone-failed', ['x']));
    const last = given(...after(ask.queue(1), ...failing(3), begun('x'))).when(ask.cloneFailed('x'));
    last.then(failed(4, 0), retired('clone-failed', ['x']));
    last.thenState((state) => expect(supplyOf(state, 9)?.requests).toEqual([]));
  });

  it('is not tried again when it would fail for ever', () => {
    given(...after(ask.queue(1), begun('x')))
      .when(ask.cloneFailed('x', { permanent: true }))
      .then(failed(1, 0, true), retired('clone-failed', ['x']));
  });
});

describe('a machine for a request that goes before it has booted', () => {
  it.each<[string, PoolCommand, number]>([
    ['timeout', ask.expire('one', at + hour), at + hour],
    ['vanished', ask.retire('vanished', 'one'), at],
    ['reset', { type: 'reset', at }, at],
  ])('is made again: %s', (reason, command, when) => {
    const events = after(ask.queue(2), begun('one'), command);
    expect(events.at(-1)).toEqual(retired(reason, ['one'], { waiting: 2, at: when }));
    expect(waitingOf(events)).toEqual([[request, 2]]);
  });

  it('is made again from the new template', () => {
    const events = after(ask.queue(2), begun('one'), { type: 'override-template', template: 'a/b', at });
    expect(events.at(-1)).toEqual(retired('template-changed', ['one'], { waiting: 2 }));
  });

  it('is not made again once the user has had it', () => {
    expect(after(ask.queue(1), begun('one'), ask.offer('one'), ask.retire('vanished', 'one')).at(-1)).toEqual(
      retired('vanished', ['one']),
    );
  });
});

describe('the end of a request', () => {
  const working = [ask.queue(4), begun('one'), begun('two'), begun('three'), ask.offer('one'), ask.offer('two')];
  const cancelled = (waiting: number, reason = 'request-failed'): PoolEvent =>
    ({ type: 'OnDemandCancelled', data: { ...data, request, reason, waiting } }) as PoolEvent;

  it('without all of its machines retires those that are there', () => {
    const returned = ask.giveBack('one', { toucher: { userId: 'mira', administrator: false } });
    const decided = given(...after(...working, returned)).when(ask.cancel('request-deleted'));
    decided.then(cancelled(0, 'request-deleted'), retired('request-deleted', ['two', 'three']));
    decided.thenState((state) => {
      expect(queues(state)).toEqual({ one: 'completed', two: 'completed', three: 'completed' });
      expect(state?.waiting).toBe(0);
    });
  });

  it('leaves other requests alone', () => {
    const other = 'onDemand-r2.1';
    given(...after(...working, ask.queue(2, { request: other }), ask.vm('x', { request: other })))
      .when(ask.cancel())
      .then(cancelled(1), retired('request-failed', ['one', 'two', 'three']));
  });

  it('is told once, also before it was asked for', () => {
    given(...after(...working, ask.cancel()))
      .when(ask.cancel())
      .then();
    given(...after(...working, ask.cancel()))
      .when(ask.queue(4))
      .then();
    given(...after())
      .when(ask.cancel())
      .then(cancelled(0));
    given(...after(ask.cancel()))
      .when(ask.queue(4))
      .then();
    given().when(ask.cancel()).then();
  });

  it('with all of its machines lets the pool forget it', () => {
    const done = [ask.queue(1), begun('one'), ask.offer('one')];
    given(...after(...done))
      .when(ask.settle())
      .then({ type: 'OnDemandSettled', data: { ...data, request } });
    given(...after(...done, ask.settle()))
      .when(ask.settle())
      .then();
    given(...after(...working))
      .when(ask.settle())
      .then();
    given(...after())
      .when(ask.settle())
      .then();
    given().when(ask.settle()).then();
    expect(stateOf(after(...done, ask.settle())).requests.size).toBe(0);
  });

  it('deleted after it was settled, its running machines go', () => {
    const done = [ask.queue(1), begun('one'), ask.offer('one'), ask.settle()];
    given(...after(...done))
      .when(ask.cancel('request-deleted'))
      .then(retired('request-deleted', ['one']));
    given(...after(...done))
      .when(ask.queue(1))
      .then();
    const gone = [...done, ask.cancel('request-deleted'), ask.destroyed('one')];
    given(...after(...gone))
      .when(ask.cancel('request-deleted'))
      .then();
    expect(stateOf(after(...gone)).vmsOfRequest.size).toBe(0);
  });

  it('of which more machines are under way than were asked for: these go', () => {
    const events = after(...working, ask.cancel()).filter(({ type }) => type !== 'VmsRetired');
    given(...events)
      .when(ask.offer('three'))
      .then(retired('request-failed', ['three'], { at: booted }));
  });
});

it('stock and requests do not take from each other', () => {
  const events = eventsOf(
    ask.configure({ settings: { size: 1 } }),
    ...[ask.queue(1), ask.vm('stock'), begun('demand'), ask.offer('stock'), ask.offer('demand')],
  );
  expect(queues(stateOf(events))).toEqual({ stock: 'ready', demand: 'running' });
  given(...events)
    .when(stocked('x')[0]!)
    .thenRefused('vm-not-wanted');
});
