import type { CollectionDefinition, Document } from '#read-store';
import type { VmFields } from '../vms/vms.document.js';

/** The record of a destroyed machine, kept until data_ttl. `_id`: its short host name. */
export interface VmRecordDocument extends Document, Omit<VmFields, 'tags'> {
  readonly tags: readonly (readonly [key: string, value: string])[];
  readonly queue: 'destroyed';
  readonly destroyedAt: number;
  /** Not shown from then on, also while the document is still there (C13). */
  readonly forgetAt: number;
}

export const vmRecordsCollection: CollectionDefinition<VmRecordDocument> = { name: 'vmRecords', indexes: [] };
