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
