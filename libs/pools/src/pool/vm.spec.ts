import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { pool } from './pool.aggregate.js';
import type { PoolCommand, Toucher, TouchRules } from './pool.commands.js';
import type { CheckoutFacts, PoolEvent, TagFigure } from './pool.events.js';
import { vmOf } from './pool.looks.js';
import {
  admin,
  anybody,
  ask,
  at,
  day,
  eventsOf,
  facts,
  hour,
  minute,
  mira,
  noAuth,
  noor,
  stateOf,
  stocked,
  strict,
  threeReady,
  withToken,
} from './pool.samples.contract.js';

const { given } = decisionsOf(pool);
const data = { pool: 'alma-9', at };

/** `one` is running. */
const running = (checkout: CheckoutFacts = facts()) =>
  eventsOf(ask.configure(), ...stocked('one'), ask.checkOut(1, { checkout }));

describe('returning a machine', () => {
  it('sends it to be destroyed, and says who did it', () => {
    const back = (actorUserId: string | null): PoolEvent => ({
      type: 'VmsRetired',
      data: { pool: 'alma-9', vms: ['one'], reason: 'returned', actorUserId, at: at + hour },
    });
    given(...running())
      .when(ask.giveBack('one'))
      .then(back(null));
    given(...running(withToken))
      .when(ask.giveBack('one', { toucher: noor }))
      .then(back('noor'));
  });

  it('needs a machine that is running', () => {
    given(...running())
      .when(ask.giveBack('two'))
      .thenRefused('vm-unknown', { name: 'two' });
    given().when(ask.giveBack('two')).thenRefused('vm-unknown', { name: 'two' });
    given(...threeReady)
      .when(ask.giveBack('one'))
      .thenRefused('vm-not-running', { name: 'one', state: 'ready' });
    given(...eventsOf(ask.configure(), ask.vm('one')))
      .when(ask.giveBack('one'))
      .thenRefused('vm-not-running', { name: 'one', state: 'pending' });
    given(...eventsOf(ask.configure(), ...stocked('one'), ask.checkOut(1), ask.giveBack('one')))
      .when(ask.giveBack('one'))
      .thenRefused('vm-not-running', { name: 'one', state: 'completed' });
  });
});

describe('who may touch a machine', () => {
  const change = (toucher: Toucher | null, rules: TouchRules) => ask.modify('one', { lifetime: 2, toucher, rules });
  const disk = (toucher: Toucher | null, rules: TouchRules) =>
    ask.task('one', { id: 't', kind: 'disk', gb: 8 }, { toucher, rules });
  const back = (toucher: Toucher | null, rules: TouchRules) => ask.giveBack('one', { toucher, rules });
  type Ask = (toucher: Toucher | null, rules: TouchRules) => PoolCommand;

  it.each<[string, Ask, CheckoutFacts, Toucher | null, TouchRules, string | null]>([
    ['returned, taken without a token', back, facts(), null, anybody, null],
    ['returned, taken without a token, strictly', back, facts(), null, strict, null],
    ['returned without a token', back, withToken, null, anybody, 'token-required'],
    ['returned without a token, where there are none', back, withToken, null, noAuth, null],
    ['returned by another', back, withToken, noor, anybody, null],
    ['returned by another, strictly', back, withToken, noor, strict, 'not-the-owner'],
    ['returned by its user, strictly', back, withToken, mira, strict, null],
    ['returned by an administrator, strictly', back, withToken, admin, strict, null],
    ['changed without a token', change, withToken, null, anybody, null],
    ['changed without a token, strictly', change, withToken, null, strict, 'token-required'],
    ['changed by another', change, withToken, noor, anybody, null],
    ['changed by another, strictly', change, withToken, noor, strict, 'not-the-owner'],
    ['changed by its user, strictly', change, withToken, mira, strict, null],
    ['changed by another, taken without a token, strictly', change, facts(), noor, strict, null],
    ['given a disk by another, strictly', disk, withToken, noor, strict, 'not-the-owner'],
    ['given a disk by an administrator, strictly', disk, withToken, admin, strict, null],
    ['given a disk by another', disk, withToken, noor, anybody, null],
  ])('%s', (_what, command, checkout, toucher, rules, refusal) => {
    const decided = given(...running(checkout)).when(command(toucher, rules));
    if (refusal === null) decided.thenEvents((events) => expect(events).toHaveLength(1));
    else decided.thenRefused(refusal, { name: 'one' });
  });

  it('whose record alone is left: strictly an administrator, since its user is not known here any more', () => {
    const record = (toucher: Toucher | null, rules: TouchRules) =>
      given(...running()).when(ask.modify('gone', { kept: true, lifetime: 2, toucher, rules }));
    record(null, anybody).thenEvents((events) => expect(events).toHaveLength(1));
    record(admin, strict).thenEvents((events) => expect(events).toHaveLength(1));
    record(mira, strict).thenRefused('not-the-owner', { name: 'gone' });
    record(null, strict).thenRefused('token-required', { name: 'gone' });
  });
});

