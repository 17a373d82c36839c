import { decisionsOf } from '#specs';
import { hostCalendar } from './host-calendar.aggregate.js';
import type { HostAsk, HostWish } from './host-calendar.commands.js';
import type { HostCalendarEvent } from './host-calendar.events.js';
import {
  ask,
  did,
  held,
  hosts,
  hours,
  slots,
  small,
  undecided,
  wantSlots,
  where,
  whole,
  wish,
} from './host-calendar.samples.contract.js';

const { given } = decisionsOf(hostCalendar);
type Slots = Partial<Extract<HostAsk, { kind: 'slots' }>>;
type Wish = Partial<Omit<HostWish, 'reservationId' | 'ask'>>;

/** A host has 64 vcpus, an instance 16: four of them. */
const room = (amount: number, more: Slots = {}, about: Wish = {}) =>
  ask.hold('b', [wish('r', wantSlots(amount, more), about)]);
const notEnough = { reservationId: 'r' };

/** Counts in their order; keys like integers would be sorted. */
function has(
  events: readonly HostCalendarEvent[],
  command: ReturnType<typeof room>,
  expected: readonly (readonly [hostId: string, count: number])[] | string,
): void {
  const decided = given(...events).when(command);
  if (typeof expected === 'string') {
    decided.thenRefused(expected, notEnough);
    return;
  }
  decided.thenEvents((said) => {
    const [event] = said as [ReturnType<typeof did.hold>];
    const shares = event.data.reservations[0]?.shares;
    expect(shares?.map(({ hostId, slots: each }) => [hostId, each?.count])).toEqual(expected);
  });
}

