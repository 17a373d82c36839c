import type { AllocationDocument } from '#projections/allocations/allocations.query';
import { dateText } from './wire-time.js';

/** contracts/blazar §7: idle hosts have none. */
export function listedAllocations(hostIds: readonly string[], allocations: readonly AllocationDocument[]): string {
  const ofHosts = new Map(hostIds.map((hostId) => [hostId, [] as AllocationDocument[]]));
  for (const allocation of allocations) ofHosts.get(allocation.hostId)?.push(allocation);
  return JSON.stringify({ allocations: Array.from(ofHosts, ([hostId, its]) => allocationView(hostId, its)) });
}

export function shownAllocation(hostId: string, allocations: readonly AllocationDocument[]): string {
  return JSON.stringify({ allocation: allocationView(hostId, allocations) });
}

function allocationView(hostId: string, allocations: readonly AllocationDocument[]): object {
  const inOrder = [...allocations].sort((a, b) => a.startsAt - b.startsAt || a.endsAt - b.endsAt);
  return {
    resource_id: hostId,
    reservations: inOrder.map(({ reservationId, leaseId, startsAt, endsAt }) => ({
      id: reservationId,
      lease_id: leaseId,
      start_date: dateText(startsAt),
      end_date: dateText(endsAt),
    })),
  };
}
