import { describe, expect, it } from '@jest/globals';
import { pool, poolStream } from './pool.aggregate.js';
import type { PoolCommand } from './pool.commands.js';
import {
  attemptOf,
  dueVms,
  heldBy,
  knownVmIds,
  overridesOf,
  readyVms,
  stockOf,
  supplyOf,
  undecidedHolds,
  vmOf,
} from './pool.looks.js';
import {
  ask,
  at,
  eventsOf,
  facts,
  hour,
  minute,
  placement,
  request,
  rules,
  settings,
  stateOf,
  stocked,
  threeReady,
  withToken,
} from './pool.samples.contract.js';
import type { PoolState } from './pool.state.js';

/** Some of everything. */
const everything = stateOf(
  eventsOf(
    ask.configure({ settings: { size: 6, domain: 'own.example.org' } }),
    ...['run', 'hold', 'stay', 'later'].flatMap((name, index) => stocked(name, at + 40_000 + index)),
    ask.checkOut(1, { checkout: facts({ lifetime: 2 }) }),
    ask.hold('a', 1),
    ask.modify('stay', { tags: { team: 'red' }, lifetime: 3 }),
    ask.vm('new'),
    ask.vm('old'),
    ask.queue(3),
    ask.queue(1, { request: 'onDemand-r2.1' }),
    ask.vm('od', { request }),
    ask.vm('od2', { request: 'onDemand-r2.1' }),
    ask.cloned('od'),
    ask.task('run', { id: 't1', kind: 'disk', gb: 8 }),
    ask.task('new', { id: 't2', kind: 'disk', gb: 8 }),
    ask.task('old', { id: 't3', kind: 'disk', gb: 8 }),
    ask.retire('unreachable', 'old'),
    { type: 'override-size', size: 9, at },
    { type: 'reset', at },
    ...stocked('last'),
    ask.hold('b', 1),
    ask.release('b'),
    ask.cancel('request-deleted', 'onDemand-r2.1'),
  ),
);

