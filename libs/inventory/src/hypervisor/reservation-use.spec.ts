import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import fc from 'fast-check';
import { hypervisor, type HypervisorCommand } from './hypervisor.decider.js';
import type { Guest, HypervisorEvent, Resources } from './hypervisor.events.js';
import type { HypervisorState } from './hypervisor.state.js';

const { decider, snapshot } = hypervisor;
const { given } = decisionsOf(hypervisor);
const uuid = '5f3a1c0e-6f0b-4b35-8b7e-6d2a5c9e0411';
const at = 1000;
const resources: Resources = {
  ...{ type: 'QEMU', version: 7_002_000, hostIp: null, vcpus: 8, memoryMb: 8192, localGb: 80 },
  ...{ diskAvailableLeastGb: null, cpuInfo: null },
};
const service = { number: 9, uuid: 'b8a3f9c2-4c1d-4b0a-9f5e-3f6b7a8c9d01', host: 'node17.lab' };
const guest = (id: string): Guest => ({ uuid: id, name: `instance-${id}`, vcpus: 1, memoryMb: 1024, diskGb: 10 });
const pool = { kind: 'pool', id: 'debian-12' } as const;

const event = (type: HypervisorEvent['type'], more: object = {}): HypervisorEvent =>
  ({ type, data: { uuid, at, ...more } }) as HypervisorEvent;
const registered = event('HypervisorRegistered', {
  ...{ number: 4, provider: 'p', nativeId: 'n17', hypervisorHostname: 'node17.lab', service },
  ...{ enabled: true, disabledReason: null, forcedDown: false, alive: true, resources },
});
const claimed = event('HypervisorClaimed', { partition: 'default' });
const taken = (reservationId = 'r1', fencingToken = 1) =>
  event('HostTaken', { leaseId: `lease-of-${reservationId}`, reservationId, fencingToken });
const vacated = (reservationId = 'r1') => event('HostVacated', { leaseId: `lease-of-${reservationId}`, reservationId });
const found = (id = 'g1') => event('GuestFound', { guest: guest(id) });
const gone = (id = 'g1') => event('GuestGone', { guestUuid: id, destroyed: true });
const placed = (id = 'p1') =>
  event('GuestPlaced', { guest: guest(id), owner: pool, placed: { guests: 1, vcpus: 1, memoryMb: 1024, diskGb: 10 } });
const vanished = event('HypervisorVanished');

const claim = (partition = 'default', running: readonly string[] | null = null): HypervisorCommand => ({
  ...{ type: 'claim', uuid, partition, running, at },
});
const release: HypervisorCommand = { type: 'release', uuid, at };
const take = (reservationId = 'r1'): HypervisorCommand => ({
  ...{ type: 'take', uuid, leaseId: `lease-of-${reservationId}`, reservationId, at },
});
const vacate = (reservationId = 'r1', lacking: readonly string[] = []): HypervisorCommand => ({
  ...{ type: 'vacate', reservationId, gone: lacking, at },
});
const place = (id = 'p1'): HypervisorCommand => ({ type: 'place-guest', guest: guest(id), owner: pool, at });
const listing = (guests: readonly string[], goneGuests: readonly string[] = [], when = at): HypervisorCommand => ({
  ...{ type: 'observe', hypervisorHostname: 'node17.lab', service, resources, goneGuests, at: when },
  guests: guests.map(guest),
});

type Case = readonly [string, readonly HypervisorEvent[], HypervisorCommand, readonly HypervisorEvent[]];
type Refusal = readonly [string, readonly HypervisorEvent[], HypervisorCommand, string, object];

