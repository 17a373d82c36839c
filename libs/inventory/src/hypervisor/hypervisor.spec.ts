import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { conditionOf, hypervisor, serverCount, type HypervisorCommand } from './hypervisor.decider.js';
import type { Guest, HypervisorEvent, Resources } from './hypervisor.events.js';
import type { HypervisorState } from './hypervisor.state.js';
import { sameValue } from './same-value.policy.js';

const { decider, snapshot } = hypervisor;
const language = decisionsOf(hypervisor);
const uuid = '5f3a1c0e-6f0b-4b35-8b7e-6d2a5c9e0411';
const at = 1000;
const service = { number: 9, uuid: 'b8a3f9c2-4c1d-4b0a-9f5e-3f6b7a8c9d01', host: 'node17.lab' };
const resources: Resources = {
  type: 'QEMU',
  version: 7_002_000,
  hostIp: '10.4.0.17',
  vcpus: 64,
  memoryMb: 515_072,
  localGb: 1788,
  diskAvailableLeastGb: 1490,
  cpuInfo: { arch: 'x86_64', topology: { cores: 16, threads: 2 } },
};
const guest = (id: string): Guest => ({ uuid: id, name: `instance-${id}`, vcpus: 2, memoryMb: 4096, diskGb: 20 });
const [g1, g2] = [guest('g1'), guest('g2')];

const facts = { uuid, number: 4, provider: 'p', nativeId: 'n17', hypervisorHostname: 'node17.lab', service };
const enabled = { enabled: true, disabledReason: null, forcedDown: false };
const registered: HypervisorEvent = {
  type: 'HypervisorRegistered',
  data: { ...facts, ...enabled, alive: true, resources, at: 1 },
};
const event = (type: HypervisorEvent['type'], more: object = {}): HypervisorEvent =>
  ({ type, data: { uuid, at, ...more } }) as HypervisorEvent;
const owner = { kind: 'pool', id: 'debian-12' } as const;
/** Of so many sample guests. */
const sums = (guests: number) => ({ guests, vcpus: 2 * guests, memoryMb: 4096 * guests, diskGb: 20 * guests });
/** The host has so many placed guests then. */
const placed = (id: string, count = 1): HypervisorEvent =>
  event('GuestPlaced', { guest: guest(id), owner, placed: sums(count) });
const removed = (id: string, count = 0, when = at): HypervisorEvent =>
  event('GuestRemoved', { guestUuid: id, placed: sums(count), at: when });

const fold = (events: readonly HypervisorEvent[]): HypervisorState =>
  events.reduce(decider.evolve, decider.initialState());

function given(...events: readonly HypervisorEvent[]) {
  return {
    /** The language checks that deciding is pure, and that its events can be stored and folded. */
    when: (command: HypervisorCommand) => {
      language.given(...events).when(command);
      const decision = decider.decide(command, fold(events));
      return decision.kind === 'accepted' ? decision.events : { refused: decision.code, ...decision.facts };
    },
  };
}

const observe = (more: Partial<Extract<HypervisorCommand, { type: 'observe' }>> = {}): HypervisorCommand => ({
  type: 'observe',
  hypervisorHostname: 'node17.lab',
  service,
  resources,
  guests: [],
  goneGuests: [],
  at,
  ...more,
});
const heartbeat = (alive: boolean, heartbeatAt: number | null = 990): HypervisorCommand => ({
  type: 'note-heartbeat',
  alive,
  heartbeatAt,
  at,
});
type Change = Extract<HypervisorCommand, { type: 'change-service' }>['change'];
const change = (what: Change): HypervisorCommand => ({ type: 'change-service', id: '4', change: what, at });

describe('registering a hypervisor', () => {
  const register: HypervisorCommand = {
    type: 'register',
    ...facts,
    condition: { enabled: false, disabledReason: 'fan swap', forcedDown: false },
    alive: false,
    resources,
    guests: [g1, g2],
    at,
  };

  it('given it is new, then registered with its guests', () => {
    expect(given().when(register)).toEqual([
      {
        type: 'HypervisorRegistered',
        data: { ...facts, enabled: false, disabledReason: 'fan swap', forcedDown: false, alive: false, resources, at },
      },
      event('GuestFound', { guest: g1 }),
      event('GuestFound', { guest: g2 }),
    ]);
  });

  it('given it is registered, then nothing', () => {
    expect(given(registered).when(register)).toEqual([]);
  });
});

