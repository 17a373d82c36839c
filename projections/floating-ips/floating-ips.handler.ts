import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { everyPageOf } from '../pages.js';
import { floatingIpsCollection, type FloatingIpDocument } from './floating-ips.document.js';
import { GetFloatingIp, ListFloatingIps } from './floating-ips.query.js';

const inOrder = [{ field: 'createdAt', direction: 'ascending' }] as const;

@QueryHandler(GetFloatingIp)
export class GetFloatingIpHandler implements IQueryHandler<GetFloatingIp> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ id }: GetFloatingIp): Promise<Answered<FloatingIpDocument | undefined>> {
    const { stale } = await this.freshness.upToDate(['floatingIps']);
    return { value: await this.store.collection(floatingIpsCollection).get(id), stale };
  }
}

@QueryHandler(ListFloatingIps)
export class ListFloatingIpsHandler implements IQueryHandler<ListFloatingIps> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute(): Promise<Answered<readonly FloatingIpDocument[]>> {
    const { stale } = await this.freshness.upToDate(['floatingIps']);
    const addresses = this.store.collection(floatingIpsCollection);
    return { value: await everyPageOf<FloatingIpDocument>(addresses, { sort: inOrder }), stale };
  }
}

export const floatingIpProviders = [GetFloatingIpHandler, ListFloatingIpsHandler];
