import { FRESHNESS, READ_STORE, type Answered, type Freshness, type ReadStore } from '#read-store';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import {
  documentIdOf,
  onDemandRequestsCollection,
  type OnDemandRequestDocument,
} from './on-demand-requests.document.js';
import { GetOnDemandRequest } from './on-demand-requests.query.js';

@QueryHandler(GetOnDemandRequest)
export class GetOnDemandRequestHandler implements IQueryHandler<GetOnDemandRequest> {
  constructor(
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(FRESHNESS) private readonly freshness: Freshness,
  ) {}

  async execute({ requestId, now }: GetOnDemandRequest): Promise<Answered<OnDemandRequestDocument | undefined>> {
    const { stale } = await this.freshness.upToDate(['onDemandRequests']);
    const request = await this.store.collection(onDemandRequestsCollection).get(documentIdOf(requestId));
    const isForgotten = request !== undefined && request.forgetAt !== null && request.forgetAt <= now;
    return { value: isForgotten ? undefined : request, stale };
  }
}

export const onDemandRequestProviders = [GetOnDemandRequestHandler];
