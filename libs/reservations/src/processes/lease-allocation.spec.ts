import { describe, expect, it } from '@jest/globals';
import { regionCatalog, type RegionFlavor } from '#flavors';
import { hostAggregatesCatalog, type AggregateOwner } from '#inventory';
import type { Process } from '#runtime';
import { RecordedHistory, reactionsOf } from '#specs';
import { floatingIpsCatalog, type FloatingIpsEvent } from '../floating-ips/floating-ips.events.js';
import { hostCalendarCatalog, type HostCalendarEvent, type HostShare } from '../host-calendar/host-calendar.events.js';
import { leaseCatalog, type LeaseEvent } from '../lease/lease.events.js';
import { leaseAllocationSaga, type WatchedHold } from './lease-allocation.saga.js';

const { given } = reactionsOf(leaseAllocationSaga as unknown as Process<WatchedHold | null>);
const history = new RecordedHistory(
  hostCalendarCatalog,
  floatingIpsCatalog,
  leaseCatalog,
  hostAggregatesCatalog,
  regionCatalog,
);
const [attempt, leaseId] = ['a1', 'l1'];
const [calendar, addresses] = ['hostCalendar-p', 'floatingIps'];
const of = { attempt, decidedBy: 'lease-l1', deadline: 90, leaseId, at: 10 };
const window = { from: 100, to: 200 };

const onCalendar = (event: HostCalendarEvent) => history.on(calendar, event);
const onAddresses = (event: FloatingIpsEvent) => history.on(addresses, event);
const onLease = (event: LeaseEvent) => history.on('lease-l1', event);

const share = (slots: HostShare['slots']): HostShare => ({ hostId: '1', slots });
const room = { count: 1, needs: [] };
const hostsHeld = (...shares: readonly HostShare[]) =>
  onCalendar({
    type: 'HostsHeld',
    data: {
      ...{ ...of, partition: 'p' },
      reservations: shares.map((its, index) => ({
        ...{ reservationId: `r${String(index)}`, window, properties: [] },
        shares: [its],
      })),
    },
  });
const addressesHeld = () => onAddresses({ type: 'AddressesHeld', data: { ...of, reservations: [] } });
const confirmed = () => onCalendar({ type: 'HoldConfirmed', data: { partition: 'p', attempt, at: 20 } });
const released = () => onCalendar({ type: 'HoldReleased', data: { partition: 'p', attempt, at: 20 } });

const timer = (stream: string) => ({
  id: `allocation.a1.${stream}.90`,
  dueAt: 90,
  kind: 'allocation-deadline',
  payload: { attempt, stream, decidedBy: 'lease-l1' },
});
const wants = (name: string, input: object) => ({ kind: 'do' as const, name, input: input as never });
const settle = (decision: string, ...heldIn: readonly string[]) => wants('settle', { attempt, heldIn, decision });

