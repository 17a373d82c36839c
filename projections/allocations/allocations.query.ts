import { Query } from '@nestjs/cqrs';
import type { Answered } from '#read-store';
import type { AllocationDocument } from './allocations.document.js';

export type { AllocationDocument } from './allocations.document.js';

/**
 * Allocations of one host or of all (contracts/blazar §7): those whose lease ends at `now` or later; or, with a lease
 * or a reservation given, all of that.
 */
export class ListAllocations extends Query<Answered<readonly AllocationDocument[]>> {
  constructor(
    readonly of: { readonly hostId?: string; readonly leaseId?: string; readonly reservationId?: string },
    readonly now: number,
  ) {
    super();
  }
}
