import { describe, expect, it } from '@jest/globals';
import type { AggregateDefinition, DomainEvent } from '#kernel';
import { storedSamples } from '#specs';
import { floatingIps } from '../floating-ips/floating-ips.aggregate.js';
import { floatingIpsCatalog } from '../floating-ips/floating-ips.events.js';
import { addressesOf, floatingIpOf, heldAddressesOf } from '../floating-ips/floating-ips.looks.js';
import { hostCalendar } from '../host-calendar/host-calendar.aggregate.js';
import { hostCalendarCatalog } from '../host-calendar/host-calendar.events.js';
import { allocatedTo, heldBy, hostFactsOf, reservationsOn } from '../host-calendar/host-calendar.looks.js';
import { decisionOf, lease, leaseOf } from '../lease/lease.aggregate.js';
import { leaseCatalog } from '../lease/lease.events.js';
import { propertyOf, resourceProperties } from '../resource-properties/resource-properties.aggregate.js';
import { resourcePropertiesCatalog } from '../resource-properties/resource-properties.events.js';
import { reservationsTimeline } from '../timeline.policy.js';

const first = '7c1f0e9d-1b2a-4c3d-8e4f-5a6b7c8d9e01';
const hosts = 'b7e0a1f4-0c1d-4d4c-8a51-9f2f6b1c7d10';
const instances = '0f1a6f3e-5b0e-4a39-9d0d-2b9f6b7f1c22';
const addresses = 'c9a4f0de-3c55-4b3d-8a3c-51f0a7e2d933';
const ip = '9e8d7c6b-5a4f-4e3d-8c2b-1a0f9e8d7c61';

describe('samples of stored events', () => {
  const catalogs = [hostCalendarCatalog, floatingIpsCatalog, resourcePropertiesCatalog, leaseCatalog];
  const sample = storedSamples(new URL('./samples/', import.meta.url), catalogs, reservationsTimeline);
  const folded =
    <State, Command, Event extends DomainEvent>({ decider }: AggregateDefinition<State, Command, Event>) =>
    (...types: readonly string[]): State =>
      types.map((type) => sample(`${type}@1`) as unknown as Event).reduce(decider.evolve, decider.initialState());

  it('fold into the lease they were stored for', () => {
    const fold = folded(lease);
    const facts = (...types: readonly string[]) => leaseOf(fold('LeaseRefused', 'LeaseCreated', ...types))?.facts;
    const started = ['LeaseUpdated', 'LeaseChangeAbandoned', 'LeaseStarting', 'LeaseStarted'];
    expect(facts()).toMatchObject({
      ...{ name: 'wind-tunnel', status: 'PENDING', startsAt: 1_935_651_600_000, endsAt: 1_935_680_400_000 },
      reservations: [
        { id: hosts, hosts: [{ hostId: '11', serviceName: 'rack4-n11', slots: null }] },
        { id: instances, terms: { amount: 3, affinity: false }, means: { aggregateId: 31 } },
        { terms: { flavorId: 'g1.large', traits: [{ name: 'HW_CPU_X86_AVX2', wish: 'required' }] } },
        { id: addresses, addresses: [{ floatingIpId: ip, address: '203.0.113.9' }] },
      ],
    });
    expect(facts(...started)).toMatchObject({ name: 'cold-tunnel', status: 'ACTIVE', endsAt: 1_935_684_000_000 });
    const ends = (...types: readonly string[]) => facts(...started, ...types)?.events.map(({ status }) => status);
    expect(ends('LeaseEndAnnouncing', 'LeaseEndAnnounced', 'LeaseEnding', 'LeaseEnded')).toEqual(Array(3).fill('DONE'));
    const failed = ends('LeaseEndAnnouncing', 'LeaseEndAnnouncementFailed', 'LeaseEnding', 'LeaseEndFailed');
    expect(failed).toEqual(['DONE', 'ERROR', 'ERROR']);
    expect(facts('LeaseStarting', 'LeaseStartFailed')?.status).toBe('ERROR');
    expect(facts(...started, 'LeaseDeleting')?.status).toBe('DELETING');
    expect(facts(...started, 'LeaseDeleting', 'LeaseDeletionFailed')?.status).toBe('ERROR');
    expect(facts('LeaseDeleted')).toBeUndefined();
    expect(facts('ReservationHealed')?.reservations[0]?.hosts).toMatchObject([{ hostId: '14' }]);
    expect(decisionOf(fold('LeaseRefused'), first)).toBe('abandoned');
    expect(decisionOf(fold('LeaseCreated'), first)).toBe('committed');
  });

  it('fold into the calendar they were stored for', () => {
    const fold = folded(hostCalendar);
    const enrolled = ['HostEnrolled', 'HostCapabilitiesSet', 'HostBecameUnreservable'];
    expect(hostFactsOf(fold(...enrolled), '12')).toMatchObject({ vcpus: 64, reservable: false });
    expect(hostFactsOf(fold(...enrolled, 'HostBecameReservable'), '12')).toMatchObject({
      reservable: true,
      capabilities: [
        { key: 'gpu', value: 'a100' },
        { key: 'nvme', value: '8' },
        { key: 'a.dotted.key', value: 'yes' },
      ],
    });
    expect(hostFactsOf(fold('HostEnrolled', 'HostWithdrawn'), '12')).toBeUndefined();
    const held = fold('HostEnrolled', 'HostsHeld');
    expect(heldBy(held, first)).toMatchObject([
      { reservationId: instances, hosts: [{ hostId: '12', slots: 3 }] },
      { reservationId: hosts, hosts: [{ hostId: '12', slots: null }] },
    ]);
    const confirmed = fold('HostEnrolled', 'HostsHeld', 'HoldConfirmed');
    expect(allocatedTo(confirmed, instances)).toMatchObject([{ hostId: '12', slots: 3 }]);
    expect(reservationsOn(fold('HostEnrolled', 'HostsHeld', 'HoldReleased'), '12')).toEqual([]);
    const released = fold('HostEnrolled', 'HostsHeld', 'HoldConfirmed', 'AllocationsReleased');
    expect(reservationsOn(released, '12')).toEqual([]);
  });

  it('fold into the addresses they were stored for', () => {
    const fold = folded(floatingIps);
    expect(floatingIpOf(fold('FloatingIpAdded'), ip)).toMatchObject({ address: '203.0.113.9' });
    expect(floatingIpOf(fold('FloatingIpAdded', 'FloatingIpRemoved'), ip)).toBeUndefined();
    const has = (...types: readonly string[]) =>
      addressesOf(fold('FloatingIpAdded', 'AddressesHeld', ...types), addresses).length;
    expect(heldAddressesOf(fold('FloatingIpAdded', 'AddressesHeld'), first)).toHaveLength(1);
    expect([has('AddressHoldConfirmed'), has('AddressHoldReleased')]).toEqual([1, 0]);
    expect(has('AddressHoldConfirmed', 'AddressesReleased')).toBe(0);
  });

  it('fold into the resource property they were stored for', () => {
    const fold = folded(resourceProperties);
    expect(propertyOf(fold('ResourcePropertyNoted'), 'gpu')).toMatchObject({ private: false, updatedAt: null });
    expect(propertyOf(fold('ResourcePropertyNoted', 'ResourcePropertyPrivacySet'), 'gpu')?.private).toBe(true);
  });
});
