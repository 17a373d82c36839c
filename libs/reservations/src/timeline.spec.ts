import { describe, expect, it } from '@jest/globals';
import type { Mention } from '#kernel';
import { floatingIpsCatalog } from './floating-ips/floating-ips.events.js';
import { hostCalendarCatalog } from './host-calendar/host-calendar.events.js';
import { leaseCatalog } from './lease/lease.events.js';
import {
  addressReservation,
  addressTerms,
  happened,
  hostReservation,
  hostTerms,
  instanceReservation,
} from './lease/lease.samples.contract.js';
import { resourcePropertiesCatalog } from './resource-properties/resource-properties.events.js';
import { reservationsTimeline, type ReservationsEvent } from './timeline.policy.js';

type Data<Type extends ReservationsEvent['type']> = Extract<ReservationsEvent, { type: Type }>['data'];

const told = <Type extends ReservationsEvent['type']>(type: Type, data: Data<Type>): readonly Mention[] =>
  (reservationsTimeline[type] as (data: Data<Type>) => readonly Mention[])(data);
const toldOf = ({ type, data }: ReservationsEvent) => told(type, data as never);
/** Which resources, and in which words. */
const words = (mentions: readonly Mention[]) => mentions.map(({ kind, id, what }) => `${kind}/${id} ${what}`);

const epoch = '1970-01-01T00:00:00.000Z';
const instant = (time: number) => new Date(time).toISOString();
const [, end, before] = happened.created().data.events;

