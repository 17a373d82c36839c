import { decisionsOf } from '#specs';
import { hostCalendar } from './host-calendar.aggregate.js';
import { hostFactsOf, hostIds, knowsCapability, reservationsOn } from './host-calendar.looks.js';
import { ask, at, did, enrolled, held, hour, hours, slots, stateOf, whole } from './host-calendar.samples.contract.js';

const { given } = decisionsOf(hostCalendar);
const one = did.enrol('1', { has: { gpu: 'a100' } });

describe('enrolling a host', () => {
  it('keeps what was copied, with its capabilities, the last of each name', () => {
    const said = [
      { key: 'gpu', value: 'v100' },
      { key: 'a.b', value: '1' },
      { key: 'gpu', value: 'a100' },
    ];
    given()
      .when(ask.enrol('1', { capabilities: said }))
      .then(did.enrol('1', { has: { gpu: 'a100', 'a.b': '1' } }));
  });

  it('passes over names of host columns, which it has anyway', () => {
    given()
      .when(ask.enrol('1', { capabilities: [{ key: 'vcpus', value: '99' }] }))
      .then(did.enrol('1'));
  });

  it('may be of one that cannot be reserved as it is', () => {
    given()
      .when(ask.enrol('1', { reservable: false }))
      .then(did.enrol('1', { reservable: false }));
  });

  it('is refused twice, until it was withdrawn', () => {
    given(one).when(ask.enrol('1')).thenRefused('host-already-enrolled', { hostId: '1', name: 'node-1' });
    given(one, did.withdraw('1')).when(ask.enrol('1')).then(did.enrol('1'));
  });

  it('is refused with a key of more than 64 characters', () => {
    const [fits, tooLong] = ['k'.repeat(64), 'k'.repeat(65)];
    given()
      .when(ask.enrol('1', { capabilities: [{ key: fits, value: '' }] }))
      .then(did.enrol('1', { has: { [fits]: '' } }));
    given()
      .when(ask.enrol('1', { capabilities: [{ key: tooLong, value: '' }] }))
      .thenRefused('capability-key-too-long', { key: tooLong });
  });
});

describe('setting capabilities', () => {
  it('adds and changes; what stays as it was is left out', () => {
    given(one)
      .when(ask.set('1', { gpu: 'a100', nvme: '4' }))
      .then(did.set('1', { nvme: '4' }));
    given(one)
      .when(ask.set('1', { gpu: 'a100' }))
      .then();
    given(one)
      .when(ask.set('1', { gpu: 'h100' }))
      .then(did.set('1', { gpu: 'h100' }));
  });

  it.each([
    ['9', { gpu: '1' }, 'host-unknown', { hostId: '9' }],
    ['1', {}, 'nothing-to-update', {}],
    ['1', { ['k'.repeat(65)]: '' }, 'capability-key-too-long', { key: 'k'.repeat(65) }],
    [
      '1',
      { vcpus: '99', gpu: '1', status: 'up' },
      'capability-not-storable',
      { hostId: '1', keys: ['vcpus', 'status'] },
    ],
  ])('of %s to %j is refused: %s', (hostId, values, code, facts) => {
    given(one).when(ask.set(hostId, values)).thenRefused(code, facts);
  });

  describe('that a reservation on that host needs', () => {
    const needing = held('r', hours(10, 20), whole('1'), ['gpu']);
    const inUse = { hostId: '1', keys: ['gpu'] };

    it.each([
      ['held', [did.hold('a', needing)]],
      ['confirmed', [did.hold('a', needing), did.confirm('a')]],
    ])('is refused while that is %s, now or in future', (_, events) => {
      const calendar = [one, did.enrol('2'), ...events];
      given(...calendar)
        .when(ask.set('1', { gpu: 'h100', nvme: '4' }))
        .thenRefused('capability-in-use', inUse);
      given(...calendar)
        .when(ask.set('1', { gpu: 'h100' }, at + 20 * hour - 1))
        .thenRefused('capability-in-use', inUse);
      given(...calendar)
        .when(ask.set('1', { nvme: '4' }))
        .then(did.set('1', { nvme: '4' }));
      given(...calendar)
        .when(ask.set('2', { gpu: 'h100' }))
        .then(did.set('2', { gpu: 'h100' }));
      const later = ask.set('1', { gpu: 'h100' }, at + 20 * hour);
      given(...calendar)
        .when(later)
        .thenEvents((set) => expect(set).toHaveLength(1));
    });
  });
});

