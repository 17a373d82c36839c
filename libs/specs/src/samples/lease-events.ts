import type { AllocatedHost, LeaseEvent, Reservation } from '#reservations';

/** For specs of folds of leases: `lease-<id>` from 1,000 to 2,000, with reservations of hosts. */

type Of<Type extends LeaseEvent['type']> = Extract<LeaseEvent, { type: Type }>;

export function leaseEvent<Type extends LeaseEvent['type']>(
  type: Type,
  data: Omit<Of<Type>['data'], 'leaseId' | 'at'> & { readonly leaseId?: string; readonly at?: number },
): LeaseEvent {
  return { type, data: { leaseId: 'l', at: 5, ...data } } as unknown as LeaseEvent;
}

export function leaseCreated(reservations: readonly Reservation[], data: Partial<Of<'LeaseCreated'>['data']> = {}) {
  return leaseEvent('LeaseCreated', {
    attempt: 'creation',
    heldIn: ['hostCalendar-default'],
    name: 'wind-tunnel',
    userId: 'ada',
    projectId: 'engines',
    trustId: '6a5b4c3d2e1f00112233445566778899',
    startsAt: 1_000,
    endsAt: 2_000,
    reservations,
    events: [
      { id: 'e-start', type: 'start_lease', dueAt: 1_000 },
      { id: 'e-end', type: 'end_lease', dueAt: 2_000 },
    ],
    ...data,
  });
}

export function leaseUpdated(data: Partial<Of<'LeaseUpdated'>['data']>): LeaseEvent {
  return leaseEvent('LeaseUpdated', { attempt: 'change', heldIn: [], reservations: [], events: [], ...data });
}

/** `hosts`: ids, whole ones; or how many slots on each. */
export function reservationOf(id: string, hosts: readonly string[] | Readonly<Record<string, number>>): Reservation {
  return {
    id,
    resourceId: `resource-${id}`,
    terms: {
      resourceType: 'physical:host',
      min: 1,
      max: 2,
      hypervisorProperties: '',
      resourceProperties: '',
      beforeEnd: '',
    },
    hosts: allocatedHosts(hosts),
    addresses: [],
    means: null,
  };
}

export function allocatedHosts(hosts: readonly string[] | Readonly<Record<string, number>>): readonly AllocatedHost[] {
  const host = (hostId: string, slots: number | null): AllocatedHost => ({
    partition: 'default',
    hostId,
    hypervisorUuid: `uuid-${hostId}`,
    serviceName: `node-${hostId}`,
    slots,
  });
  if (Array.isArray(hosts)) return (hosts as readonly string[]).map((hostId) => host(hostId, null));
  return Object.entries(hosts as Readonly<Record<string, number>>).map(([hostId, slots]) => host(hostId, slots));
}
