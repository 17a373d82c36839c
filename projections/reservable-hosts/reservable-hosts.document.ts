import type { HostFacts } from '#reservations';
import type { CollectionDefinition, Document } from '#read-store';

/** An enrolled host (contracts/blazar §11). `_id`: its id, which is the hypervisor's integer id as text. */
export interface ReservableHostDocument extends HostFacts, Document {
  readonly number: number;
}

export const reservableHostsCollection: CollectionDefinition<ReservableHostDocument> = {
  name: 'reservableHosts',
  indexes: [{ name: 'inOrder', fields: ['number'] }],
};

/** One capability of one host. `_id`: JSON text of host id and key. */
export interface HostCapabilityDocument extends Document {
  readonly hostId: string;
  readonly key: string;
  readonly value: string;
}

export const hostCapabilitiesCollection: CollectionDefinition<HostCapabilityDocument> = {
  name: 'hostCapabilities',
  indexes: [{ name: 'byKey', fields: ['key', 'value'] }],
};