describe('a hypervisor for reservations', () => {
  it.each<Case>([
    ['is claimed', [registered], claim(), [claimed]],
    ['is claimed where the host says that nothing runs', [registered], claim('default', []), [claimed]],
    ['is claimed once', [registered, claimed], claim(), []],
    ['stays claimed whatever runs there', [registered, claimed, found()], claim('default', ['g1']), []],
    ['is claimed when its servers are gone', [registered, found(), gone()], claim(), [claimed]],
    ['is claimed again after its release', [registered, claimed, event('HypervisorClaimEnded')], claim('b'), [event('HypervisorClaimed', { partition: 'b' })]],
    ['is released', [registered, claimed], release, [event('HypervisorClaimEnded')]],
    ['is released once', [registered], release, []],
    ['is released though nobody knows it', [], release, []],
    ['is released with servers when it has vanished', [registered, claimed, found(), vanished], release, [event('HypervisorClaimEnded')]],
    ['is taken, with the first token', [registered, claimed], take(), [taken()]],
    ['is taken once', [registered, claimed, taken()], take(), []],
    ['is taken once, also with servers on it', [registered, claimed, taken(), found()], take(), []],
    ['is taken with the next token', [registered, claimed, taken(), vacated()], take('r2'), [taken('r2', 2)]],
    ['is taken again by the same reservation with another token', [registered, claimed, taken(), vacated()], take(), [taken('r1', 2)]],
    ['keeps its token over a release', [registered, claimed, taken('r1', 7), vacated(), event('HypervisorClaimEnded'), claimed], take(), [taken('r1', 8)]],
    ['is vacated', [registered, claimed, taken()], vacate(), [vacated()]],
    ['is vacated with the servers that are gone', [registered, claimed, taken(), found(), found('g2')], vacate('r1', ['g2', 'g1', 'g9']), [gone('g2'), gone(), vacated()]],
    ['is vacated with a server left that came meanwhile', [registered, claimed, taken(), found()], vacate(), [vacated()]],
    ['is vacated once', [registered, claimed, taken(), vacated()], vacate(), []],
    ['is vacated by nobody else', [registered, claimed, taken('r2')], vacate(), []],
    ['is vacated though nobody knows it', [], vacate(), []],
  ])('%s', (_what, events, command, expected) => {
    given(...events).when(command).then(...expected);
  }); // prettier-ignore

  it.each<Refusal>([
    ['claimed that nobody knows', [], claim(), 'hypervisor-unknown', { id: uuid }],
    ['claimed that has vanished', [registered, vanished], claim(), 'hypervisor-unknown', { id: uuid }],
    ['claimed with servers', [registered, found(), found('g2')], claim(), 'host-has-guests', { uuid, servers: ['g1', 'g2'] }],
    ['claimed with machines of a pool', [registered, placed()], claim(), 'host-has-guests', { uuid, servers: ['p1'] }],
    ['claimed with servers that only the host knows', [registered, found()], claim('default', ['g1', 'g7']), 'host-has-guests', { uuid, servers: ['g1', 'g7'] }],
    ['claimed that another calendar has', [registered, claimed], claim('b'), 'host-taken', { uuid, reservationId: null, partition: 'default' }],
    ['released with servers', [registered, claimed, found()], release, 'host-has-guests', { uuid, servers: ['g1'] }],
    ['released while a reservation is on it', [registered, claimed, taken()], release, 'host-taken', { uuid, reservationId: 'r1' }],
    ['released while a reservation is on it, though it has vanished', [registered, claimed, taken(), vanished], release, 'host-taken', { uuid, reservationId: 'r1' }],
    ['taken that nobody knows', [], take(), 'host-not-reservable', { uuid }],
    ['taken that is not claimed', [registered], take(), 'host-not-reservable', { uuid }],
    ['taken that has vanished', [registered, claimed, vanished], take(), 'host-not-reservable', { uuid }],
    ['taken while another is on it', [registered, claimed, taken()], take('r2'), 'host-taken', { uuid, reservationId: 'r1' }],
    ['taken while servers are left', [registered, claimed, taken(), found(), vacated()], take('r2'), 'host-taken', { uuid, reservationId: null }],
  ])('is not %s', (_what, events, command, code, facts) => {
    given(...events).when(command).thenRefused(code, facts as never);
  }); // prettier-ignore
});

describe('machines of pools on a hypervisor for reservations', () => {
  it.each<Refusal>([
    ['new ones', [registered, claimed], place(), 'no-capacity', { why: 'reservable' }],
    ['ones that a listing found there', [registered, claimed, found('p1')], place(), 'no-capacity', { why: 'reservable' }],
    ['ones on a host that is down as well', [registered, claimed, event('HypervisorWentDown', { heartbeatAt: 1 })], place(), 'no-capacity', { why: 'reservable' }],
    ['ones on a host that a reservation is on', [registered, claimed, taken()], place(), 'no-capacity', { why: 'reservable' }],
    ['ones on a host that has vanished', [registered, claimed, vanished], place(), 'no-capacity', { why: 'vanished' }],
  ])('are refused: %s', (_what, events, command, code, facts) => {
    given(...events).when(command).thenRefused(code, facts as never);
  }); // prettier-ignore

  it('are placed again when it is released', () => {
    given(registered, claimed, event('HypervisorClaimEnded')).when(place()).then(placed());
  });
});