describe('own hours', () => {
  const changed = (more: object): PoolEvent => ({
    type: 'VmModified',
    data: { ...data, name: 'one', tags: {}, figures: [], expiresAt: null, ...more },
  });

  it('of a running machine count from its checkout', () => {
    const decided = given(...running()).when(ask.modify('one', { lifetime: 2 }));
    decided.then(changed({ lifetime: 2, expiresAt: at + minute + 2 * hour }));
    decided.thenState((state) =>
      expect(vmOf(state, 'one')).toMatchObject({ lifetime: 2, expiresAt: at + minute + 2 * hour }),
    );
  });

  it('may be over already: the timer does the rest', () => {
    const later = at + 5 * hour;
    const own = [...running(), changed({ lifetime: 2, expiresAt: at + minute + 2 * hour })];
    given(...running())
      .when(ask.modify('one', { lifetime: 2, at: later }))
      .then(changed({ lifetime: 2, expiresAt: at + minute + 2 * hour, at: later }));
    given(...own)
      .when(ask.expire('one', later))
      .then({ type: 'VmsRetired', data: { pool: 'alma-9', vms: ['one'], reason: 'lifetime', at: later } });
  });

  it('are kept for later while nobody has the machine', () => {
    given(...threeReady)
      .when(ask.modify('one', { lifetime: 2 }))
      .then(changed({ lifetime: 2 }));
  });

  it('that it has already change nothing', () => {
    given(...running(), changed({ lifetime: 2 }))
      .when(ask.modify('one', { lifetime: 2 }))
      .then();
    given(...running())
      .when(ask.modify('one'))
      .then();
  });

  it('are of a machine that is known', () => {
    given(...running())
      .when(ask.modify('two', { lifetime: 2 }))
      .thenRefused('vm-unknown', { name: 'two' });
    given()
      .when(ask.modify('two', { kept: true }))
      .thenRefused('vm-unknown', { name: 'two' });
  });
});

