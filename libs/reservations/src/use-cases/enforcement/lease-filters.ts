import type { Refused } from '#kernel';
import type { Reservation } from '../../lease/lease.events.js';

/** Who asks. */
export interface FilterContext {
  readonly userId: string;
  readonly projectId: string;
}

/** A lease as filters see it; whatever has allocations already says so. Times: milliseconds since 1970. */
export interface FilteredLease {
  readonly id: string;
  readonly name: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly reservations: readonly Pick<Reservation, 'id' | 'terms' | 'hosts' | 'addresses'>[];
}

export type FilterRefusal =
  | 'duration-too-long' // seconds, maxSeconds
  | 'filter-service-refused' // message
  | 'filter-service-unavailable';

/** What the operator allows of leases (contracts/blazar §13). Undefined: nothing speaks against it. */
export abstract class LeaseFilters {
  abstract checkCreate(context: FilterContext, lease: FilteredLease): Promise<Refused<FilterRefusal> | undefined>;

  /** `changed`: as it would be. */
  abstract checkUpdate(
    context: FilterContext,
    lease: FilteredLease,
    changed: FilteredLease,
  ): Promise<Refused<FilterRefusal> | undefined>;

  /** Tells that a lease is over, which nothing can stop. May come again. False: whoever was to know could not be told. */
  abstract onEnd(context: FilterContext, lease: FilteredLease): Promise<boolean>;
}