describe('room for instances', () => {
  it('fills host after host', () => {
    has(hosts(3), room(6), [
      ['1', 4],
      ['2', 2],
    ]);
    has(hosts(3), room(12), [
      ['1', 4],
      ['2', 4],
      ['3', 4],
    ]);
    has(hosts(3), room(13), 'not-enough-hosts');
  });

  it('says what an instance needs, and on what its room rests', () => {
    const needs = [...small, { resource: 'CUSTOM_FPGA', amount: 2 }];
    const traits = [{ name: 'CUSTOM_FAST', wish: 'required' as const }];
    given(did.enrol('1', { has: { CUSTOM_FPGA: '4', 'trait:CUSTOM_FAST': '', rack: '7' } }))
      .when(room(2, { needs, traits }, { filter: [where('rack', '==', '7')] }))
      .then(
        did.hold('b', held('r', hours(10, 20), slots({ '1': 2 }, needs), ['rack', 'CUSTOM_FPGA', 'trait:CUSTOM_FAST'])),
      );
  });

  it.each([
    ['VCPU', 1, 64],
    ['VCPU', 33, 1],
    ['VCPU', 65, 0],
    ['MEMORY_MB', 100_000, 2],
    ['DISK_GB', 600, 3],
    ['CUSTOM_FPGA', 3, 2],
    ['CUSTOM_ODD', 1, 0],
    ['CUSTOM_NONE', 1, 0],
  ])('of %s, %d each: %d fit', (resource, amount, fitting) => {
    const host = did.enrol('1', { has: { CUSTOM_FPGA: '7', CUSTOM_ODD: 'many' } });
    const needs = [{ resource, amount }];
    if (fitting > 0) has([host], room(fitting, { needs }), [['1', fitting]]);
    has([host], room(fitting + 1, { needs }), 'not-enough-hosts');
  });

  it('counts a resource that is named twice in full', () => {
    const needs = [
      { resource: 'VCPU', amount: 16 },
      { resource: 'VCPU', amount: 16 },
    ];
    has(hosts(1), room(2, { needs }), [['1', 2]]);
    has(hosts(1), room(3, { needs }), 'not-enough-hosts');
    has([...hosts(1), ...did.allocate('s', hours(0, 30), slots({ '1': 1 }, needs))], room(2), [['1', 2]]);
  });

  it('is without bounds where nothing is needed', () => {
    has(hosts(1), room(1_000, { needs: [{ resource: 'DISK_GB', amount: 0 }] }), [['1', 1_000]]);
  });

  it('is what the busiest moment inside the window leaves', () => {
    const carrying = [
      ...hosts(1),
      ...did.allocate('s', hours(8, 12), slots({ '1': 1 })),
      ...did.allocate('t', hours(12, 14), slots({ '1': 1 })),
      ...did.allocate('u', hours(13, 21), slots({ '1': 1 })),
      ...did.allocate('v', hours(20, 22), slots({ '1': 3 })),
    ];
    has(carrying, room(2), [['1', 2]]);
    has(carrying, room(3), 'not-enough-hosts');
    has(carrying, room(3, {}, { window: hours(14, 20) }), [['1', 3]]);
    has(carrying, { ...room(1, {}, { window: hours(14, 20) }), cleaningMs: 1 }, 'not-enough-hosts');
  });

  it('is that of whoever follows where others have gone', () => {
    const inTurn = [
      ...hosts(1),
      ...did.allocate('s', hours(8, 12), slots({ '1': 3 })),
      ...did.allocate('t', hours(12, 20), slots({ '1': 2 })),
    ];
    has(inTurn, room(1), [['1', 1]]);
    has(inTurn, room(2), 'not-enough-hosts');
  });

  it('is not on hosts that somebody has whole in the window, nor are those taken whole that carry instances', () => {
    has([...hosts(2), ...did.allocate('s', hours(19, 30), whole('1'))], room(1), [['2', 1]]);
    has([...hosts(2), ...did.allocate('s', hours(20, 30), whole('1'))], room(1), [['1', 1]]);
    given(...hosts(1), ...did.allocate('s', hours(19, 30), slots({ '1': 1 })))
      .when(ask.hold('b', [wish('r', { kind: 'hosts', min: 1, max: 1 })]))
      .thenRefused('not-enough-hosts', notEnough);
  });

  it('comes first from hosts that carry instances in the window', () => {
    const carrying = [
      ...hosts(3),
      ...did.allocate('s', hours(0, 11), slots({ '3': 1 })),
      ...did.allocate('t', hours(0, 10), slots({ '2': 1 })),
    ];
    has(carrying, room(5), [
      ['3', 3],
      ['1', 2],
    ]);
  });

  it.each<[boolean | null, number, readonly (readonly [string, number])[] | string]>([
    [true, 3, [['2', 3]]],
    [true, 4, [['1', 4]]],
    [true, 5, 'not-enough-hosts'],
    [
      false,
      2,
      [
        ['2', 1],
        ['1', 1],
      ],
    ],
    [
      false,
      3,
      [
        ['2', 1],
        ['1', 1],
        ['3', 1],
      ],
    ],
    [false, 4, 'not-enough-hosts'],
    [
      null,
      4,
      [
        ['2', 3],
        ['1', 1],
      ],
    ],
  ])('with affinity %p, %d of them', (affinity, amount, expected) => {
    has([...hosts(3), ...did.allocate('s', hours(0, 30), slots({ '2': 1 }))], room(amount, { affinity }), expected);
  });

  it('minds traits', () => {
    const traits = (wanted: 'required' | 'forbidden') => [{ name: 'T', wish: wanted }];
    const some = [did.enrol('1'), did.enrol('2', { has: { 'trait:T': 'no matter' } })];
    has(some, room(1, { traits: traits('required') }), [['2', 1]]);
    has(some, room(1, { traits: traits('forbidden') }), [['1', 1]]);
    has(hosts(2), room(1, { traits: traits('required') }), 'not-enough-hosts');
    given(...some, did.hold('a', held('x', hours(10, 20), slots({ '1': 1 }), ['trait:T'])))
      .when(ask.set('1', { 'trait:T': '' }))
      .thenRefused('capability-in-use', { hostId: '1', keys: ['trait:T'] });
  });

  it('is what wishes before it in the same command have left', () => {
    const both = ask.hold('b', [
      wish('q', wantSlots(3)),
      wish('r', wantSlots(2)),
      wish('w', { kind: 'hosts', min: 1, max: 1 }),
    ]);
    given(...hosts(3))
      .when(both)
      .then(
        did.hold(
          'b',
          held('q', hours(10, 20), slots({ '1': 3 })),
          held('r', hours(10, 20), slots({ '1': 1, '2': 1 })),
          held('w', hours(10, 20), whole('3')),
        ),
      );
    given(...hosts(2))
      .when(both)
      .thenRefused('not-enough-hosts', { reservationId: 'w' });
    const wholeFirst = ask.hold('b', [wish('w', { kind: 'hosts', min: 1, max: 1 }), wish('r', wantSlots(1))]);
    given(...hosts(1))
      .when(wholeFirst)
      .thenRefused('not-enough-hosts', notEnough);
  });

  it('is waited for where an undecided hold has it', () => {
    const taken = [...hosts(1), did.hold('a', held('s', hours(10, 20), slots({ '1': 3 })))];
    given(...taken)
      .when(room(2))
      .thenRefused('held-by-others', { reservationId: 'r', holds: [undecided('a')] });
    has(taken, room(5), 'not-enough-hosts');
    has(taken, room(1), [['1', 1]]);
    given(...hosts(1), did.hold('a', held('s', hours(10, 20), whole('1'))))
      .when(room(4))
      .thenRefused('held-by-others', { reservationId: 'r', holds: [undecided('a')] });
  });

  it('that was picked before is held as far as it is there', () => {
    const picked = (count: number) =>
      ask.hold('b', [], {
        picked: [{ reservationId: 'r', window: hours(10, 20), filter: [], shares: slots({ '1': count, '2': 4 }) }],
      });
    const taken = [...hosts(2), ...did.allocate('s', hours(10, 20), slots({ '1': 2 }))];
    has(taken, picked(2), [
      ['1', 2],
      ['2', 4],
    ]);
    has(taken, picked(3), 'shares-gone');
  });
});