describe('tags', () => {
  const figure = (value: string, count: number, on = day): TagFigure => ({ day: on, key: 'team', value, count });
  const set = (name: string, value: string, more: Partial<Extract<PoolCommand, { type: 'modify-vm' }>> = {}) => ({
    ...ask.modify(name),
    tags: { team: value },
    ...more,
  });
  const figuresOf = (...commands: readonly PoolCommand[]) =>
    eventsOf(ask.configure(), ...['one', 'two', 'three'].flatMap((name) => stocked(name)), ...commands).flatMap(
      (event) => (event.type === 'VmModified' ? [event.data.figures] : []),
    );

  it('merge by key, a new value for the old one', () => {
    const events = eventsOf(
      ...[ask.configure(), ...stocked('one'), set('one', 'red')],
      ask.modify('one', { tags: { user: 'jdoe', team: 'blue' } }),
    );
    expect(stateOf(events).vms.get('one')?.tags).toEqual({ team: 'blue', user: 'jdoe' });
    expect(events.at(-1)?.data).toMatchObject({ tags: { user: 'jdoe', team: 'blue' } });
  });

  it('count each machine once a day, with its last value', () => {
    expect(
      figuresOf(set('one', 'red'), set('two', 'red'), set('one', 'blue'), set('two', 'red'), set('two', 'blue')),
    ).toEqual([
      [figure('red', 1)],
      [figure('red', 2)],
      [figure('red', 1), figure('blue', 1)],
      [figure('red', 0), figure('blue', 2)],
    ]);
  });

  it('set again on another day count on that day', () => {
    const next = '2026-03-10';
    expect(figuresOf(set('one', 'red'), set('one', 'red', { day: next }), set('one', 'red', { day: next }))).toEqual([
      [figure('red', 1)],
      [figure('red', 1, next)],
    ]);
  });

  it('of a destroyed machine count, as long as there is a record', () => {
    expect(
      figuresOf(set('gone', 'red', { kept: true }), set('gone', 'red', { kept: true }), set('one', 'red')),
    ).toEqual([[figure('red', 1)], [figure('red', 2)]]);
  });

  it('may have any name', () => {
    const tags = JSON.parse('{"__proto__": "a", "constructor": "b", "": "c", "x:y": "d"}') as Record<string, string>;
    const events = eventsOf(
      ask.configure(),
      ...stocked('one'),
      ask.modify('one', { tags }),
      ask.modify('one', { tags }),
    );
    expect(events.filter(({ type }) => type === 'VmModified')).toHaveLength(1);
    expect(events.at(-1)?.data).toMatchObject({ figures: [{ key: '__proto__', value: 'a', count: 1 }, {}, {}, {}] });
    expect(Object.entries(stateOf(events).vms.get('one')?.tags ?? {})).toEqual(Object.entries(tags));
  });
});

describe('tasks', () => {
  const disk = (id: string, gb: number) => ask.task('one', { id, kind: 'disk', gb });
  const snapshot = ask.task('one', { id: 's', kind: 'snapshot', snapshotId: 'abc' });
  const revert = ask.task('one', { id: 'r', kind: 'revert', snapshotId: 'abc' });
  const after = (...commands: readonly PoolCommand[]) => eventsOf(ask.configure(), ...stocked('one'), ...commands);

  it('wait to be done', () => {
    given(...after())
      .when(disk('d', 8))
      .then({ type: 'VmTaskRequested', data: { ...data, name: 'one', task: { id: 'd', kind: 'disk', gb: 8 } } });
    given(...after())
      .when(ask.task('two', { id: 'd', kind: 'disk', gb: 8 }))
      .thenRefused('vm-unknown', { name: 'two' });
  });

  it('that add the same disk are one until it is there', () => {
    given(...after(disk('d', 8)))
      .when(disk('e', 8))
      .then();
    given(...after(disk('d', 8)))
      .when(disk('e', 16))
      .thenEvents((events) => expect(events).toHaveLength(1));
    given(...after(disk('d', 8), ask.noteTask('one', 'd')))
      .when(disk('e', 8))
      .thenEvents((events) => expect(events).toHaveLength(1));
    given(...after(snapshot))
      .when(snapshot)
      .then();
  });

  it('done, leave what they made', () => {
    const events = after(disk('d', 8), snapshot, ask.noteTask('one', 'd'), ask.noteTask('one', 's'));
    expect(vmOf(stateOf(events), 'one')).toMatchObject({
      disks: [8],
      snapshots: [{ id: 'abc', takenAt: at + minute }],
    });
    given(...events)
      .when(ask.noteTask('one', 'd'))
      .then();
  });

  it('that failed leave nothing', () => {
    const task = { id: 'd', kind: 'disk', gb: 8 } as const;
    const decided = given(...after(disk('d', 8))).when(ask.noteTask('one', 'd', 'no room'));
    decided.then({
      type: 'VmTaskFailed',
      data: { pool: 'alma-9', name: 'one', task, message: 'no room', at: at + minute },
    });
    decided.thenState((state) => expect(state?.vms.get('one')).toMatchObject({ tasks: [], disks: [] }));
  });

  it('go back only to a snapshot that was taken', () => {
    given(...after())
      .when(revert)
      .thenRefused('snapshot-unknown', { name: 'one', snapshotId: 'abc' });
    given(...after(snapshot))
      .when(revert)
      .thenRefused('snapshot-unknown');
    given(...after(snapshot, ask.noteTask('one', 's')))
      .when(revert)
      .thenEvents((events) => expect(events).toHaveLength(1));
  });

  it('of another machine of that name are not told', () => {
    given(...after(disk('d', 8)))
      .when({ ...ask.noteTask('one', 'd'), vmId: 'another' })
      .then();
    given().when(ask.noteTask('one', 'd')).then();
  });
});

