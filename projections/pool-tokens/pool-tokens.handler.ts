import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { everyPageOf } from '../pages.js';
import { poolTokensCollection, type PoolTokenDocument } from './pool-tokens.document.js';
import { GetPoolToken, PoolTokensOfUser } from './pool-tokens.query.js';

@QueryHandler(PoolTokensOfUser)
export class PoolTokensOfUserHandler implements IQueryHandler<PoolTokensOfUser> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ userId }: PoolTokensOfUser): Promise<Answered<readonly PoolTokenDocument[]>> {
    const { stale } = await this.freshness.upToDate(['poolTokens']);
    const value = await everyPageOf(this.store.collection(poolTokensCollection), {
      where: { userId },
      sort: [{ field: 'createdAt', direction: 'ascending' }],
    });
    return { value, stale };
  }
}

@QueryHandler(GetPoolToken)
export class GetPoolTokenHandler implements IQueryHandler<GetPoolToken> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ tokenHash }: GetPoolToken): Promise<Answered<PoolTokenDocument | undefined>> {
    const { stale } = await this.freshness.upToDate(['poolTokens']);
    return { value: await this.store.collection(poolTokensCollection).get(tokenHash), stale };
  }
}

export const poolTokenProviders = [PoolTokensOfUserHandler, GetPoolTokenHandler];
