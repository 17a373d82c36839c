import { floatingIpsCatalog, type FloatingIpsEvent } from '#reservations';
import type { EventEnvelope } from '#kernel';
import type { Change, Projection } from '#read-store';
import { floatingIpsCollection, type FloatingIpDocument } from './floating-ips.document.js';

const collection = floatingIpsCollection.name;

const folded = ['FloatingIpAdded', 'FloatingIpRemoved'] as const;
type Folded = Extract<FloatingIpsEvent, { type: (typeof folded)[number] }>;

/** Who has them when, the leases say. */
export const floatingIpsProjection: Projection = {
  name: 'floatingIps',
  version: 1,
  keeps: 'state',
  collections: [floatingIpsCollection],
  catalogs: [floatingIpsCatalog],
  events: folded.map((type) => `reservations/${type}`),
  wants: () => [],
  fold,
};

function fold(envelope: EventEnvelope): readonly Change[] {
  const { type, data } = envelope.event as Folded;
  if (type === 'FloatingIpRemoved') return [{ delete: { collection, id: data.id } }];
  const { id, networkId, subnetId, address, at } = data;
  const document: FloatingIpDocument = {
    _id: id,
    id,
    networkId,
    subnetId,
    address,
    createdAt: at,
    updatedAt: null,
  };
  return [{ put: { collection, document } }];
}
