import type { CollectionDefinition, Document } from '#read-store';

/** What a reservation has of one host, as its lease's commits say (C12). `_id`: `<reservation>.<host id>`. */
export interface AllocationDocument extends Document {
  readonly hostId: string;
  readonly leaseId: string;
  readonly reservationId: string;
  /** Instances that it has room for; null: the whole host. */
  readonly slots: number | null;
  /** Of the lease. */
  readonly startsAt: number;
  readonly endsAt: number;
}

export const allocationsCollection: CollectionDefinition<AllocationDocument> = {
  name: 'allocations',
  indexes: [
    { name: 'byEnd', fields: ['endsAt'] },
    { name: 'ofHost', fields: ['hostId', 'endsAt'] },
    { name: 'ofLease', fields: ['leaseId'] },
    { name: 'ofReservation', fields: ['reservationId'] },
  ],
};

/**
 * Everything that a lease has allocated: a change of its times concerns all of it. `_id`: the lease's id. Written after
 * the allocations that it names, so that none is lost where only a part of an event's changes was stored.
 */
export interface LeaseHostsDocument extends Document {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly reservations: readonly {
    readonly id: string;
    readonly hosts: readonly { readonly hostId: string; readonly slots: number | null }[];
  }[];
}

export const leaseHostsCollection: CollectionDefinition<LeaseHostsDocument> = { name: 'leaseHosts', indexes: [] };
