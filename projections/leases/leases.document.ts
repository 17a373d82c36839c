import type { LeaseFacts } from '#reservations';
import type { CollectionDefinition, Document } from '#read-store';

/** A lease as its stream folds it (contracts/blazar §4). `_id`: the lease's id. Deleted ones have none. */
export interface LeaseDocument extends LeaseFacts, Document {}

export const leasesCollection: CollectionDefinition<LeaseDocument> = {
  name: 'leases',
  indexes: [
    { name: 'inOrder', fields: ['createdAt'] },
    { name: 'ofProject', fields: ['projectId', 'createdAt'] },
  ],
};