describe('observing a hypervisor', () => {
  const smaller = { ...g1, vcpus: 1 };
  const other = { number: 10, uuid: 'b8a3f9c2-4c1d-4b0a-9f5e-3f6b7a8c9d02', host: 'node18.lab' };
  const found = event('GuestFound', { guest: g1 });

  it.each<[string, readonly HypervisorEvent[], HypervisorCommand, unknown]>([
    ['nothing new', [registered], observe(), []],
    ['the same cpu in another order of keys', [registered], observe({ resources: { ...resources, cpuInfo: { topology: { threads: 2, cores: 16 }, arch: 'x86_64' } } }), []],
    ['more memory', [registered], observe({ resources: { ...resources, memoryMb: 1 } }), [event('ResourcesReported', { resources: { ...resources, memoryMb: 1 } })]],
    ['another cpu', [registered], observe({ resources: { ...resources, cpuInfo: { arch: 'arm64' } } }), [event('ResourcesReported', { resources: { ...resources, cpuInfo: { arch: 'arm64' } } })]],
    ['another name', [registered], observe({ hypervisorHostname: 'x' }), [event('HypervisorRenamed', { hypervisorHostname: 'x', service })]],
    ['another service', [registered], observe({ service: other }), [event('HypervisorRenamed', { hypervisorHostname: 'node17.lab', service: other })]],
    ['a new guest, twice in the listing', [registered], observe({ guests: [g1, g1] }), [found]],
    ['a known guest', [registered, found], observe({ guests: [g1] }), []],
    ['a known guest of another size', [registered, found], observe({ guests: [smaller] }), [event('GuestChanged', { guest: smaller })]],
    ['a guest missing for the first time', [registered, found], observe(), []],
    ['a guest missing for the second time', [registered, found], observe({ goneGuests: ['g1', 'g1'] }), [event('GuestGone', { guestUuid: 'g1' })]],
    ['a guest missing that nobody knows', [registered], observe({ goneGuests: ['g1'] }), []],
    ['a guest both listed and called gone', [registered, found], observe({ guests: [g1], goneGuests: ['g1'] }), []],
    ['that it is back', [registered, event('HypervisorVanished')], observe({ guests: [g1] }), [event('HypervisorReturned'), found]],
    ['before it is registered', [], observe(), { refused: 'hypervisor-unknown' }],
  ])('%s', (_what, events, command, expected) => {
    expect(given(...events).when(command)).toEqual(expected);
  }); // prettier-ignore

  const changedP1 = { ...guest('p1'), vcpus: 1 };
  it.each<[string, readonly HypervisorEvent[], HypervisorCommand, unknown]>([
    ['listed', [registered, placed('p1')], observe({ guests: [guest('p1')] }), []],
    ['listed with another size', [registered, placed('p1')], observe({ guests: [changedP1] }), []],
    ['missing for the second time', [registered, placed('p1')], observe({ goneGuests: ['p1'] }), []],
    ['removed, in a listing begun before', [registered, placed('p1'), removed('p1')], observe({ guests: [guest('p1')] }), []],
    ['removed ten minutes ago', [registered, placed('p1'), removed('p1')], observe({ guests: [guest('p1')], at: at + 600_000 }), []],
    ['removed longer ago', [registered, placed('p1'), removed('p1')], observe({ guests: [guest('p1')], at: at + 600_001 }), [event('GuestFound', { guest: guest('p1'), at: at + 600_001 })]],
    ['placed again since', [registered, placed('p1'), removed('p1'), placed('p1')], observe({ goneGuests: ['p1'] }), []],
    ['found before its owner came', [registered, event('GuestFound', { guest: guest('p1') }), placed('p1')], observe({ goneGuests: ['p1'] }), []],
  ])('says nothing of a guest that is owned or was: %s', (_what, events, command, expected) => {
    expect(given(...events).when(command)).toEqual(expected);
  }); // prettier-ignore

  it('takes no more changes at once than fit into one append', () => {
    const many = Array.from({ length: 5000 }, (_, n) => guest(`g${String(n)}`));
    expect(given(registered).when(observe({ guests: many }))).toHaveLength(2000);
  });
});

