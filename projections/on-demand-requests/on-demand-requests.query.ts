import { Query } from '@nestjs/cqrs';
import type { Answered } from '#read-store';
import type { OnDemandRequestDocument } from './on-demand-requests.document.js';

export type { OnDemandRequestDocument } from './on-demand-requests.document.js';

/** By the id that its client knows, until it is forgotten (`now`: milliseconds). */
export class GetOnDemandRequest extends Query<Answered<OnDemandRequestDocument | undefined>> {
  constructor(
    readonly requestId: string,
    readonly now: number,
  ) {
    super();
  }
}
