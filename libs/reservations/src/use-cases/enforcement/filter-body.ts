import type { HostFacts } from '../../host-calendar/host-facts.state.js';
import type { ReservationTerms } from '../../lease/lease.events.js';
import type { FilterContext, FilteredLease } from './lease-filters.js';

/** What is known of hosts, by id. */
export type KnownHosts = ReadonlyMap<string, Pick<HostFacts, 'hypervisorHostname' | 'capabilities'>>;

/** Who asks, as the filter service is told. */
export function contextBody({ userId, projectId }: FilterContext) {
  return { user_id: userId, project_id: projectId };
}

/** A lease as the filter service is told: in the words of the reservation API, with its allocations. */
export function leaseBody({ id, name, startsAt, endsAt, reservations }: FilteredLease, hosts: KnownHosts) {
  return {
    id,
    name,
    start_date: minute(startsAt),
    end_date: minute(endsAt),
    // As the service's own documentation calls it.
    end_time: minute(endsAt),
    reservations: reservations.map((reservation) => ({
      id: reservation.id,
      ...termsBody(reservation.terms),
      allocations: [
        ...reservation.hosts.map(({ hostId, slots }) => ({
          id: hostId,
          ...hostBody(hosts, hostId),
          ...(slots === null ? {} : { slots }),
        })),
        ...reservation.addresses.map(({ floatingIpId, address }) => ({
          id: floatingIpId,
          floating_ip_address: address,
        })),
      ],
    })),
  };
}

function hostBody(hosts: KnownHosts, hostId: string) {
  const host = hosts.get(hostId);
  if (host === undefined) return {};
  const extra = Object.fromEntries(host.capabilities.map(({ key, value }) => [key, value]));
  return { hypervisor_hostname: host.hypervisorHostname, extra };
}

function termsBody(terms: ReservationTerms): Readonly<Record<string, unknown>> {
  const { resourceType: resource_type } = terms;
  switch (terms.resourceType) {
    case 'physical:host': {
      const { min, max, hypervisorProperties, resourceProperties, beforeEnd: before_end } = terms;
      const properties = { hypervisor_properties: hypervisorProperties, resource_properties: resourceProperties };
      return { resource_type, min, max, ...properties, before_end };
    }
    case 'virtual:instance': {
      const { amount, vcpus, memoryMb: memory_mb, diskGb: disk_gb, affinity } = terms;
      return {
        resource_type,
        amount,
        vcpus,
        memory_mb,
        disk_gb,
        affinity,
        resource_properties: terms.resourceProperties,
      };
    }
    case 'flavor:instance': {
      const { amount, vcpus, memoryMb: memory_mb, diskGb: disk_gb, flavorId: flavor_id } = terms;
      return { resource_type, amount, flavor_id, vcpus, memory_mb, disk_gb, resource_properties: terms.flavor };
    }
    case 'virtual:floatingip': {
      const { networkId: network_id, amount, requiredFloatingIps: required_floatingips } = terms;
      return { resource_type, network_id, amount, required_floatingips };
    }
  }
}

/** `2031-05-04 09:00` */
function minute(moment: number): string {
  return new Date(moment).toISOString().slice(0, 16).replace('T', ' ');
}