describe('heartbeats', () => {
  const down = event('HypervisorWentDown', { heartbeatAt: 990 });
  it.each<[string, readonly HypervisorEvent[], HypervisorCommand, unknown]>([
    ['fresh while up', [registered], heartbeat(true), []],
    ['too old while up', [registered], heartbeat(false), [down]],
    [
      'never heard while up',
      [registered],
      heartbeat(false, null),
      [event('HypervisorWentDown', { heartbeatAt: null })],
    ],
    ['too old while down', [registered, down], heartbeat(false), []],
    ['fresh while down', [registered, down], heartbeat(true), [event('HypervisorCameUp', { heartbeatAt: 990 })]],
    ['too old while it has vanished', [registered, event('HypervisorVanished')], heartbeat(false), []],
    ['before it is registered', [], heartbeat(true), { refused: 'hypervisor-unknown' }],
  ])('%s', (_what, events, command, expected) => {
    expect(given(...events).when(command)).toEqual(expected);
  });
});

describe('vanishing', () => {
  it('happens once', () => {
    expect(given(registered).when({ type: 'vanish', at })).toEqual([event('HypervisorVanished')]);
    expect(given(registered, event('HypervisorVanished')).when({ type: 'vanish', at })).toEqual([]);
  });
});

describe('changing the service', () => {
  const disabled = event('ServiceDisabled', { reason: 'fan swap' });
  const forced = event('ServiceForcedDown');
  const already = { refused: 'service-already-so', id: '4' };
  const unknown = { refused: 'hypervisor-unknown', id: '4' };

  it.each<[string, readonly HypervisorEvent[], Change, unknown]>([
    ['disabled', [registered], { kind: 'disable', reason: 'fan swap' }, [disabled]],
    ['disabled without a reason', [registered], { kind: 'disable', reason: null }, [event('ServiceDisabled', { reason: null })]],
    ['disabled again', [registered, disabled], { kind: 'disable', reason: 'fan swap' }, already],
    ['disabled for another reason', [registered, disabled], { kind: 'disable', reason: 'x' }, [event('ServiceDisabled', { reason: 'x' })]],
    ['enabled', [registered, disabled], { kind: 'enable' }, [event('ServiceEnabled')]],
    ['enabled again', [registered], { kind: 'enable' }, already],
    ['forced down', [registered], { kind: 'force-down' }, [forced]],
    ['forced down again', [registered, forced], { kind: 'force-down' }, already],
    ['no longer forced down', [registered, forced], { kind: 'lift-force-down' }, [event('ForcedDownLifted')]],
    ['not forced down at all', [registered], { kind: 'lift-force-down' }, already],
    ['of one that has vanished', [registered, event('HypervisorVanished')], { kind: 'enable' }, unknown],
    ['of none', [], { kind: 'enable' }, unknown],
  ])('%s', (_what, events, what, expected) => {
    expect(given(...events).when(change(what))).toEqual(expected);
  }); // prettier-ignore
});