describe('a change of room for instances', () => {
  /** Two on host 2 and one on host 3, which carries two of another. */
  const before = [
    ...hosts(4),
    ...did.allocate('r', hours(10, 20), slots({ '2': 2, '3': 1 })),
    ...did.allocate('s', hours(0, 30), slots({ '3': 2 })),
    ...did.allocate('t', hours(20, 30), slots({ '2': 3 })),
  ];
  const longer = { window: hours(10, 25), grown: true };

  it('keeps what it has as far as it goes', () => {
    has(before, room(3), [
      ['2', 2],
      ['3', 1],
    ]);
    has(before, room(2), [['2', 2]]);
    has(before, room(3, {}, longer), [
      ['2', 1],
      ['3', 2],
    ]);
    has(before, room(3, {}, { filter: [where('id', '!=', '2')] }), [
      ['3', 2],
      ['1', 1],
    ]);
  });

  it('adds where it is, then where instances are, then elsewhere', () => {
    has(before, room(7), [
      ['2', 4],
      ['3', 2],
      ['1', 1],
    ]);
    has(before, room(6, { needs: [{ resource: 'VCPU', amount: 32 }] }), [
      ['2', 2],
      ['3', 1],
      ['1', 2],
      ['4', 1],
    ]);
  });

  it('changes its affinity while it is not in use', () => {
    has(before, room(3, { affinity: true }), [['2', 3]]);
    has(before, room(3, { affinity: false }), [
      ['2', 1],
      ['3', 1],
      ['1', 1],
    ]);
  });

  it('that is in use only adds', () => {
    const firm = { firm: true };
    has(before, room(4, {}, firm), [
      ['2', 3],
      ['3', 1],
    ]);
    has(before, room(2, {}, firm), 'not-enough-hosts');
    has(before, room(3, {}, { ...firm, ...longer }), 'not-enough-hosts');
    has([...before, did.free('lease-of-t', 't')], room(3, {}, { ...firm, ...longer }), [
      ['2', 2],
      ['3', 1],
    ]);
    has(before, room(4, { affinity: true }, firm), 'not-enough-hosts');
    has(before, room(4, { affinity: false }, firm), [
      ['2', 2],
      ['3', 1],
      ['1', 1],
    ]);
    const together = [...hosts(2), ...did.allocate('r', hours(10, 20), slots({ '2': 2 }))];
    has(together, room(4, { affinity: true }, firm), [['2', 4]]);
    has(together, room(5, { affinity: true }, firm), 'not-enough-hosts');
  });
});
