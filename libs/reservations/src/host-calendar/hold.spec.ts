import { decisionsOf } from '#specs';
import { hostCalendar } from './host-calendar.aggregate.js';

import type { HostCalendarEvent } from './host-calendar.events.js';
import { allocatedTo, heldBy, undecidedHolds } from './host-calendar.looks.js';
import {
  ask,
  did,
  enrolled,
  held,
  hosts,
  hours,
  stateOf,
  undecided,
  wantHosts,
  where,
  whole,
  wish,
} from './host-calendar.samples.contract.js';

const { given } = decisionsOf(hostCalendar);

/** `r` is given exactly these hosts. */
const gets = (events: readonly HostCalendarEvent[], command: ReturnType<typeof ask.hold>, ...hostIds: string[]): void =>
  given(...events)
    .when(command)
    .thenEvents((said) =>
      expect(said).toMatchObject([
        { type: 'HostsHeld', data: { reservations: [{ reservationId: 'r', shares: whole(...hostIds) }] } },
      ]),
    );

const notEnough = { reservationId: 'r' };

describe('choosing hosts', () => {
  it('takes hosts that nobody has booked, in storage order, as many as may be', () => {
    gets([did.enrol('10'), ...hosts(3)], ask.hold('a', [wish('r', wantHosts(1, 9))]), '1', '2', '3', '10');
    gets([did.enrol('10'), ...hosts(3)], ask.hold('a', [wish('r', wantHosts(1, 2))]), '1', '2');
  });

  it('says all of it in one event', () => {
    given(did.enrol('1', { has: { gpu: 'a100' } }))
      .when(
        ask.hold('a', [wish('r', wantHosts(1), { filter: [where('gpu', '==', 'a100'), where('vcpus', '>', '1')] })]),
      )
      .then(did.hold('a', held('r', hours(10, 20), whole('1'), ['gpu'])));
  });

  // Hosts 2 and 3 are booked at another time, host 4 at this.
  const busy = [
    ...hosts(4),
    ...did.allocate('b', hours(0, 10), whole('2')),
    ...did.allocate('c', hours(20, 30), whole('3')),
    ...did.allocate('d', hours(19, 21), whole('4')),
  ];

  it('does not top up from hosts that are booked at other times', () => {
    gets(busy, ask.hold('a', [wish('r', wantHosts(1, 9))]), '1');
  });

  it('else takes those first, then the ones that nobody has booked', () => {
    gets(busy, ask.hold('a', [wish('r', wantHosts(2, 9))]), '2', '3', '1');
    gets(busy, ask.hold('a', [wish('r', wantHosts(2))]), '2', '3');
  });

  it('is refused with too few', () => {
    given(...busy)
      .when(ask.hold('a', [wish('r', wantHosts(4))]))
      .thenRefused('not-enough-hosts', notEnough);
    given()
      .when(ask.hold('a', [wish('r', wantHosts(1))]))
      .thenRefused('not-enough-hosts', notEnough);
  });

  it('keeps the cleaning time free on both sides; touching is not overlapping', () => {
    const cleaned = (cleaningMs: number) => ask.hold('a', [wish('r', wantHosts(3))], { cleaningMs });
    gets(busy, cleaned(0), '2', '3', '1');
    given(...busy)
      .when(cleaned(1))
      .thenRefused('not-enough-hosts', notEnough);
    const gap = [...hosts(1), ...did.allocate('b', hours(0, 9), whole('1'))];
    const oneHour = (cleaningMs: number) => ask.hold('a', [wish('r', wantHosts(1))], { cleaningMs });
    gets(gap, oneHour(3_600_000), '1');
    given(...gap)
      .when(oneHour(3_600_001))
      .thenRefused('not-enough-hosts', notEnough);
  });

  it('counts the hosts of a lease that is over until they are released', () => {
    gets([...busy, did.free('lease-of-d', 'd')], ask.hold('a', [wish('r', wantHosts(2, 9))]), '1', '4');
  });

  it('passes over hosts that are not reservable, do not match or lack the capability', () => {
    const mixed = [
      did.enrol('1'),
      did.enrol('2', { has: { gpu: '1' } }),
      did.enrol('3', { has: { gpu: '2' } }),
      did.fail('3'),
    ];
    const filter = [where('gpu', '!=', '9')];
    gets(mixed, ask.hold('a', [wish('r', wantHosts(1, 9), { filter })]), '2');
    gets(mixed, ask.hold('a', [wish('r', wantHosts(1, 9))]), '1', '2');
    const none = [where('gpu', '==', '1'), where('vcpus', '>', '1000')];
    given(...mixed)
      .when(ask.hold('a', [wish('r', wantHosts(1), { filter: none })]))
      .thenRefused('not-enough-hosts', notEnough);
  });

  it('is refused for a property that no host has, unreservable ones included', () => {
    const unknown = ask.hold('a', [wish('r', wantHosts(1), { filter: [where('gpu', '==', '1')] })]);
    given(...hosts(2))
      .when(unknown)
      .thenRefused('property-unknown', { name: 'gpu' });
    given(...hosts(1), did.enrol('2', { has: { gpu: '1' }, reservable: false }))
      .when(unknown)
      .thenRefused('not-enough-hosts');
  });

  it('orders hosts by the dice within the two groups', () => {
    const thrown = (dice: number) => {
      const decided = hostCalendar.decider.decide(
        ask.hold('a', [wish('r', wantHosts(5, 9))], { dice }),
        stateOf(...calendar),
      );
      if (decided.kind === 'refused') throw new Error(decided.code);
      const [event] = decided.events as [ReturnType<typeof did.hold>];
      return event.data.reservations[0]?.shares.map(({ hostId }) => hostId) ?? [];
    };
    const calendar = [...hosts(8), ...['5', '6', '7', '8'].flatMap((id) => did.allocate(id, hours(0, 1), whole(id)))];
    const orders = [0, 0.2, 0.4, 0.6, 0.8, 0.999].map(thrown);
    expect(thrown(0.4)).toEqual(orders[2]);
    expect(new Set(orders.map((order) => order.join())).size).toBeGreaterThan(3);
    for (const order of orders) {
      expect([order.slice(0, 4).sort(), order.slice(4).sort()]).toEqual([
        ['5', '6', '7', '8'],
        ['1', '2', '3', '4'],
      ]);
    }
  });
});

