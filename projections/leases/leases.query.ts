import { Query } from '@nestjs/cqrs';
import type { Answered } from '#read-store';
import type { LeaseDocument } from './leases.document.js';

export type { LeaseDocument } from './leases.document.js';

/** Undefined: there is none (any more). Whose it is, the caller checks. */
export class GetLease extends Query<Answered<LeaseDocument | undefined>> {
  constructor(readonly leaseId: string) {
    super();
  }
}

/** All of a project, in the order of their creation; null: of every project. */
export class ListLeases extends Query<Answered<readonly LeaseDocument[]>> {
  constructor(readonly projectId: string | null) {
    super();
  }
}