describe('withdrawing a host', () => {
  it('says whose it was', () => {
    given(one).when(ask.withdraw('1')).then(did.withdraw('1'));
  });

  it('is refused for an unknown one, and with any allocation', () => {
    const past = did.hold('a', held('r', hours(-20, -10), slots({ '1': 1 })));
    given(one).when(ask.withdraw('2')).thenRefused('host-unknown', { hostId: '2' });
    given(one, past).when(ask.withdraw('1')).thenRefused('host-reserved', { hostId: '1' });
    given(one, past, did.confirm('a')).when(ask.withdraw('1')).thenRefused('host-reserved', { hostId: '1' });
    given(one, past, did.release('a')).when(ask.withdraw('1')).then(did.withdraw('1'));
    given(one, past, did.confirm('a'), did.free('lease-of-a', 'r')).when(ask.withdraw('1')).then(did.withdraw('1'));
  });
});

describe("noting a hypervisor's condition", () => {
  it.each(['down', 'disabled', 'vanished'] as const)('%s makes the host unreservable, once', (obstacle) => {
    given(one).when(ask.note('1', obstacle)).then(did.fail('1', obstacle));
    given(one, did.fail('1')).when(ask.note('1', obstacle)).then();
    given(one, did.fail('1')).when(ask.note('1', null)).then(did.recover('1'));
    given(one).when(ask.note('1', null)).then();
    given().when(ask.note('1', obstacle)).then();
  });

  it('leaves the host to who has it', () => {
    const events = [one, ...did.allocate('r', hours(10, 20), whole('1')), did.fail('1', 'vanished')];
    given(...events).state((state) => expect(reservationsOn(state, '1')).toHaveLength(1));
  });
});

describe('looks at hosts', () => {
  it('shows facts in storage order, by number', () => {
    const state = stateOf(did.enrol('10'), did.enrol('9'), did.enrol('2', { has: { gpu: '1' } }), did.fail('9'));
    expect(hostIds(state)).toEqual(['2', '9', '10']);
    expect(hostFactsOf(state, '2')).toEqual({
      ...enrolled('2'),
      ...{ id: '2', partition: 'north', reservable: true, capabilities: [{ key: 'gpu', value: '1' }] },
      ...{ createdAt: at, updatedAt: null },
    });
    expect(hostFactsOf(state, '9')).toMatchObject({ reservable: false, updatedAt: at });
    expect(hostFactsOf(state, '3')).toBeUndefined();
  });

  it('knows a capability as long as some host has it', () => {
    const events = [
      did.enrol('1'),
      did.set('1', { gpu: '1' }),
      did.enrol('2', { has: { gpu: '2' } }),
      did.withdraw('1'),
    ];
    expect(knowsCapability(stateOf(...events), 'gpu')).toBe(true);
    expect(knowsCapability(stateOf(...events, did.withdraw('2')), 'gpu')).toBe(false);
    expect(knowsCapability(stateOf(...events, did.fail('2'), did.recover('2')), 'gpu')).toBe(true);
  });

  it('says which reservations are on a host, each once, from first to last moment', () => {
    const change = did.hold('b', held('r', hours(15, 30), whole('1')));
    const moved = { ...change, data: { ...change.data, leaseId: 'lease-of-r' } };
    const state = stateOf(
      ...[did.enrol('1'), did.enrol('2'), ...did.allocate('r', hours(10, 20), whole('1', '2')), moved],
      ...did.allocate('s', hours(0, 5), slots({ '1': 1 })),
    );
    expect(reservationsOn(state, '1')).toEqual([
      { reservationId: 's', leaseId: 'lease-of-s', ...hours(0, 5) },
      { reservationId: 'r', leaseId: 'lease-of-r', ...hours(10, 30) },
    ]);
    expect(reservationsOn(state, '2')).toEqual([{ reservationId: 'r', leaseId: 'lease-of-r', ...hours(10, 20) }]);
    expect(reservationsOn(state, '3')).toEqual([]);
  });
});
