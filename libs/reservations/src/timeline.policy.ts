import type { Timeline } from '#kernel';
import type { FloatingIpsEvent } from './floating-ips/floating-ips.events.js';
import type { HostCalendarEvent } from './host-calendar/host-calendar.events.js';
import { leaseTimeline } from './lease/lease-timeline.policy.js';
import type { LeaseEvent } from './lease/lease.events.js';
import type { ResourcePropertiesEvent } from './resource-properties/resource-properties.events.js';
import { resourcesTimeline } from './resources-timeline.policy.js';

export type ReservationsEvent = HostCalendarEvent | FloatingIpsEvent | ResourcePropertiesEvent | LeaseEvent;

/**
 * Kinds: `lease`, `reservation` and `floating-ip` (id), `host` (name of the compute service), `reservation-host` (the
 * integer id under which a host is enrolled), `resource-property` (name). What is held is told as what it is; who has
 * a host or an address in the end, the lease says. Who is on a host, inventory's events tell.
 */
export const reservationsTimeline: Timeline<ReservationsEvent> = { ...resourcesTimeline, ...leaseTimeline };
