import type { FloatingIpFacts } from '#reservations';
import type { CollectionDefinition, Document } from '#read-store';

/** A reservable address (contracts/blazar §10). `_id`: its id. */
export interface FloatingIpDocument extends FloatingIpFacts, Document {}

export const floatingIpsCollection: CollectionDefinition<FloatingIpDocument> = {
  name: 'floatingIps',
  indexes: [{ name: 'inOrder', fields: ['createdAt'] }],
};
