import type { DeliveredVm, OnDemandShare } from '#pools';
import type { CollectionDefinition, Document } from '#read-store';

/** An on-demand request (contracts/vmpooler §10). `_id`: JSON text of the id that its client knows; a later generation replaces the former. */
export interface OnDemandRequestDocument extends Document {
  readonly stream: string;
  readonly generation: number;
  readonly status: 'open' | 'ready' | 'failed' | 'deleted';
  readonly requestedAt: number;
  readonly shares: readonly OnDemandShare[];
  readonly tokenHash: string | null;
  readonly userId: string | null;
  readonly delivered: readonly DeliveredVm[];
  readonly ttlMinutes: number;
  /** Why it failed; null: it did not, or for want of time. */
  readonly failure: string | null;
  /** Not shown from then on; null: open. */
  readonly forgetAt: number | null;
}

export const onDemandRequestsCollection: CollectionDefinition<OnDemandRequestDocument> = {
  name: 'onDemandRequests',
  indexes: [],
};

/** Clients choose any text: as JSON it can be stored everywhere. */
export function documentIdOf(requestId: string): string {
  return JSON.stringify(requestId);
}