describe('the allocation saga', () => {
  it('watches what is held in each stream until its deadline', () => {
    const seen = given().when(hostsHeld(share(null)));
    seen.then({ kind: 'schedule', timer: timer(calendar) });
    seen.thenTimers(timer(calendar));
    given(hostsHeld(share(null)))
      .when(addressesHeld())
      .then({ kind: 'schedule', timer: timer(addresses) });
  });

  it.each([
    ['confirmed', confirmed],
    ['released', released],
  ])('lets go of hosts that are %s', (_what, end) => {
    const seen = given(hostsHeld(share(null)), addressesHeld()).when(end());
    seen.then({ kind: 'cancel', timerId: timer(calendar).id });
    seen.thenTimers();
    given().when(end()).then();
  });

  it.each(['AddressHoldConfirmed', 'AddressHoldReleased'] as const)('lets go of addresses: %s', (type) => {
    const seen = given(addressesHeld()).when(onAddresses({ type, data: { attempt, at: 20 } }));
    seen.then({ kind: 'cancel', timerId: timer(addresses).id });
    seen.thenTimers();
  });

  it('clears away what was made for instances when their room is released, and not when it is confirmed', () => {
    const cancel = { kind: 'cancel' as const, timerId: timer(calendar).id };
    given(hostsHeld(share(null), share(room)))
      .when(released())
      .then(cancel, wants('clear-outfits', { leaseId, reservationIds: ['r1'] }));
    given(hostsHeld(share(null), share(room)))
      .when(confirmed())
      .then(cancel);
  });

  const held = { attempt, heldIn: [calendar, addresses], leaseId, at: 20 };
  const created = (heldIn: readonly string[]) =>
    onLease({
      type: 'LeaseCreated',
      data: {
        ...{ ...held, heldIn, name: 'x', userId: 'u', projectId: 'p', trustId: 't', startsAt: 100, endsAt: 200 },
        ...{ reservations: [], events: [] },
      },
    });

  it('confirms what was committed, where it is held', () => {
    given()
      .when(created([calendar, addresses]))
      .then(settle('committed', calendar, addresses));
    given().when(created([])).then();
    const healed = {
      reservationId: 'r',
      failedHostId: '1',
      replacementHostId: '2',
      hosts: [],
      resourcesChanged: false,
    };
    given()
      .when(onLease({ type: 'ReservationHealed', data: { ...held, ...healed } }))
      .then(settle('committed', calendar, addresses));
  });

  it('aligns what instances are booted with when their terms changed', () => {
    const of = { resourceId: 'x', hosts: [], addresses: [] };
    const terms = { resourceType: 'flavor:instance' } as never;
    const means = { flavorId: 'r1', serverGroupId: null, aggregateId: 3 };
    const reservations = [
      { ...of, id: 'r0', terms, means: null },
      { ...of, id: 'r1', terms, means },
    ];
    given()
      .when(onLease({ type: 'LeaseUpdated', data: { ...held, reservations, events: [] } }))
      .then(settle('committed', calendar, addresses), wants('align-outfits', { leaseId, reservationIds: ['r1'] }));
    given()
      .when(onLease({ type: 'LeaseUpdated', data: { ...held, heldIn: [], reservations: [], events: [] } }))
      .then();
  });

  it('releases what was abandoned, where it is held', () => {
    given()
      .when(onLease({ type: 'LeaseRefused', data: { ...held, reservationIds: [], reason: 'short' } }))
      .then(settle('abandoned', calendar, addresses));
    given()
      .when(onLease({ type: 'LeaseChangeAbandoned', data: { ...held, reason: 'changed' } }))
      .then(settle('abandoned', calendar, addresses));
  });

  it('releases all that a lease had when it is over', () => {
    const heldIn = [calendar];
    const its = { leaseId, heldIn };
    const all = wants('release', { ...its, reservationIds: null });
    given()
      .when(onLease({ type: 'LeaseEnded', data: { ...its, at: 20 } }))
      .then(all);
    given()
      .when(onLease({ type: 'LeaseEndFailed', data: { ...its, reservationIds: ['r'], reason: 'x', at: 20 } }))
      .then(all);
    given()
      .when(onLease({ type: 'LeaseDeleted', data: { ...its, reservationIds: ['r'], at: 20 } }))
      .then(wants('release', { ...its, reservationIds: ['r'] }));
    given()
      .when(onLease({ type: 'LeaseDeleted', data: { leaseId, heldIn: [], reservationIds: [], at: 20 } }))
      .then();
  });

  it.each([
    [1, 1_000],
    [3, 4_000],
    [5_000, 60_000],
  ])('tries again for ever when a store does not answer: after attempt %d, %d ms', (failures, afterMs) => {
    expect(leaseAllocationSaga.onFailure(new Error('x'), failures)).toEqual({ kind: 'retry', afterMs });
  });

  const owned = (owner: AggregateOwner) =>
    history.on('hostAggregates', { type: 'AggregateOwned', data: { id: 7, owner, at: 30 } });
  const flavorOf = (more: Partial<RegionFlavor>) =>
    history.on('region-here', {
      type: 'RegionFlavorCreated',
      data: {
        region: 'here',
        configured: false,
        flavor: { id: 'r1', reservationId: null, ...more } as RegionFlavor,
        at: 30,
      },
    });

  it('asks whether what was made for instances is wanted still: whoever made it may have been late', () => {
    const check = wants('check-outfits', { leaseId, reservationIds: ['r1'] });
    given()
      .when(owned({ kind: 'reservations', id: 'r1', leaseId }))
      .then(check);
    given()
      .when(flavorOf({ reservationId: 'r1', leaseId }))
      .then(check);
  });

  it('is not concerned with aggregates of whole hosts, nor with flavors of users', () => {
    given()
      .when(owned({ kind: 'reservations', id: 'freepool' }))
      .then();
    given().when(flavorOf({})).then();
  });
});
