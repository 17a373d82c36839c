import { describe, expect, it } from '@jest/globals';
import { violations } from './checker.js';
import type { History, Operation, Quiet } from './history.type.js';

const sent = { client: 1, token: 't1', sentAt: 1, heardAt: 2 };

function checkOut(
  wanted: Record<string, number>,
  given: Record<string, string[]>,
  more: Partial<Operation> = {},
): Operation {
  return {
    ...sent,
    kind: 'check-out',
    wanted: new Map(Object.entries(wanted)),
    given: new Map(Object.entries(given)),
    answered: 200,
    ...more,
  } as Operation;
}

/** By token: machines with their pools. */
type Running = Record<string, Record<string, string>>;

function quiet(running: Running, more: Partial<Quiet> = {}): Quiet {
  const all = Object.values(running).flatMap((vms) => Object.values(vms));
  const counts = (pool: string) => all.filter((name) => name === pool).length;
  return {
    queues: new Map(['a', 'b'].map((name) => [name, { ready: 2, pending: 0, running: counts(name) }])),
    completed: 0,
    running: new Map(Object.entries(running).map(([token, vms]) => [token, new Map(Object.entries(vms))])),
    guests: 4 + all.length,
    ...more,
  };
}

function look(running: Record<string, string>, token = 't1'): Operation {
  return { ...sent, token, kind: 'look', running: new Map(Object.entries(running)), answered: 200 };
}

function history(operations: readonly Operation[], end: Quiet): History {
  const pools = [
    { name: 'a', size: 2, aliases: ['any'] },
    { name: 'b', size: 2, aliases: ['any'] },
  ];
  return { seed: 1, pools, operations, kills: 0, quiet: end };
}

const unheard = { answered: undefined } as const;

describe('the checker of histories', () => {
  it('finds nothing wrong with what is right', () => {
    const operations: Operation[] = [
      checkOut({ a: 1, any: 1 }, { a: ['x'], any: ['y'] }),
      { ...sent, kind: 'return', vm: 'x', answered: 200 },
      checkOut({ b: 3 }, {}, { answered: 503 }),
      checkOut({ any: 2 }, {}, { ...unheard, token: 't2' }),
      { ...sent, token: 't3', kind: 'other', what: 'PUT', answered: 404 },
      checkOut({ a: 1, b: 1 }, {}, { ...unheard, token: 't4' }),
      look({ u: 'a', s: 'b' }, 't4'),
      { ...sent, token: 't4', kind: 'return', vm: 'u', ...unheard },
      look({ s: 'b' }, 't4'),
    ];
    const end = quiet({ t1: { y: 'b' }, t2: { v: 'a', w: 'b' }, t3: {}, t4: { s: 'b' } });
    expect(violations(history(operations, end))).toEqual([]);
  });

  it.each<[string, readonly Operation[], Quiet, RegExp]>([
    [
      'a machine with two holders',
      [checkOut({ a: 1 }, { a: ['x'] }), checkOut({ a: 1 }, { a: ['x'] }, { client: 2, token: 't2' })],
      quiet({ t1: { x: 'a' }, t2: { x: 'a' } }),
      /x went to client 1 .* and to client 2/,
    ],
    [
      'a machine handed out again after its return',
      [
        checkOut({ a: 1 }, { a: ['x'] }),
        { ...sent, kind: 'return', vm: 'x', answered: 200 },
        checkOut({ a: 1 }, { a: ['x'] }),
      ],
      quiet({ t1: { x: 'a' } }),
      /x went to/,
    ],
    ['less than was asked for', [checkOut({ a: 2 }, { a: ['x'] })], quiet({ t1: { x: 'a' } }), /asked for/],
    [
      'an unanswered checkout that got a part',
      [checkOut({ a: 1, b: 1 }, {}, unheard)],
      quiet({ t1: { x: 'a' } }),
      /explains whole/,
    ],
    [
      'an unanswered checkout that got the wrong pool',
      [checkOut({ a: 1 }, {}, unheard)],
      quiet({ t1: { x: 'b' } }),
      /explains whole/,
    ],
    [
      'a machine that was gone when its client looked',
      [checkOut({ a: 1 }, { a: ['x'] }), look({})],
      quiet({}),
      /x was given under t1 and is gone/,
    ],
    [
      'a part of a checkout when its client looked',
      [checkOut({ a: 1, b: 1 }, {}, unheard), look({ x: 'a' })],
      quiet({ t1: { x: 'a' } }),
      /explains whole/,
    ],
    ['a machine that was lost', [checkOut({ a: 1 }, { a: ['x'] })], quiet({}), /x was given under t1 and is gone/],
    ['a machine of nobody', [], quiet({ t9: { x: 'a' } }), /which nobody used/],
    [
      'a pool that is not full',
      [],
      quiet({}, { queues: new Map([['a', { ready: 1, pending: 0, running: 0 }]]), guests: 1 }),
      /a has 1 ready, not 2/,
    ],
    ['something held', [], quiet({}, { guests: 5 }), /hosts run 5 machines, and 4 are ready or running/],
    ['something undestroyed', [], quiet({}, { completed: 1, guests: 4 }), /1 are still to be destroyed/],
    ['an error of the server', [{ ...sent, kind: 'other', what: 'GET', answered: 500 }], quiet({}), /with 500/],
  ])('finds %s', (_what, operations, end, fault) => {
    expect(violations(history(operations, end))).toContainEqual(expect.stringMatching(fault));
  });
});
