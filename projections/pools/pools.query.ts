import { Query } from '@nestjs/cqrs';
import type { Answered } from '#read-store';
import type { PoolDocument } from './pools.document.js';

export type { PoolDocument } from './pools.document.js';

/** Configured pools, in configured order. */
export class ListPools extends Query<Answered<readonly PoolDocument[]>> {}
