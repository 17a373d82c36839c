import type { ResourcePropertyFacts } from '#reservations';
import type { CollectionDefinition, Document } from '#read-store';

/** A name that a capability of some host had or has. `_id`: JSON text of the name. */
export interface ResourcePropertyDocument extends ResourcePropertyFacts, Document {}

export const resourcePropertiesCollection: CollectionDefinition<ResourcePropertyDocument> = {
  name: 'resourceProperties',
  indexes: [{ name: 'inOrder', fields: ['createdAt'] }],
};