describe('a hold', () => {
  const two = ask.hold('a', [wish('r', wantHosts(1)), wish('s', wantHosts(1, 2))]);

  it('gives each wish what those before it left', () => {
    given(...hosts(3))
      .when(two)
      .then(did.hold('a', held('r', hours(10, 20), whole('1')), held('s', hours(10, 20), whole('2', '3'))));
  });

  it('is for all wishes or none', () => {
    given(...hosts(1))
      .when(two)
      .thenRefused('not-enough-hosts', { reservationId: 's' });
    given(...hosts(1))
      .when(ask.hold('a', [wish('s', wantHosts(1)), wish('r', wantHosts(1))]))
      .thenRefused('not-enough-hosts', notEnough);
  });

  it('wants nothing, and gets nothing', () => {
    given(...hosts(1))
      .when(ask.hold('a', []))
      .then();
  });

  const held1 = did.hold('a', held('r', hours(10, 20), whole('1')));

  it('again by the same attempt is what it was', () => {
    given(...hosts(2), held1)
      .when(ask.hold('a', [wish('r', wantHosts(2))]))
      .then();
    expect(heldBy(stateOf(...hosts(2), held1), 'a')).toEqual([
      {
        reservationId: 'r',
        hosts: [
          {
            partition: 'north',
            hostId: '1',
            hypervisorUuid: enrolled('1').hypervisorUuid,
            serviceName: 'node-1',
            slots: null,
          },
        ],
      },
    ]);
  });

  it.each([
    ['confirmed', did.confirm('a')],
    ['released', did.release('a')],
    ['released with the lease', did.free('lease-of-a', 'r')],
  ])('that was %s is not made again', (_, decided) => {
    given(...hosts(2), held1, decided)
      .when(ask.hold('a', [wish('r', wantHosts(1))]))
      .thenRefused('attempt-decided', { attempt: 'a' });
  });

  it('confirmed gives the reservation what was held, and nothing else of what it had', () => {
    const changed = [
      ...hosts(3),
      ...did.allocate('r', hours(10, 20), whole('1', '2')),
      did.hold('b', held('r', hours(30, 40), whole('2', '3'))),
    ];
    expect(allocatedTo(stateOf(...changed), 'r').map(({ hostId }) => hostId)).toEqual(['1', '2']);
    expect(heldBy(stateOf(...changed), 'b')?.[0]?.hosts.map(({ hostId }) => hostId)).toEqual(['2', '3']);
    given(...changed)
      .when(ask.confirm('b'))
      .then(did.confirm('b'));
    const confirmed = [...changed, did.confirm('b')];
    expect(allocatedTo(stateOf(...confirmed), 'r').map(({ hostId }) => hostId)).toEqual(['2', '3']);
    expect(heldBy(stateOf(...confirmed), 'b')).toBeUndefined();
    given(...confirmed)
      .when(ask.hold('c', [wish('s', wantHosts(3))]))
      .then(did.hold('c', held('s', hours(10, 20), whole('2', '3', '1'))));
    given(...confirmed)
      .when(ask.hold('c', [wish('s', wantHosts(2), { window: hours(30, 40) })]))
      .thenRefused('not-enough-hosts');
  });

  it('that holds nothing takes away what the reservation had', () => {
    const emptied = [
      ...hosts(1),
      ...did.allocate('r', hours(10, 20), whole('1')),
      did.hold('b', held('r', hours(10, 20), [])),
    ];
    given(...emptied, did.confirm('b')).state((state) =>
      expect([state.allocations.size, state.ordered[0]?.bookings]).toEqual([0, []]),
    );
    given(...emptied, did.release('b')).state((state) => expect(allocatedTo(state, 'r')).toHaveLength(1));
  });

  it('is confirmed or released once; about what is not held nothing happens', () => {
    for (const settle of [ask.confirm, ask.release]) {
      given(...hosts(1))
        .when(settle('a'))
        .then();
      given().when(settle('a')).then();
      given(...hosts(1), held1, did.confirm('a'))
        .when(settle('a'))
        .then();
      given(...hosts(1), held1, did.release('a'))
        .when(settle('a'))
        .then();
    }
    given(...hosts(1), held1)
      .when(ask.release('a'))
      .then(did.release('a'));
  });

  it('is listed with who decides it until it is settled', () => {
    const state = stateOf(
      ...hosts(2),
      held1,
      did.hold('b', held('s', hours(10, 20), whole('2')), held('t', hours(0, 1), [])),
    );
    expect(undecidedHolds(state)).toEqual([
      { ...undecided('a'), reservationIds: ['r'] },
      { ...undecided('b'), reservationIds: ['s', 't'] },
    ]);
    expect(undecidedHolds(stateOf(...hosts(2), held1, did.confirm('a')))).toEqual([]);
  });
});

