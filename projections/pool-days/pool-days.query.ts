import { Query } from '@nestjs/cqrs';
import type { Answered } from '#read-store';
import type { PoolDayTagDocument } from '../pool-day-tags/pool-day-tags.document.js';
import type { PoolDayDocument } from './pool-days.document.js';

export type { PoolDayTagDocument } from '../pool-day-tags/pool-day-tags.document.js';
export type { DurationFigures, PoolDayDocument } from './pool-days.document.js';

/** Days that have any, from `from` to `to` (`YYYY-MM-DD`, both included), ascending by day and pool. */
export class BootAndCloneDays extends Query<Answered<readonly PoolDayDocument[]>> {
  constructor(
    readonly from: string,
    readonly to: string,
  ) {
    super();
  }
}

/** The same of tags. `key`: only that tag. Values without machines are left out. */
export class TagDays extends Query<Answered<readonly PoolDayTagDocument[]>> {
  constructor(
    readonly from: string,
    readonly to: string,
    readonly key?: string,
  ) {
    super();
  }
}