describe('what others may know of a pool', () => {
  it('is nothing before it is configured', () => {
    const state: PoolState = undefined;
    expect([stockOf(state), supplyOf(state, 9), vmOf(state, 'one'), overridesOf(state), heldBy(state, 'a')]).toEqual(
      Array(5).fill(undefined),
    );
    expect([undecidedHolds(state), dueVms(state, at, 9), readyVms(state, null, 9), [...knownVmIds(state)]]).toEqual(
      Array(4).fill([]),
    );
    expect([attemptOf(state, 'a'), poolStream('alma-9')]).toEqual(['unknown', 'pool-alma-9']);
  });

  it('tells its stock', () => {
    expect(stockOf(everything)).toEqual({
      configured: true,
      size: 9,
      template: 'templates/alma-9',
      cloneTarget: null,
      ready: 1,
      pending: 0,
      pendingForStock: 0,
      running: 1,
      completed: 6,
      wantedForStock: 7,
      surplus: 0,
    });
  });

  it('tells what there is to do', () => {
    const supply = supplyOf(everything, 2);
    expect(supply).toMatchObject({
      settings: settings({ size: 6, domain: 'own.example.org' }),
      rules: rules(),
      size: 9,
      domain: 'own.example.org',
      wantedForStock: 7,
      requests: [{ request, waiting: 3, checkout: withToken }],
      pending: [],
      tasks: [{ name: 'run', vmId: 'id-run', placement, task: { id: 't1', kind: 'disk', gb: 8 } }],
    });
    expect(supply?.completed.map(({ name }) => name)).toEqual(['old', 'stay']);
    const pending = supplyOf(stateOf(eventsOf(ask.configure(), ask.vm('x'), ask.cloned('x'), ask.vm('y'))), 1)?.pending;
    expect(pending).toEqual([
      {
        ...{ name: 'x', vmId: 'id-x', placement, request: null, requestedAt: at, clonedAt: at },
        timeoutAt: at + 15 * minute,
      },
    ]);
    expect(supplyOf(stateOf(threeReady), 9)?.domain).toBe('lab.example.org');
  });

  it('has tasks to be done where there is a machine, and wishes only while it is configured', () => {
    const disk = (name: string): PoolCommand => ask.task(name, { id: 't', kind: 'disk', gb: 8 });
    const commands = [ask.configure(), ask.queue(1), ask.vm('x'), disk('x')];
    expect(supplyOf(stateOf(eventsOf(...commands)), 9)).toMatchObject({ requests: [{ request }], tasks: [] });
    expect(supplyOf(stateOf(eventsOf(...commands, ask.cloned('x'))), 9)?.tasks).toHaveLength(1);
    expect(supplyOf(stateOf(eventsOf(...commands, ask.cloned('x'), ask.unconfigure)), 9)).toMatchObject({
      configured: false,
      requests: [],
      tasks: [],
    });
  });

  it('tells of each machine where it stands and when it ends', () => {
    expect(vmOf(everything, 'run')).toMatchObject({ queue: 'running', hold: null, expiresAt: at + minute + 2 * hour });
    expect(vmOf(everything, 'hold')).toMatchObject({ queue: 'held', hold: { attempt: 'a' }, expiresAt: null });
    expect(vmOf(everything, 'last')).toMatchObject({ queue: 'ready', expiresAt: at + 40_000 + hour });
    expect(vmOf(everything, 'stay')).toMatchObject({
      ...{ queue: 'completed', retirement: 'reset', expiresAt: null },
      ...{ tags: { team: 'red' }, lifetime: 3, pool: 'alma-9' },
    });
    expect(vmOf(everything, 'nobody')).toBeUndefined();
  });

  it('tells which machines are over', () => {
    const state = stateOf(eventsOf(ask.configure(), ...stocked('a'), ask.checkOut(1), ...stocked('b'), ask.vm('c')));
    const due = (now: number, limit = 9) => dueVms(state, now, limit).map(({ name }) => name);
    expect([due(at), due(at + 15 * minute), due(at + 2 * hour), due(at + 13 * hour), due(at + 13 * hour, 2)]).toEqual([
      [],
      ['c'],
      ['b', 'c'],
      ['a', 'b', 'c'],
      ['a', 'b'],
    ]);
    expect(dueVms(state, at + 15 * minute, 1)).toEqual([{ name: 'c', vmId: 'id-c' }]);
  });

  it('shows the ready queue in pages', () => {
    const state = stateOf([...threeReady, ...eventsOf(ask.configure(), ...stocked('one'), ask.checkOut(1)).slice(-1)]);
    const page = readyVms(state, null, 1);
    expect(page).toEqual([{ name: 'two', vmId: 'id-two', placement, place: 2, readyAt: at + 41_000 }]);
    const after = (cursor: string | number) => readyVms(state, cursor, 5).map(({ name }) => name);
    expect([after('two'), after(2), after('one'), after(1), after('three'), after('gone')]).toEqual([
      ['three'],
      ['three'],
      ['two', 'three'],
      ['two', 'three'],
      [],
      ['two', 'three'],
    ]);
  });

  it('knows its machines by their ids', () => {
    expect(knownVmIds(everything).get('id-run')).toEqual({ name: 'run', queue: 'running', placement });
    expect(knownVmIds(everything).size).toBe(everything.vms.size);
  });
});

describe('the snapshot of a pool', () => {
  it('holds all that is not worked out', () => {
    const stored = JSON.stringify(pool.snapshot?.write(everything));
    const read = pool.snapshot?.read(JSON.parse(stored) as never);
    const plain = (state: PoolState) => ({
      ...state,
      ready: state?.ready.oldest(99),
      decidedAttempts: state?.decidedAttempts.entries(),
      endedRequests: state?.endedRequests.entries(),
    });
    expect(plain(read)).toEqual(plain(everything));
    expect(everything.vms.get('hold')?.resetWhileHeld).toBe(true);
    expect(pool.snapshot?.read(JSON.parse(JSON.stringify(pool.snapshot.write(undefined))) as never)).toBeUndefined();
  });
});
