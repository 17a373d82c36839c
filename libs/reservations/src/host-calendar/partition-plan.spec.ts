import type { HostCalendarEvent } from './host-calendar.events.js';
import { offersOf } from './host-calendar.looks.js';
import type { HostWish } from './host-calendar.commands.js';
import {
  did,
  held,
  hours,
  slots,
  stateOf,
  undecided,
  wantHosts,
  wantSlots,
  where,
  whole,
  wish,
} from './host-calendar.samples.contract.js';
import { planOverPartitions } from './partition-plan.policy.js';

const north = [did.enrol('1', { has: { gpu: '1' } }), did.enrol('10')];
const south = [did.enrol('2'), did.enrol('3', { has: { fpga: '1' } })];

function plan(wishes: readonly HostWish[], more: { north?: HostCalendarEvent[]; south?: HostCalendarEvent[] } = {}) {
  const states = { north: stateOf(...north, ...(more.north ?? [])), south: stateOf(...south, ...(more.south ?? [])) };
  const offers = new Map(Object.entries(states).map(([name, state]) => [name, offersOf(state, wishes, 0)]));
  return planOverPartitions(offers, wishes, null);
}

const picks = (planned: ReturnType<typeof plan>) => {
  if (planned.kind === 'short') throw new Error(planned.code);
  return Object.fromEntries(
    Array.from(planned.picked, ([partition, picked]) => [
      partition,
      picked.map(({ reservationId, shares }) => [
        reservationId,
        shares.map(({ hostId, slots: its }) => [hostId, its?.count ?? 'whole']),
      ]),
    ]),
  );
};

describe('a plan over partitions', () => {
  it('takes hosts of all as if they were of one', () => {
    expect(picks(plan([wish('r', wantHosts(3))]))).toEqual({
      north: [['r', [['1', 'whole']]]],
      south: [
        [
          'r',
          [
            ['2', 'whole'],
            ['3', 'whole'],
          ],
        ],
      ],
    });
    expect(picks(plan([wish('r', wantHosts(1))]))).toEqual({ north: [['r', [['1', 'whole']]]] });
    const used = { north: did.allocate('s', hours(0, 1), whole('10')) };
    expect(picks(plan([wish('r', wantHosts(4))], used))).toEqual({
      north: [
        [
          'r',
          [
            ['10', 'whole'],
            ['1', 'whole'],
          ],
        ],
      ],
      south: [
        [
          'r',
          [
            ['2', 'whole'],
            ['3', 'whole'],
          ],
        ],
      ],
    });
  });

  it('gives each wish what those before it left', () => {
    expect(picks(plan([wish('r', wantHosts(2)), wish('s', wantSlots(6))]))).toEqual({
      north: [
        ['r', [['1', 'whole']]],
        ['s', [['10', 2]]],
      ],
      south: [
        ['r', [['2', 'whole']]],
        ['s', [['3', 4]]],
      ],
    });
  });

  it('says what is to be held: all that matters to the calendar', () => {
    const filter = [where('gpu', '==', '1')];
    const traits = [{ name: 'T', wish: 'forbidden' as const }];
    const planned = plan([wish('r', wantSlots(1, { traits }), { filter })]);
    expect(planned).toEqual({
      kind: 'planned',
      picked: new Map([
        ['north', [{ reservationId: 'r', window: hours(10, 20), filter, traits, shares: slots({ '1': 1 }) }]],
      ]),
    });
  });

  it('keeps what a reservation has anywhere, and gives the rest back', () => {
    const had = {
      north: did.allocate('r', hours(10, 20), whole('10')),
      south: did.allocate('r', hours(10, 20), whole('3')),
    };
    expect(picks(plan([wish('r', wantHosts(2))], had))).toEqual({
      south: [['r', [['3', 'whole']]]],
      north: [['r', [['10', 'whole']]]],
    });
    expect(picks(plan([wish('r', wantHosts(1))], had))).toEqual({
      south: [['r', [['3', 'whole']]]],
      north: [['r', []]],
    });
    expect(plan([wish('r', wantHosts(1), { firm: true })], had)).toMatchObject({
      kind: 'short',
      code: 'not-enough-hosts',
    });
  });

  it('knows a property when any partition does', () => {
    expect(picks(plan([wish('r', wantHosts(1), { filter: [where('fpga', '==', '1')] })]))).toEqual({
      south: [['r', [['3', 'whole']]]],
    });
    const unknown = [where('gpu', '==', '1'), where('tpu', '==', '1')];
    expect(plan([wish('r', wantHosts(1), { filter: unknown })])).toEqual({
      kind: 'short',
      code: 'property-unknown',
      facts: { name: 'tpu' },
    });
  });

  it('is short for good, or until others decide', () => {
    const holds = {
      south: [did.hold('a', held('x', hours(10, 20), whole('2')))],
      north: [did.hold('b', held('y', hours(0, 99), slots({ '1': 1 })))],
    };
    expect(plan([wish('r', wantHosts(5))], holds)).toEqual({
      kind: 'short',
      code: 'not-enough-hosts',
      facts: { reservationId: 'r' },
    });
    expect(plan([wish('r', wantHosts(4))], holds)).toEqual({
      kind: 'short',
      code: 'held-by-others',
      facts: { reservationId: 'r', holds: [undecided('b'), undecided('a')] },
    });
    const own = { south: [did.hold('a', held('r', hours(10, 20), whole('2')))] };
    expect(plan([wish('r', wantHosts(1))], own)).toMatchObject({
      code: 'held-by-others',
      facts: { holds: [undecided('a')] },
    });
  });
});
