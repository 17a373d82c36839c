import type { ResourcePropertyFacts } from '#reservations';
import type { CollectionDefinition, Document } from '#read-store';

/** A name that a capability of some host had or has. `_id`: JSON text of the name. */
export interface ResourcePropertyDocument extends ResourcePropertyFacts, Document {}

export const resourcePropertiesCollection: CollectionDefinition<ResourcePropertyDocument> = {
  name: 'resourceProperties',
  indexes: [{ name: 'inOrder', fields: ['createdAt'] }],
};

/** Names are any text: as JSON they can be stored everywhere. */
export function documentIdOf(name: string): string {
  return JSON.stringify(name);
}