describe('the history of reservations', () => {
  it('has an account of every type of event', () => {
    const catalogs = [hostCalendarCatalog, floatingIpsCatalog, resourcePropertiesCatalog, leaseCatalog];
    expect(Object.keys(reservationsTimeline).sort()).toEqual(
      catalogs.flatMap(({ versions }) => Object.keys(versions)).sort(),
    );
  });

  it('tells of a new lease, its reservations, and what they were given', () => {
    const reservations = [hostReservation, instanceReservation, addressReservation];
    const created = happened.created({ reservations });
    const mentions = toldOf(created);
    expect(words(mentions)).toEqual([
      'lease/lease-1 created',
      ...['reservation/r-hosts created', 'host/node-1 given to reservation r-hosts'],
      'host/node-2 given to reservation r-hosts',
      ...['reservation/r-instances created', 'host/node-3 given to reservation r-instances'],
      'host/node-4 given to reservation r-instances',
      ...['reservation/r-addresses created', 'floating-ip/ip-1 given to reservation r-addresses'],
      'floating-ip/ip-2 given to reservation r-addresses',
    ]);
    const { name, userId, projectId, startsAt, endsAt } = created.data;
    expect(mentions[0]?.sets).toEqual({
      ...{ name, userId, projectId, state: 'pending', startsAt: instant(startsAt), endsAt: instant(endsAt) },
      ...{ 'events.start_lease': instant(startsAt), 'events.end_lease': instant(endsAt) },
      'events.before_end_lease': instant(before?.dueAt ?? 0),
    });
    const { resourceType, ...terms } = hostTerms;
    expect(mentions[1]?.sets).toEqual({
      ...{ lease: 'lease-1', resourceType, terms, hosts: ['node-1', 'node-2'], addresses: [], means: null },
      state: 'pending',
    });
    expect(mentions[4]?.sets).toMatchObject({ means: { aggregateId: 7 } });
    const { resourceType: _type, ...ofAddresses } = addressTerms;
    expect(mentions[7]?.sets).toMatchObject({ terms: ofAddresses, addresses: ['203.0.113.9', '203.0.113.10'] });
  });

  it('tells of a change what changed', () => {
    const events = [end, before].filter((event) => event !== undefined);
    const change = happened.updated({ name: 'x', endsAt: 0, events, reservations: [hostReservation] });
    const mentions = toldOf(change);
    expect(words(mentions)).toEqual([
      ...['lease/lease-1 changed', 'reservation/r-hosts changed'],
      ...['host/node-1 given to reservation r-hosts', 'host/node-2 given to reservation r-hosts'],
    ]);
    expect(mentions[0]?.sets).toMatchObject({ name: 'x', endsAt: epoch });
    expect(mentions[0]?.sets).not.toHaveProperty('startsAt');
    expect(mentions[1]?.sets).not.toHaveProperty('state');
    expect(toldOf(happened.updated({ startsAt: 0 }))[0]?.sets).toEqual({ startsAt: epoch });
  });

  it.each<[ReservationsEvent, readonly string[]]>([
    [happened.refused, ['lease/lease-1 refused: not enough of what was asked for']],
    [happened.abandoned, ['lease/lease-1 not changed: nobody decided in time']],
    [happened.starting, ['lease/lease-1 starting']],
    [happened.started, ['lease/lease-1 started', 'reservation/r-hosts started']],
    [happened.startFailed, ['lease/lease-1 did not start: occupied', 'reservation/r-hosts did not start']],
    [happened.announcing, ['lease/lease-1 end being announced']],
    [happened.announced, ['lease/lease-1 end announced', 'reservation/r-hosts guest guest kept as image kept']],
    [happened.announcementFailed, ['lease/lease-1 end could not be announced: no answer']],
    [happened.ending, ['lease/lease-1 ending']],
    [happened.ended, ['lease/lease-1 ended']],
    [happened.endFailed, ['lease/lease-1 did not end: no answer', 'reservation/r-hosts did not end']],
    [happened.deleting, ['lease/lease-1 being deleted']],
    [
      happened.deletionFailed,
      ['lease/lease-1 could not be deleted: no answer', 'reservation/r-hosts could not be deleted'],
    ],
    [happened.deleted, ['lease/lease-1 deleted', 'reservation/r-hosts deleted']],
    [
      happened.healed(),
      [
        ...['lease/lease-1 host 2 failed, host 3 replaces it', 'reservation/r-hosts host 2 failed, host 3 replaces it'],
        'host/node-3 given to reservation r-hosts',
      ],
    ],
    [
      happened.healed({ replacementHostId: null }),
      [
        ...['lease/lease-1 host 2 failed, and nothing replaces it'],
        'reservation/r-hosts host 2 failed, and nothing replaces it',
      ],
    ],
  ])('of a lease: $type', (event, expected) => {
    expect(words(toldOf(event))).toEqual(expected);
  });

  it('ends with what it tells of', () => {
    expect(toldOf(happened.deleted).map(({ ends }) => ends)).toEqual([true, true]);
    expect(toldOf(happened.ended).map(({ ends }) => ends)).toEqual([undefined]);
  });

  const facts = {
    ...{ hypervisorUuid: 'uuid-5', provider: 'simulated', nativeId: 'n5', serviceName: 'node-5' },
    ...{ hypervisorHostname: 'node-5.lab', hypervisorType: 'QEMU', hypervisorVersion: 1, vcpus: 4, memoryMb: 8 },
    ...{ localGb: 9, cpuInfo: '{"big": 1}', availabilityZone: '', trustId: 'a'.repeat(32) },
  };
  const about = { partition: 'default', at: 0 };
  const window = { from: 0, to: 60_000 };

  it('tells of hosts by their number and by their service', () => {
    const { cpuInfo: _cpuInfo, trustId: _trustId, ...shown } = facts;
    const capabilities = [{ key: 'gpu', value: 'a100' }];
    expect(told('HostEnrolled', { ...about, hostId: '5', host: facts, capabilities, reservable: true })).toEqual([
      {
        ...{ kind: 'reservation-host', id: '5', what: 'enrolled' },
        sets: { partition: 'default', reservable: true, ...shown, 'capabilities.gpu': 'a100' },
      },
      {
        ...{ kind: 'host', id: 'node-5', what: 'enrolled for reservations as 5' },
        sets: { reservationHost: '5' },
      },
    ]);
    const gone = { hostId: '5', hypervisorUuid: 'uuid-5', serviceName: 'node-5' };
    expect(told('HostWithdrawn', { ...about, ...gone })).toEqual([
      { kind: 'reservation-host', id: '5', what: 'withdrawn', ends: true },
      { kind: 'host', id: 'node-5', what: 'withdrawn from reservations', sets: { reservationHost: null } },
    ]);
  });

  it.each([
    [
      told('HostCapabilitiesSet', { ...about, hostId: '5', set: [{ key: 'a', value: 'b' }] }),
      'capabilities changed',
      { 'capabilities.a': 'b' },
    ],
    [told('HostBecameReservable', { ...about, hostId: '5' }), 'reservable again', { reservable: true, obstacle: null }],
    [
      told('HostBecameUnreservable', { ...about, hostId: '5', why: 'vanished' }),
      'not reservable: its hypervisor is gone',
      { reservable: false, obstacle: 'vanished' },
    ],
    [
      told('HostBecameUnreservable', { ...about, hostId: '5', why: 'down' }),
      'not reservable: its hypervisor is down',
      { reservable: false, obstacle: 'down' },
    ],
  ])('of a host: %p', (mentions, what, sets) => {
    expect(mentions).toEqual([{ kind: 'reservation-host', id: '5', what, sets }]);
  });

  it('tells of holds and releases', () => {
    const hold = { attempt: 'a', decidedBy: 'lease-l', deadline: 9, leaseId: 'l' };
    const shares = [
      { hostId: '5', slots: null },
      { hostId: '6', slots: { count: 2, needs: [] } },
      { hostId: '7', slots: { count: 1, needs: [] } },
    ];
    const reservations = [
      { reservationId: 'r', window, properties: [], shares },
      { reservationId: 's', window, properties: [], shares: shares.slice(0, 1) },
    ];
    const held = told('HostsHeld', { ...about, ...hold, reservations });
    expect(words(held)).toEqual([
      ...['lease/l hosts held by attempt a', 'reservation/r 3 hosts held'],
      'reservation-host/5 held for reservation r',
      'reservation-host/6 room for 2 instances held for reservation r',
      'reservation-host/7 room for 1 instance held for reservation r',
      ...['reservation/s 1 host held', 'reservation-host/5 held for reservation s'],
    ]);
    expect(held[1]?.sets).toEqual({ lease: 'l', from: epoch, to: instant(60_000) });
    const addresses = [{ reservationId: 'r', window, floatingIpIds: ['i', 'j'] }];
    expect(words(told('AddressesHeld', { ...hold, reservations: addresses, at: 0 }))).toEqual([
      ...['lease/l addresses held by attempt a', 'reservation/r 2 addresses held'],
      ...['floating-ip/i held for reservation r', 'floating-ip/j held for reservation r'],
    ]);
    const released = { leaseId: 'l', reservationIds: ['r', 's'], at: 0 };
    expect(words(told('AllocationsReleased', { ...released, partition: 'default' }))).toEqual([
      ...['lease/l hosts released', 'reservation/r hosts released', 'reservation/s hosts released'],
    ]);
    expect(words(told('AddressesReleased', released))).toEqual([
      ...['lease/l addresses released', 'reservation/r addresses released', 'reservation/s addresses released'],
    ]);
    expect(
      words([
        ...told('HoldConfirmed', { ...about, attempt: 'a' }),
        ...told('HoldReleased', { ...about, attempt: 'a' }),
        ...told('AddressHoldConfirmed', { attempt: 'a', at: 0 }),
        ...told('AddressHoldReleased', { attempt: 'a', at: 0 }),
      ]),
    ).toEqual([
      'hostCalendar/default hold of attempt a confirmed',
      'hostCalendar/default hold of attempt a released',
      'floatingIps/all hold of attempt a confirmed',
      'floatingIps/all hold of attempt a released',
    ]);
  });

  it('tells of addresses and resource properties', () => {
    const added = { id: 'i', networkId: 'n', subnetId: 's', address: '203.0.113.9' };
    expect(told('FloatingIpAdded', { ...added, at: 0 })).toEqual([
      {
        ...{ kind: 'floating-ip', id: 'i', what: 'added' },
        sets: { networkId: 'n', subnetId: 's', address: '203.0.113.9' },
      },
    ]);
    expect(told('FloatingIpRemoved', { id: 'i', at: 0 })).toEqual([
      { kind: 'floating-ip', id: 'i', what: 'removed', ends: true },
    ]);
    expect(told('ResourcePropertyNoted', { id: 'p', name: 'gpu', resourceType: 'physical:host', at: 0 })).toEqual([
      {
        ...{ kind: 'resource-property', id: 'gpu', what: 'noted' },
        sets: { id: 'p', resourceType: 'physical:host', private: false },
      },
    ]);
    const privacy = (isPrivate: boolean) =>
      told('ResourcePropertyPrivacySet', { name: 'gpu', private: isPrivate, at: 0 })[0];
    expect(privacy(true)).toMatchObject({ what: 'made private', sets: { private: true } });
    expect(privacy(false)).toMatchObject({ what: 'made public', sets: { private: false } });
  });
});
