import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { everyPageOf } from '../pages.js';
import { leasesCollection, type LeaseDocument } from './leases.document.js';
import { GetLease, ListLeases } from './leases.query.js';

const inOrder = [{ field: 'createdAt', direction: 'ascending' }] as const;

@QueryHandler(GetLease)
export class GetLeaseHandler implements IQueryHandler<GetLease> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ leaseId }: GetLease): Promise<Answered<LeaseDocument | undefined>> {
    const { stale } = await this.freshness.upToDate(['leases']);
    return { value: await this.store.collection(leasesCollection).get(leaseId), stale };
  }
}

/** The documents as they are stored: where the store keeps them in memory, the same objects until they change. */
@QueryHandler(ListLeases)
export class ListLeasesHandler implements IQueryHandler<ListLeases> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ projectId }: ListLeases): Promise<Answered<readonly LeaseDocument[]>> {
    const { stale } = await this.freshness.upToDate(['leases']);
    const leases = this.store.collection(leasesCollection);
    const where = projectId === null ? {} : { projectId };
    return { value: await everyPageOf<LeaseDocument>(leases, { where, sort: inOrder }), stale };
  }
}

export const leaseProviders = [GetLeaseHandler, ListLeasesHandler];
