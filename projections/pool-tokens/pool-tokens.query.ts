import { Query } from '@nestjs/cqrs';
import type { Answered } from '#read-store';
import type { PoolTokenDocument } from './pool-tokens.document.js';

export type { PoolTokenDocument } from './pool-tokens.document.js';

/** In order of issuing. */
export class PoolTokensOfUser extends Query<Answered<readonly PoolTokenDocument[]>> {
  constructor(readonly userId: string) {
    super();
  }
}

export class GetPoolToken extends Query<Answered<PoolTokenDocument | undefined>> {
  constructor(readonly tokenHash: string) {
    super();
  }
}