describe('time', () => {
  const retired = (reason: string, when: number): PoolEvent =>
    ({ type: 'VmsRetired', data: { pool: 'alma-9', vms: ['one'], reason, at: when } }) as PoolEvent;

  it.each<[string, readonly PoolEvent[], number, string]>([
    ['a running machine', running(), at + minute + 12 * hour, 'lifetime'],
    ['a ready machine', threeReady, at + 40_000 + hour, 'ready-ttl'],
    ['a pending machine', eventsOf(ask.configure(), ask.vm('one')), at + 15 * minute, 'timeout'],
  ])('ends %s when it is over, and not before', (_what, events, due, reason) => {
    given(...events)
      .when(ask.expire('one', due - 1))
      .then();
    given(...events)
      .when(ask.expire('one', due))
      .then(retired(reason, due));
    given(...events)
      .when({ ...ask.expire('one', due), vmId: 'another' })
      .then();
    given(...events, retired(reason, due))
      .when(ask.expire('one', due))
      .then();
    given().when(ask.expire('one', due)).then();
  });

  it('of a running machine is what the pool gives now', () => {
    const longer = eventsOf(ask.configure(), ask.configure({ rules: { vmLifetimeHours: 24 } })).slice(1);
    const ever = eventsOf(ask.configure(), ask.configure({ rules: { vmLifetimeHours: 0 } })).slice(1);
    given(...running(), ...longer)
      .when(ask.expire('one', at + 13 * hour))
      .then();
    given(...running(), ...longer)
      .when(ask.expire('one', at + 25 * hour))
      .then(retired('lifetime', at + 25 * hour));
    given(...running(), ...ever)
      .when(ask.expire('one', at + 1000 * hour))
      .then();
  });
});

describe('what a check finds', () => {
  /** `one` running, `two` ready, `three` pending, `four` completed. */
  const working = eventsOf(
    ask.configure({ settings: { size: 9 } }),
    ...[
      ...stocked('one'),
      ...stocked('two'),
      ask.checkOut(1),
      ask.vm('three'),
      ask.vm('four'),
      ask.retire('reset', 'four'),
    ],
  );
  const all = ['one', 'two', 'three', 'four', 'two'];

  it('goes, unless somebody has it', () => {
    given(...working)
      .when(ask.retire('unreachable', ...all))
      .then({ type: 'VmsRetired', data: { ...data, vms: ['two', 'three'], reason: 'unreachable' } });
  });

  it('has gone, whoever has it', () => {
    given(...working)
      .when(ask.retire('vanished', ...all))
      .then({ type: 'VmsRetired', data: { ...data, vms: ['one', 'two', 'three'], reason: 'vanished' } });
  });

  it('may be another machine of that name', () => {
    given(...working)
      .when({ type: 'retire-vms', vms: [{ name: 'one', vmId: 'another' }], reason: 'vanished', at })
      .then();
    given().when(ask.retire('vanished', 'one')).then();
  });
});