describe('placing a guest', () => {
  const place = (more: Partial<Guest> = {}, id = 'p9'): HypervisorCommand => ({
    type: 'place-guest',
    guest: { ...guest(id), ...more },
    owner,
    at,
  });
  const refused = (why: string) => ({ refused: 'no-capacity', why });
  const tight = event('ResourcesReported', { resources: { ...resources, vcpus: 4, memoryMb: 8192, localGb: 40 } });
  const found = event('GuestFound', { guest: g1 });

  it.each<[string, readonly HypervisorEvent[], HypervisorCommand, unknown]>([
    ['there is room', [registered], place(), [placed('p9')]],
    ['it takes the last room', [registered, tight, found], place(), [placed('p9', 1)]],
    ['it takes the last room beside a placed one', [registered, tight, placed('p1')], place(), [placed('p9', 2)]],
    ['no vcpus are left', [registered, tight, found], place({ vcpus: 3 }), refused('no-room')],
    ['no memory is left', [registered, tight, found], place({ memoryMb: 4097 }), refused('no-room')],
    ['no disk is left', [registered, tight, found], place({ diskGb: 21 }), refused('no-room')],
    ['found and placed guests fill it', [registered, tight, found, placed('p1')], place(), refused('no-room')],
    ['one that filled it is gone', [registered, tight, found, placed('p1'), event('GuestGone', { guestUuid: 'g1' })], place(), [placed('p9', 2)]],
    ['one that filled it was removed', [registered, tight, found, placed('p1'), removed('p1')], place(), [placed('p9')]],
    ['one that filled it has shrunk', [registered, tight, found, placed('p1'), event('GuestChanged', { guest: { ...g1, vcpus: 0, memoryMb: 0, diskGb: 0 } })], place(), [placed('p9', 2)]],
    ['the host has shrunk below its guests', [registered, placed('p1'), event('ResourcesReported', { resources: { ...resources, vcpus: 1 } })], place(), refused('no-room')],
    ['it is there already', [registered, placed('p9')], place(), []],
    ['it is there already, on a host that takes no more', [registered, placed('p9'), event('ServiceForcedDown'), event('ServiceDisabled', { reason: null })], place(), []],
    ['a listing found it before, on a host that is full', [registered, tight, found, placed('p1')], place({}, 'g1'), [placed('g1', 2)]],
    ['it was removed before', [registered, placed('p9'), removed('p9')], place(), [placed('p9')]],
    ['disabled', [registered, event('ServiceDisabled', { reason: 'fan swap' })], place(), refused('disabled')],
    ['forced down', [registered, event('ServiceForcedDown')], place(), refused('forced-down')],
    ['down', [registered, event('HypervisorWentDown', { heartbeatAt: 1 })], place(), refused('down')],
    ['vanished', [registered, event('HypervisorVanished')], place(), refused('vanished')],
    ['never registered', [], place(), refused('vanished')],
  ])('%s', (_what, events, command, expected) => {
    expect(given(...events).when(command)).toEqual(expected);
  }); // prettier-ignore
});

describe('removing a guest', () => {
  const remove = (guestUuid: string): HypervisorCommand => ({ type: 'remove-guest', guestUuid, at });
  const found = event('GuestFound', { guest: g1 });

  it.each<[string, readonly HypervisorEvent[], HypervisorCommand, unknown]>([
    ['placed', [registered, placed('p1'), placed('p2', 2)], remove('p1'), [removed('p1', 1)]],
    ['placed on a host that has vanished', [registered, placed('p1'), event('HypervisorVanished')], remove('p1'), [removed('p1')]],
    ['removed before', [registered, placed('p1'), removed('p1')], remove('p1'), []],
    ['that nobody knows', [registered], remove('p1'), []],
    ['of a host that nobody knows', [], remove('p1'), []],
    ['that a listing found', [registered, found, placed('p1')], remove('g1'), [removed('g1', 1)]],
  ])('%s', (_what, events, command, expected) => {
    expect(given(...events).when(command)).toEqual(expected);
  }); // prettier-ignore

  it('is remembered for ten minutes, and for ten thousand guests at most', () => {
    const events = [registered, removed('old', 0, 0), removed('p1', 0, 1), removed('p2', 0, 600_001)];
    expect([...fold(events)!.removed]).toEqual([['p1', 1], ['p2', 600_001]]); // prettier-ignore
    const many = Array.from({ length: 10_002 }, (_, n) => removed(`p${String(n)}`));
    const remembered = [...fold([registered, ...many])!.removed.keys()];
    expect([remembered.length, remembered[0]]).toEqual([10_000, 'p2']);
  });
});

describe('noting an image', () => {
  const image = { imageId: 'i', requestId: 'q' };
  it.each<[string | null, unknown]>([
    [null, [event('ImageCached', image)]],
    ['no space', [event('ImageCachingFailed', { ...image, reason: 'no space' })]],
  ])('failure: %s', (failure, expected) => {
    expect(given(registered).when({ type: 'note-image', ...image, failure, at })).toEqual(expected);
  });
});

