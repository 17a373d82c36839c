import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { everyPageOf } from '../pages.js';
import { reservableHostsCollection, type ReservableHostDocument } from './reservable-hosts.document.js';
import { GetReservableHost, ListReservableHosts } from './reservable-hosts.query.js';

const inOrder = [{ field: 'number', direction: 'ascending' }] as const;

@QueryHandler(GetReservableHost)
export class GetReservableHostHandler implements IQueryHandler<GetReservableHost> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ hostId }: GetReservableHost): Promise<Answered<ReservableHostDocument | undefined>> {
    const { stale } = await this.freshness.upToDate(['reservableHosts']);
    return { value: await this.store.collection(reservableHostsCollection).get(hostId), stale };
  }
}

@QueryHandler(ListReservableHosts)
export class ListReservableHostsHandler implements IQueryHandler<ListReservableHosts> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute(): Promise<Answered<readonly ReservableHostDocument[]>> {
    const { stale } = await this.freshness.upToDate(['reservableHosts']);
    const hosts = this.store.collection(reservableHostsCollection);
    return { value: await everyPageOf<ReservableHostDocument>(hosts, { sort: inOrder }), stale };
  }
}

export const reservableHostProviders = [GetReservableHostHandler, ListReservableHostsHandler];
