import type { LeaseEventFacts, LeaseFacts, ReservationFacts } from '#reservations';
import { dateText, momentOrNull, momentText } from './wire-time.js';

/** Leases never change in place, so the JSON of each is made once. */
const texts = new WeakMap<LeaseFacts, string>();

function leaseText(lease: LeaseFacts): string {
  let text = texts.get(lease);
  if (text === undefined) {
    text = JSON.stringify(leaseView(lease));
    texts.set(lease, text);
  }
  return text;
}

export function shownLease(lease: LeaseFacts): string {
  return `{"lease":${leaseText(lease)}}`;
}

export function listedLeases(leases: readonly LeaseFacts[]): string {
  return `{"leases":[${leases.map(leaseText).join(',')}]}`;
}

/** contracts/blazar §4. `action` and `status_reason` are in the documented API and never have a value. */
function leaseView(lease: LeaseFacts): object {
  return {
    id: lease.id,
    name: lease.name,
    user_id: lease.userId,
    project_id: lease.projectId,
    trust_id: lease.trustId,
    start_date: dateText(lease.startsAt),
    end_date: dateText(lease.endsAt),
    status: lease.status,
    degraded: lease.degraded,
    action: null,
    status_reason: null,
    created_at: momentText(lease.createdAt),
    // Blazar writes the status right after the creation.
    updated_at: momentText(lease.updatedAt ?? lease.createdAt),
    reservations: lease.reservations.map((reservation) => reservationView(reservation, lease.id)),
    events: lease.events.map((event) => eventView(event, lease.id)),
  };
}

function reservationView(reservation: ReservationFacts, leaseId: string): object {
  return {
    id: reservation.id,
    lease_id: leaseId,
    resource_id: reservation.resourceId,
    resource_type: reservation.terms.resourceType,
    status: reservation.status,
    missing_resources: reservation.missingResources,
    resources_changed: reservation.resourcesChanged,
    ...termsView(reservation),
    created_at: momentText(reservation.createdAt),
    updated_at: momentOrNull(reservation.updatedAt),
  };
}

function termsView({ terms, means }: ReservationFacts): object {
  switch (terms.resourceType) {
    case 'physical:host':
      return {
        min: terms.min,
        max: terms.max,
        hypervisor_properties: terms.hypervisorProperties,
        resource_properties: terms.resourceProperties,
        before_end: terms.beforeEnd,
      };
    case 'virtual:instance':
    case 'flavor:instance':
      return {
        amount: terms.amount,
        vcpus: terms.vcpus,
        memory_mb: terms.memoryMb,
        disk_gb: terms.diskGb,
        affinity: terms.resourceType === 'virtual:instance' ? terms.affinity : null,
        resource_properties: terms.resourceType === 'virtual:instance' ? terms.resourceProperties : terms.flavor,
        flavor_id: means?.flavorId ?? null,
        server_group_id: means?.serverGroupId ?? null,
        aggregate_id: means?.aggregateId ?? null,
      };
    case 'virtual:floatingip':
      return {
        network_id: terms.networkId,
        amount: terms.amount,
        required_floatingips: terms.requiredFloatingIps,
      };
  }
}

function eventView(event: LeaseEventFacts, leaseId: string): object {
  return {
    id: event.id,
    lease_id: leaseId,
    event_type: event.type,
    time: dateText(event.dueAt),
    status: event.status,
    created_at: momentText(event.createdAt),
    updated_at: momentOrNull(event.updatedAt),
  };
}
