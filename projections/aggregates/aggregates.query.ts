import type { Answered } from '#read-store';
import { Query } from '@nestjs/cqrs';
import type { AggregateDocument } from './aggregates.document.js';

export type { AggregateDocument } from './aggregates.document.js';

/** All of them, by integer id: Nova's list has no paging (contracts/nova §5). */
export class ListAggregates extends Query<Answered<readonly AggregateDocument[]>> {}

export class GetAggregate extends Query<Answered<AggregateDocument | undefined>> {
  constructor(readonly number: number) {
    super();
  }
}