describe('the state of a hypervisor', () => {
  const everything: readonly HypervisorEvent[] = [
    registered,
    event('GuestFound', { guest: g1 }),
    event('GuestFound', { guest: g2 }),
    event('GuestChanged', { guest: { ...g1, name: 'x' } }),
    event('GuestGone', { guestUuid: 'g2' }),
    placed('p1', 1),
    placed('p2', 2),
    event('GuestRemoved', { guestUuid: 'p2', placed: sums(1) }),
    event('HypervisorRenamed', { hypervisorHostname: 'x', service }),
    event('ResourcesReported', { resources: { ...resources, vcpus: 1 } }),
    event('HypervisorWentDown', { heartbeatAt: null }),
    event('ServiceDisabled', { reason: 'r' }),
    event('ServiceForcedDown'),
    event('ImageCached', { imageId: 'i', requestId: 'q' }),
    event('ImageCachingFailed', { imageId: 'i', requestId: 'q', reason: 'r' }),
    event('GuestDestructionRequested', { requestId: 'q', guestUuids: ['g3'] }),
    event('GuestGone', { guestUuid: 'g3', destroyed: true }),
    event('GuestImagingRequested', { requestId: 'q', guestUuids: ['g1'] }),
    event('GuestImaged', { guestUuid: 'g1', imageId: 'i', name: 'n' }),
    event('HypervisorClaimed', { partition: 'default' }),
    event('HostTaken', { leaseId: 'l', reservationId: 'r', fencingToken: 5 }),
  ];

  it('says all that happened', () => {
    expect(fold(everything)).toEqual({
      ...facts,
      hypervisorHostname: 'x',
      enabled: false,
      disabledReason: 'r',
      forcedDown: true,
      alive: false,
      vanished: false,
      resources: { ...resources, vcpus: 1 },
      guests: new Map([
        ['g1', { ...g1, name: 'x', owner: null }],
        ['p1', { ...guest('p1'), owner }],
      ]),
      used: { guests: 2, vcpus: 4, memoryMb: 8192, diskGb: 40 },
      placed: { guests: 1, vcpus: 2, memoryMb: 4096, diskGb: 20 },
      removed: new Map([['p2', at], ['g3', at]]), // prettier-ignore
      partition: 'default',
      takenBy: { leaseId: 'l', reservationId: 'r', fencingToken: 5 },
      fencingToken: 5,
    });
    const left = [event('HostVacated', { leaseId: 'l', reservationId: 'r' }), event('HypervisorClaimEnded')];
    expect(fold([...everything, ...left])).toMatchObject({ partition: null, takenBy: null, fencingToken: 5 });
    const more = [event('HypervisorCameUp', { heartbeatAt: 1 }), event('ServiceEnabled'), event('ForcedDownLifted')];
    expect(fold([...everything, ...more])).toMatchObject({ ...enabled, alive: true });
    expect(conditionOf(fold([...everything, ...more]))).toEqual(enabled);
  });

  it('counts servers while it is there', () => {
    const vanished = [...everything, event('HypervisorVanished')];
    expect(serverCount(fold(everything))).toBe(2);
    expect(serverCount(fold(vanished))).toBe(0);
    expect(serverCount(fold([...vanished, event('HypervisorReturned')]))).toBe(2);
    expect(serverCount(undefined)).toBe(0);
    expect(conditionOf(undefined)).toBeUndefined();
  });

  it.each([[everything], [[]]])('comes back from a snapshot as it was', (events) => {
    const state = fold(events);
    expect(snapshot!.read(JSON.parse(JSON.stringify(snapshot!.write(state))) as never)).toEqual(state);
  });

  it('cannot begin with anything but the registration', () => {
    expect(() => fold([event('ServiceEnabled')])).toThrow('ServiceEnabled');
  });
});

describe('sameValue', () => {
  it.each<[unknown, unknown, boolean]>([
    [1, 1, true],
    [1, '1', false],
    [null, {}, false],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, true],
    [{ a: [1] }, { a: [1, 2] }, false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: undefined }, { b: undefined }, false],
    [{ a: undefined }, {}, false],
    [[], {}, false],
    [['x'], { 0: 'x' }, false],
  ])('%j and %j: %s', (a, b, expected) => {
    expect(sameValue(a, b)).toBe(expected);
    expect(sameValue(b, a)).toBe(expected);
  });
});
