import type { LeaseDocument } from '#projections/leases/leases.query';
import type { LeaseFacts, ReservationFacts, ReservationTerms } from '#reservations';
import { labProject } from './memory-blazar.js';

export const leaseId = '5d0c1c52-64a5-4d7e-9a9b-3c8a1d3f7e01';
const createdAt = Date.UTC(2031, 4, 1, 8, 12, 44, 118);
const changedAt = Date.UTC(2031, 4, 1, 8, 12, 44, 190);

export function sampleReservation(terms: ReservationTerms, more: Partial<ReservationFacts> = {}): ReservationFacts {
  return {
    id: 'b7e00000-0000-4000-8000-000000000001',
    resourceId: 'e3aa0000-0000-4000-8000-000000000001',
    terms,
    hosts: [],
    addresses: [],
    means: null,
    status: 'pending',
    missingResources: false,
    resourcesChanged: false,
    createdAt,
    updatedAt: null,
    ...more,
  };
}

export const hostTerms: ReservationTerms = {
  resourceType: 'physical:host',
  min: 1,
  max: 2,
  hypervisorProperties: '[">=", "$vcpus", "16"]',
  resourceProperties: '',
  beforeEnd: 'snapshot',
};

/** The worked example of contracts/blazar §4. */
export function sampleLease(more: Partial<LeaseFacts> = {}): LeaseFacts {
  const event = (id: string, type: LeaseFacts['events'][number]['type'], dueAt: number) =>
    ({ id, type, dueAt, status: 'UNDONE', createdAt, updatedAt: null }) as const;
  return {
    id: leaseId,
    name: 'wind-tunnel',
    userId: 'demo-id',
    projectId: labProject,
    trustId: '6a5b4c3d2e1f00112233445566778899',
    startsAt: Date.UTC(2031, 4, 4, 9),
    endsAt: Date.UTC(2031, 4, 4, 17, 30),
    status: 'PENDING',
    degraded: false,
    reservations: [sampleReservation(hostTerms)],
    events: [
      event('ev000000-0000-4000-8000-000000000001', 'start_lease', Date.UTC(2031, 4, 4, 9)),
      event('ev000000-0000-4000-8000-000000000002', 'end_lease', Date.UTC(2031, 4, 4, 17, 30)),
      event('ev000000-0000-4000-8000-000000000003', 'before_end_lease', Date.UTC(2031, 4, 4, 17)),
    ],
    createdAt,
    updatedAt: changedAt,
    ...more,
  };
}

export function leaseDocument(lease: LeaseFacts): LeaseDocument {
  return { ...lease, _id: lease.id };
}

const common = { created_at: '2031-05-01 08:12:44.118000', updated_at: null };

/** As that lease looks on the wire. */
export const sampleView = {
  id: leaseId,
  name: 'wind-tunnel',
  user_id: 'demo-id',
  project_id: labProject,
  trust_id: '6a5b4c3d2e1f00112233445566778899',
  start_date: '2031-05-04T09:00:00.000000',
  end_date: '2031-05-04T17:30:00.000000',
  status: 'PENDING',
  degraded: false,
  action: null,
  status_reason: null,
  created_at: '2031-05-01 08:12:44.118000',
  updated_at: '2031-05-01 08:12:44.190000',
  reservations: [
    {
      id: 'b7e00000-0000-4000-8000-000000000001',
      lease_id: leaseId,
      resource_id: 'e3aa0000-0000-4000-8000-000000000001',
      resource_type: 'physical:host',
      status: 'pending',
      missing_resources: false,
      resources_changed: false,
      min: 1,
      max: 2,
      hypervisor_properties: '[">=", "$vcpus", "16"]',
      resource_properties: '',
      before_end: 'snapshot',
      ...common,
    },
  ],
  events: [
    ['ev000000-0000-4000-8000-000000000001', 'start_lease', '2031-05-04T09:00:00.000000'],
    ['ev000000-0000-4000-8000-000000000002', 'end_lease', '2031-05-04T17:30:00.000000'],
    ['ev000000-0000-4000-8000-000000000003', 'before_end_lease', '2031-05-04T17:00:00.000000'],
  ].map(([id, event_type, time]) => ({ id, lease_id: leaseId, event_type, time, status: 'UNDONE', ...common })),
};
