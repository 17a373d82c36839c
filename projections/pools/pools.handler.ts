import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { changedAt, KeptAnswer } from '../kept-answer.js';
import { everyPageOf } from '../pages.js';
import { poolsChangeCollection, poolsChangeId, poolsCollection, type PoolDocument } from './pools.document.js';
import { ListPools } from './pools.query.js';

@QueryHandler(ListPools)
export class ListPoolsHandler implements IQueryHandler<ListPools> {
  private readonly list: KeptAnswer<readonly PoolDocument[]>;

  constructor(
    @Inject(READ_STORE) store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {
    this.list = new KeptAnswer<readonly PoolDocument[]>(
      () => changedAt(store, poolsChangeCollection, poolsChangeId),
      () =>
        everyPageOf(store.collection(poolsCollection), {
          where: { configured: true },
          sort: [{ field: 'order', direction: 'ascending' }],
        }),
    );
  }

  async execute(): Promise<Answered<readonly PoolDocument[]>> {
    const { stale } = await this.freshness.upToDate(['pools']);
    return { value: await this.list.current(), stale };
  }
}

export const poolProviders = [ListPoolsHandler];