describe('releasing allocations', () => {
  const events = [
    ...hosts(3),
    did.hold('a', held('r', hours(10, 20), whole('1')), held('s', hours(10, 20), whole('2'))),
  ];

  it('frees what is confirmed and what is held, of that lease alone', () => {
    given(...events)
      .when(ask.free('lease-of-a', 'r', 'x'))
      .then(did.free('lease-of-a', 'r'));
    given(...events, did.confirm('a'))
      .when(ask.free('lease-of-a', 's', 'r', 's'))
      .then(did.free('lease-of-a', 's', 'r'));
    given(...events, did.confirm('a'))
      .when(ask.free('another', 'r'))
      .then();
    given(...events, did.confirm('a'), did.free('lease-of-a', 'r'))
      .when(ask.free('lease-of-a', 'r'))
      .then();
    given().when(ask.free('lease-of-a', 'r')).then();
  });

  it('leaves the rest of a hold as it is', () => {
    given(...events, did.free('lease-of-a', 'r'))
      .when(ask.confirm('a'))
      .then(did.confirm('a'));
    given(...events, did.free('lease-of-a', 'r'), did.confirm('a')).state((state) => {
      expect([allocatedTo(state, 'r'), allocatedTo(state, 's').length]).toEqual([[], 1]);
    });
    given(...events, did.free('lease-of-a', 'r', 's'))
      .when(ask.confirm('a'))
      .then();
  });
});

describe("another's undecided hold in the way", () => {
  const free = ask.hold('b', [wish('r', wantHosts(2))]);
  const inTheWay = did.hold('a', held('s', hours(19, 30), whole('2')));
  const waits = (...attempts: string[]) => ({ reservationId: 'r', holds: attempts.map(undecided) });

  it('is waited for', () => {
    given(...hosts(2), inTheWay)
      .when(free)
      .thenRefused('held-by-others', waits('a'));
    given(...hosts(2), inTheWay, did.confirm('a'))
      .when(free)
      .thenRefused('not-enough-hosts', notEnough);
    gets([...hosts(2), inTheWay, did.release('a')], free, '1', '2');
  });

  it('is not waited for when it would not fit without it either', () => {
    given(...hosts(2), inTheWay)
      .when(ask.hold('b', [wish('r', wantHosts(3))]))
      .thenRefused('not-enough-hosts', notEnough);
    const also = ask.hold('b', [wish('r', wantHosts(2)), wish('t', wantHosts(1))]);
    given(...hosts(2), inTheWay)
      .when(also)
      .thenRefused('not-enough-hosts', { reservationId: 't' });
  });

  it('of another time is none', () => {
    const elsewhere = did.hold('c', held('t', hours(20, 30), whole('1')));
    given(...hosts(2), inTheWay, elsewhere)
      .when(free)
      .thenRefused('held-by-others', waits('a'));
  });

  it('may give back what its reservation had before', () => {
    const moving = [
      ...hosts(1),
      ...did.allocate('s', hours(10, 20), whole('1')),
      did.hold('a', held('s', hours(40, 50), whole('1'))),
    ];
    const one = ask.hold('b', [wish('r', wantHosts(1))]);
    given(...moving)
      .when(one)
      .thenRefused('held-by-others', waits('a'));
    gets([...moving, did.confirm('a')], one, '1');
    given(...moving, did.release('a'))
      .when(one)
      .thenRefused('not-enough-hosts', notEnough);
  });

  it('for the very reservation is resolved first, even where it would fit', () => {
    const mine = [...hosts(2), did.hold('a', held('r', hours(10, 20), whole('1')))];
    given(...mine)
      .when(ask.hold('b', [wish('r', wantHosts(1))]))
      .thenRefused('held-by-others', waits('a'));
    const picked = [{ reservationId: 'r', window: hours(10, 20), filter: [], shares: whole('2') }];
    given(...mine)
      .when(ask.hold('b', [], { picked }))
      .thenRefused('held-by-others', waits('a'));
  });
});
