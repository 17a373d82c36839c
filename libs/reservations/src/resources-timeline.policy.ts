import type { Interval, Json, Mention, Timeline } from '#kernel';
import type { FloatingIpsEvent } from './floating-ips/floating-ips.events.js';
import type { Capability, HostCalendarEvent } from './host-calendar/host-calendar.events.js';
import {
  floatingIp,
  host,
  instant,
  lease,
  many,
  reservation,
  reservationHost,
  resourceProperty,
} from './mentions.policy.js';
import type { ResourcePropertiesEvent } from './resource-properties/resource-properties.events.js';

type ResourcesEvent = HostCalendarEvent | FloatingIpsEvent | ResourcePropertiesEvent;

const capabilities = (set: readonly Capability[]): Record<string, Json> =>
  Object.fromEntries(set.map(({ key, value }) => [`capabilities.${key}`, value]));

const window = ({ from, to }: Interval): Record<string, Json> => ({ from: instant(from), to: instant(to) });

const reservations = (ids: readonly string[], what: string): Mention[] => ids.map((id) => reservation(id, what));

const calendar: Timeline<HostCalendarEvent> = {
  HostEnrolled: ({ partition, hostId, host: copied, capabilities: has, reservable }) => {
    const { serviceName, hypervisorUuid, cpuInfo: _cpuInfo, trustId: _trustId, ...facts } = copied;
    return [
      reservationHost(hostId, 'enrolled', {
        sets: { partition, reservable, serviceName, hypervisorUuid, ...facts, ...capabilities(has) },
      }),
      host(serviceName, `enrolled for reservations as ${hostId}`, { sets: { reservationHost: hostId } }),
    ];
  },
  HostCapabilitiesSet: ({ hostId, set }) => [
    reservationHost(hostId, 'capabilities changed', { sets: capabilities(set) }),
  ],
  HostWithdrawn: ({ hostId, serviceName }) => [
    reservationHost(hostId, 'withdrawn', { ends: true }),
    host(serviceName, 'withdrawn from reservations', { sets: { reservationHost: null } }),
  ],
  HostBecameReservable: ({ hostId }) => [
    reservationHost(hostId, 'reservable again', { sets: { reservable: true, obstacle: null } }),
  ],
  HostBecameUnreservable: ({ hostId, why }) => [
    reservationHost(hostId, `not reservable: its hypervisor is ${why === 'vanished' ? 'gone' : why}`, {
      sets: { reservable: false, obstacle: why },
    }),
  ],
  HostsHeld: ({ leaseId, attempt, reservations: held }) => [
    lease(leaseId, `hosts held by attempt ${attempt}`),
    ...held.flatMap(({ reservationId, window: between, shares }) => [
      reservation(reservationId, `${many(shares.length, 'host')} held`, {
        sets: { lease: leaseId, ...window(between) },
      }),
      ...shares.map(({ hostId, slots }) => {
        const what = slots === null ? 'held' : `room for ${many(slots.count, 'instance')} held`;
        return reservationHost(hostId, `${what} for reservation ${reservationId}`);
      }),
    ]),
  ],
  HoldConfirmed: ({ partition, attempt }) => [calendarOf(partition, `hold of attempt ${attempt} confirmed`)],
  HoldReleased: ({ partition, attempt }) => [calendarOf(partition, `hold of attempt ${attempt} released`)],
  AllocationsReleased: ({ leaseId, reservationIds }) => [
    lease(leaseId, 'hosts released'),
    ...reservations(reservationIds, 'hosts released'),
  ],
};

function calendarOf(partition: string, what: string): Mention {
  return { kind: 'hostCalendar', id: partition, what };
}

const addresses: Timeline<FloatingIpsEvent> = {
  FloatingIpAdded: ({ id, networkId, subnetId, address }) => [
    floatingIp(id, 'added', { sets: { networkId, subnetId, address } }),
  ],
  FloatingIpRemoved: ({ id }) => [floatingIp(id, 'removed', { ends: true })],
  AddressesHeld: ({ leaseId, attempt, reservations: held }) => [
    lease(leaseId, `addresses held by attempt ${attempt}`),
    ...held.flatMap(({ reservationId, window: between, floatingIpIds }) => [
      reservation(reservationId, `${many(floatingIpIds.length, 'address', 'addresses')} held`, {
        sets: { lease: leaseId, ...window(between) },
      }),
      ...floatingIpIds.map((id) => floatingIp(id, `held for reservation ${reservationId}`)),
    ]),
  ],
  AddressHoldConfirmed: ({ attempt }) => [addressesOf(`hold of attempt ${attempt} confirmed`)],
  AddressHoldReleased: ({ attempt }) => [addressesOf(`hold of attempt ${attempt} released`)],
  AddressesReleased: ({ leaseId, reservationIds }) => [
    lease(leaseId, 'addresses released'),
    ...reservations(reservationIds, 'addresses released'),
  ],
};

function addressesOf(what: string): Mention {
  return { kind: 'floatingIps', id: 'all', what };
}

const properties: Timeline<ResourcePropertiesEvent> = {
  ResourcePropertyNoted: ({ id, name, resourceType }) => [
    resourceProperty(name, 'noted', { sets: { id, resourceType, private: false } }),
  ],
  ResourcePropertyPrivacySet: ({ name, private: isPrivate }) => [
    resourceProperty(name, isPrivate ? 'made private' : 'made public', { sets: { private: isPrivate } }),
  ],
};

/** Of what can be reserved. */
export const resourcesTimeline: Timeline<ResourcesEvent> = { ...calendar, ...addresses, ...properties };
