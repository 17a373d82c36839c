import type { HostWish } from './host-calendar.commands.js';
import type { HostCalendarEvent } from './host-calendar.events.js';
import { copiedHosts } from './host-calendar.looks.js';
import {
  at,
  did,
  held,
  hour,
  hours,
  hosts,
  slots,
  stateOf,
  wantHosts,
  wantSlots,
  where,
  whole,
  wish,
} from './host-calendar.samples.contract.js';
import { calendarOf, planHosts } from './host-plan.policy.js';

function plan(events: readonly HostCalendarEvent[], wishes: readonly HostWish[], cleaningMs = 0) {
  const planned = planHosts(calendarOf([copiedHosts(stateOf(...events))]), wishes, cleaningMs);
  if (planned.kind !== 'planned') return planned;
  return planned.wishes.map(({ obstacles, ...rest }) => ({
    ...rest,
    obstacles: Object.fromEntries(obstacles.map(({ host, obstacle }) => [host.facts.id, obstacle])),
  }));
}

describe('what new wishes would get', () => {
  it('is what a hold would get', () => {
    expect(plan(hosts(3), [wish('r', wantHosts(1, 2))])).toEqual([
      { fits: true, shares: whole('1', '2'), wanted: 1, available: 3, obstacles: {} },
    ]);
  });

  it('names what is in the way, the first of each host', () => {
    const events = [
      did.enrol('1', { has: { gpu: 'a100' } }),
      did.enrol('2', { has: { gpu: 'a100' }, reservable: false }),
      did.enrol('3', { has: { gpu: 'v100' } }),
      did.enrol('4'),
      did.enrol('5', { has: { gpu: 'a100' } }),
      ...did.allocate('s', hours(0, 15), whole('5')),
      did.hold('t', held('t', hours(18, 22), whole('5'))),
      ...did.allocate('u', hours(0, 40), whole('3')),
    ];
    const filter = [where('vcpus', '>', '1'), where('gpu', '==', 'a100')];
    expect(plan(events, [wish('r', wantHosts(2), { filter })], hour)).toEqual([
      {
        ...{ fits: false, shares: [], wanted: 2, available: 1 },
        obstacles: {
          '2': { kind: 'not-reservable' },
          '3': { kind: 'filter', condition: 'gpu == a100' },
          '4': { kind: 'filter', condition: 'gpu == a100' },
          '5': { kind: 'busy', until: at + 23 * hour, leaseIds: ['lease-of-s', 'lease-of-t'] },
        },
      },
    ]);
  });

  it('names what a host is too small for, and until when instances fill it', () => {
    const events = [
      did.enrol('1'),
      did.enrol('2', { host: { memoryMb: 1 } }),
      did.enrol('3', { has: { 'trait:T': '' } }),
      did.enrol('4', { host: { vcpus: 1 } }),
      ...did.allocate('s', hours(0, 15), slots({ '1': 4 })),
      ...did.allocate('t', hours(0, 15), whole('4')),
    ];
    const traits = [{ name: 'T', wish: 'forbidden' as const }];
    expect(plan(events, [wish('r', wantSlots(1, { traits }))])).toEqual([
      {
        ...{ fits: false, shares: [], wanted: 1, available: 0 },
        obstacles: {
          '1': { kind: 'busy', until: at + 15 * hour, leaseIds: ['lease-of-s'] },
          '2': { kind: 'too-small', resource: 'MEMORY_MB' },
          '3': { kind: 'filter', condition: 'trait T forbidden' },
          '4': { kind: 'busy', until: null, leaseIds: ['lease-of-t'] },
        },
      },
    ]);
  });

  it('of which each sees those before it', () => {
    expect(plan(hosts(2), [wish('q', wantHosts(1)), wish('r', wantHosts(2)), wish('s', wantSlots(3))])).toMatchObject([
      { fits: true, shares: whole('1'), available: 2 },
      { fits: false, shares: [], available: 1 },
      { fits: true, shares: slots({ '2': 3 }), available: 4 },
    ]);
  });

  it.each<[boolean | null, number]>([
    [true, 4],
    [false, 2],
    [null, 5],
  ])('counts room for instances with affinity %p: %d', (affinity, available) => {
    const events = [...hosts(2), ...did.allocate('s', hours(0, 15), slots({ '1': 3 }))];
    expect(plan(events, [wish('r', wantSlots(1, { affinity }))])).toMatchObject([{ fits: true, available }]);
  });

  it('is unknown for a property that no host has', () => {
    expect(plan(hosts(1), [wish('r', wantHosts(1), { filter: [where('gpu', '==', '1')] })])).toEqual({
      kind: 'property-unknown',
      name: 'gpu',
    });
  });

  it('names a hundred obstacles at most', () => {
    const many = Array.from({ length: 120 }, (_, index) => did.enrol(String(index + 1), { reservable: false }));
    const planned = planHosts(calendarOf([copiedHosts(stateOf(...many))]), [wish('r', wantHosts(1))], 0);
    expect(planned.kind === 'planned' && planned.wishes[0]?.obstacles.length).toBe(100);
  });

  it('comes from hosts of all partitions in storage order', () => {
    const parts = [[did.enrol('3'), did.enrol('1')], [did.enrol('2', { has: { gpu: '1' } })]];
    const calendar = calendarOf(parts.map((events) => copiedHosts(stateOf(...events))));
    const planned = planHosts(calendar, [wish('r', wantHosts(2, 9))], 0);
    expect(planned).toMatchObject({ kind: 'planned', wishes: [{ shares: whole('1', '2', '3') }] });
  });
});
