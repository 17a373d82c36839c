import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { aggregatesCollection, type AggregateDocument } from './aggregates.document.js';
import { GetAggregate, ListAggregates } from './aggregates.query.js';

/** Largest page that a read store gives; the list goes on over as many as there are. */
const pageSize = 10_000;

@QueryHandler(ListAggregates)
export class ListAggregatesHandler implements IQueryHandler<ListAggregates> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute(): Promise<Answered<readonly AggregateDocument[]>> {
    const { stale } = await this.freshness.upToDate(['aggregates']);
    const all: AggregateDocument[] = [];
    for (;;) {
      const page = await this.store.collection(aggregatesCollection).find({
        where: { number: { gt: all.at(-1)?.number ?? 0 } },
        sort: [{ field: 'number', direction: 'ascending' }],
        limit: pageSize,
      });
      all.push(...page);
      if (page.length < pageSize) return { value: all, stale };
    }
  }
}

@QueryHandler(GetAggregate)
export class GetAggregateHandler implements IQueryHandler<GetAggregate> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ number }: GetAggregate): Promise<Answered<AggregateDocument | undefined>> {
    const { stale } = await this.freshness.upToDate(['aggregates']);
    return { value: await this.store.collection(aggregatesCollection).get(String(number)), stale };
  }
}

export const aggregateProviders = [ListAggregatesHandler, GetAggregateHandler];
