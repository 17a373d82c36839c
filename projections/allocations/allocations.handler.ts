import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { everyPageOf } from '../pages.js';
import { allocationsCollection, type AllocationDocument } from './allocations.document.js';
import { ListAllocations } from './allocations.query.js';

const byEnd = [{ field: 'endsAt', direction: 'ascending' }] as const;

@QueryHandler(ListAllocations)
export class ListAllocationsHandler implements IQueryHandler<ListAllocations> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ of, now }: ListAllocations): Promise<Answered<readonly AllocationDocument[]>> {
    const { stale } = await this.freshness.upToDate(['allocations']);
    return { value: await this.found(of, now), stale };
  }

  private async found(
    { hostId, leaseId, reservationId }: ListAllocations['of'],
    now: number,
  ): Promise<readonly AllocationDocument[]> {
    const allocations = this.store.collection(allocationsCollection);
    if (leaseId === undefined && reservationId === undefined) {
      const host = hostId === undefined ? {} : { hostId };
      return everyPageOf<AllocationDocument>(allocations, { where: { ...host, endsAt: { gte: now } }, sort: byEnd });
    }
    const where = reservationId === undefined ? { leaseId: leaseId ?? null } : { reservationId };
    const found = await everyPageOf<AllocationDocument>(allocations, { where });
    // Few: what one lease has.
    return found.filter(
      (allocation) =>
        (hostId === undefined || allocation.hostId === hostId) &&
        (leaseId === undefined || allocation.leaseId === leaseId),
    );
  }
}

export const allocationProviders = [ListAllocationsHandler];
