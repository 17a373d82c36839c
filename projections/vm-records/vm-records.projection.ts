import { poolCatalog, vmNameCatalog, type PoolEvent, type VmNameEvent, type VmRecord } from '#pools';
import type { EventEnvelope } from '#kernel';
import type { Change, Documents, Projection } from '#read-store';
import { withTags } from '../vms/tags.js';
import { vmRecordsCollection, type VmRecordDocument } from './vm-records.document.js';

const collection = vmRecordsCollection.name;

const folded = ['VmDestroyed', 'VmModified', 'VmNameClaimed', 'VmNameReleased'] as const;
type Folded = Extract<PoolEvent | VmNameEvent, { type: (typeof folded)[number] }>;

/** Most machines come and go under the same names, but each leaves its record for a week: kept on disk. */
export const vmRecordsProjection: Projection = {
  name: 'vmRecords',
  version: 1,
  keeps: 'history',
  collections: [vmRecordsCollection],
  catalogs: [poolCatalog, vmNameCatalog],
  events: folded.map((type) => `pools/${type}`),
  wants: ({ event }) =>
    event.type === 'VmModified'
      ? [{ collection, id: (event as Extract<Folded, { type: 'VmModified' }>).data.name }]
      : [],
  fold,
};

function fold(envelope: EventEnvelope, documents: Documents): readonly Change[] {
  const { type, data } = envelope.event as Folded;
  switch (type) {
    case 'VmDestroyed':
      // A machine that nobody had asked for never claimed its name: nobody would release it, and it may be another's.
      if (data.record.generation === 0) return [];
      return [{ put: { collection, document: recorded(data.record, data.at, data.forgetAt) } }];
    case 'VmModified': {
      const record = documents.get<VmRecordDocument>(collection, data.name);
      if (record?.pool !== data.pool) return [];
      const { lifetime = record.lifetime, tags } = data;
      const document: VmRecordDocument = { ...record, lifetime, tags: withTags(record.tags, tags) };
      return [{ put: { collection, document } }];
    }
    case 'VmNameClaimed':
      // Of a name that was never had before there is no record.
      return data.generation > 1 ? [{ delete: { collection, id: data.name } }] : [];
    case 'VmNameReleased':
      return [{ delete: { collection, id: data.name } }];
  }
}

function recorded({ name, clonedAt: _, ...record }: VmRecord, destroyedAt: number, forgetAt: number): VmRecordDocument {
  return { _id: name, ...record, tags: withTags([], record.tags), queue: 'destroyed', destroyedAt, forgetAt };
}