describe('guests on a hypervisor for reservations', () => {
  const intent = (what: 'destroy' | 'image', guestUuids: readonly string[]): HypervisorCommand => ({
    ...{ type: 'note-intent', intent: what, requestId: 'q', guestUuids, at },
  });
  const destroyed = (...guestUuids: readonly string[]): HypervisorCommand => ({
    ...{ type: 'note-destroyed', guestUuids, at },
  });
  const image = { guestUuid: 'g1', imageId: 'i', name: 'n' };

  it.each<Case>([
    ['are to be destroyed', [registered], intent('destroy', ['g1']), [event('GuestDestructionRequested', { requestId: 'q', guestUuids: ['g1'] })]],
    ['are to be imaged', [registered], intent('image', ['g1']), [event('GuestImagingRequested', { requestId: 'q', guestUuids: ['g1'] })]],
    ['are none to be imaged', [registered], intent('image', []), []],
    ['are imaged', [registered], { type: 'note-guest-image', ...image, at }, [event('GuestImaged', image)]],
    ['are destroyed, unknown ones too', [registered, found()], destroyed('g1', 'g9', 'g1'), [gone('g1'), gone('g9')]],
    ['are left to their owner', [registered, placed()], destroyed('p1', 'g9'), [gone('g9')]],
    ['are destroyed on a host that nobody knows', [], destroyed('g1'), []],
    ['are not brought back by a listing that was begun before', [registered, found(), gone(), gone('g9')], listing(['g1', 'g9']), []],
    ['are believed again after ten minutes', [registered, found(), gone()], listing(['g1'], [], at + 600_001), [event('GuestFound', { guest: guest('g1'), at: at + 600_001 })]],
    ['are found again at once when only listings had lacked them', [registered, found(), event('GuestGone', { guestUuid: 'g1' })], listing(['g1']), [found()]],
    ['are the host’s as before when it is vacated', [registered, claimed, taken(), vacated(), found()], listing(['g1']), []],
  ])('%s', (_what, events, command, expected) => {
    given(...events).when(command).then(...expected);
  }); // prettier-ignore

  it.each<Refusal>([
    ['intended', [], intent('image', ['g1']), 'hypervisor-unknown', {}],
    ['imaged', [], { type: 'note-guest-image', ...image, at }, 'hypervisor-unknown', {}],
  ])('are not %s on a host that nobody knows', (_what, events, command, code, facts) => {
    given(...events).when(command).thenRefused(code, facts as never);
  }); // prettier-ignore
});

describe('the use of a hypervisor', () => {
  const reservation = fc.constantFrom('r1', 'r2', 'r3');
  const someGuest = fc.constantFrom('g1', 'g2', 'p1');
  const command: fc.Arbitrary<HypervisorCommand> = fc.oneof(
    fc.constantFrom('default', 'b').map((partition) => claim(partition)),
    fc.constant(release),
    reservation.map(take),
    fc
      .record({ reservation, lacking: fc.subarray(['g1', 'g2']) })
      .map((made) => vacate(made.reservation, made.lacking)),
    someGuest.map(place),
    someGuest.map((guestUuid): HypervisorCommand => ({ type: 'remove-guest', guestUuid, at })),
    fc.record({ there: fc.subarray(['g1', 'g2']), lacking: fc.subarray(['g1', 'g2']) }).map((made) => listing(made.there, made.lacking)), // prettier-ignore
    fc.constant<HypervisorCommand>({ type: 'vanish', at }),
  );

  /** What may be so, told of each event by the rules alone. */
  class Model {
    partition: string | null = null;
    takenBy: string | null = null;
    token = 0;
    readonly guests = new Set<string>();
    readonly owned = new Set<string>();

    see({ type, data }: HypervisorEvent): void {
      switch (type) {
        case 'HypervisorClaimed':
          expect([this.partition, this.guests.size]).toEqual([null, 0]);
          this.partition = data.partition;
          return;
        case 'HypervisorClaimEnded':
          expect(this.partition).not.toBeNull();
          expect(this.takenBy).toBeNull();
          this.partition = null;
          return;
        case 'HostTaken':
          expect([this.takenBy, this.guests.size, data.fencingToken]).toEqual([null, 0, this.token + 1]);
          expect(this.partition).not.toBeNull();
          this.takenBy = data.reservationId;
          this.token = data.fencingToken;
          return;
        case 'HostVacated':
          expect(this.takenBy).toBe(data.reservationId);
          this.takenBy = null;
          return;
        case 'GuestPlaced':
          expect(this.partition).toBeNull();
          this.guests.add(data.guest.uuid);
          this.owned.add(data.guest.uuid);
          return;
        case 'GuestFound':
          this.guests.add(data.guest.uuid);
          return;
        case 'GuestGone':
          expect(this.owned).not.toContain(data.guestUuid);
          this.guests.delete(data.guestUuid);
          return;
        case 'GuestRemoved':
          this.guests.delete(data.guestUuid);
          this.owned.delete(data.guestUuid);
          return;
        default:
      }
    }
  }

  it('is one at a time, whatever is asked in whatever order, and comes back from a snapshot', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const model = new Model();
        let state: HypervisorState = decider.evolve(decider.initialState(), registered);
        for (const each of commands) {
          const decision = decider.decide(each, state);
          if (decision.kind === 'refused') continue;
          for (const one of decision.events) model.see(one);
          state = decision.events.reduce(decider.evolve, state);
          expect(decider.decide(each, state)).not.toMatchObject({ kind: 'accepted', events: [{ type: 'HostTaken' }] });
        }
        expect([state?.partition, state?.takenBy?.reservationId ?? null]).toEqual([model.partition, model.takenBy]);
        expect([state?.fencingToken, new Set(state?.guests.keys())]).toEqual([model.token, model.guests]);
        expect(snapshot!.read(JSON.parse(JSON.stringify(snapshot!.write(state))) as never)).toEqual(state);
      }),
    );
  });
});
