import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { changedAt, KeptAnswer } from '../kept-answer.js';
import { everyPageOf } from '../pages.js';
import { poolDayTagsCollection, type PoolDayTagDocument } from '../pool-day-tags/pool-day-tags.document.js';
import {
  poolDaysChangeCollection,
  poolDaysChangeId,
  poolDaysCollection,
  type PoolDayDocument,
} from './pool-days.document.js';
import { BootAndCloneDays, TagDays } from './pool-days.query.js';

const ascending = (...fields: readonly string[]) => fields.map((field) => ({ field, direction: 'ascending' as const }));

@QueryHandler(BootAndCloneDays)
export class BootAndCloneDaysHandler implements IQueryHandler<BootAndCloneDays> {
  /** The single day that was asked for last: today, nearly always. */
  private last: { readonly day: string; readonly kept: KeptAnswer<readonly PoolDayDocument[]> } | undefined;

  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ from, to }: BootAndCloneDays): Promise<Answered<readonly PoolDayDocument[]>> {
    const { stale } = await this.freshness.upToDate(['poolDays']);
    return { value: await (from === to ? this.one(from) : this.days(from, to)), stale };
  }

  private one(day: string): Promise<readonly PoolDayDocument[]> {
    if (this.last?.day !== day) {
      const changed = () => changedAt(this.store, poolDaysChangeCollection, poolDaysChangeId);
      this.last = { day, kept: new KeptAnswer(changed, () => this.days(day, day)) };
    }
    return this.last.kept.current();
  }

  private days(from: string, to: string): Promise<readonly PoolDayDocument[]> {
    const where = { day: { gte: from, lte: to } };
    return everyPageOf(this.store.collection(poolDaysCollection), { where, sort: ascending('day', 'pool') });
  }
}

@QueryHandler(TagDays)
export class TagDaysHandler implements IQueryHandler<TagDays> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ from, to, key }: TagDays): Promise<Answered<readonly PoolDayTagDocument[]>> {
    const { stale } = await this.freshness.upToDate(['poolDayTags']);
    const day = { gte: from, lte: to };
    const tags = this.store.collection(poolDayTagsCollection);
    const value = await (key === undefined
      ? everyPageOf(tags, { where: { day }, sort: ascending('day', 'pool', 'key', 'value') })
      : everyPageOf(tags, { where: { key, day }, sort: ascending('day', 'pool', 'value') }));
    return { value, stale };
  }
}

export const poolDayProviders = [BootAndCloneDaysHandler, TagDaysHandler];
