import { foldLease, leaseCatalog, type LeaseEvent, type LeaseFacts } from '#reservations';
import type { EventEnvelope } from '#kernel';
import type { Change, Documents, Projection } from '#read-store';
import { leasesCollection, type LeaseDocument } from './leases.document.js';

const collection = leasesCollection.name;

/** What only says how an attempt failed changes no lease. */
const folded = Object.keys(leaseCatalog.versions).filter(
  (type) => type !== 'LeaseRefused' && type !== 'LeaseChangeAbandoned',
);

export const leasesProjection: Projection = {
  name: 'leases',
  version: 1,
  keeps: 'state',
  collections: [leasesCollection],
  catalogs: [leaseCatalog],
  events: folded.map((type) => `reservations/${type}`),
  wants: ({ event }) => (event.type === 'LeaseCreated' ? [] : [{ collection, id: (event as LeaseEvent).data.leaseId }]),
  fold,
};

function fold(envelope: EventEnvelope, documents: Documents): readonly Change[] {
  const event = envelope.event as LeaseEvent;
  const id = event.data.leaseId;
  if (event.type === 'LeaseCreated') return changed(id, foldLease(undefined, event));
  const stored = documents.get<LeaseDocument>(collection, id);
  // Deleted further on: this event has come a second time.
  return stored === undefined ? [] : changed(id, foldLease(stored, event));
}

function changed(id: string, lease: LeaseFacts | undefined): readonly Change[] {
  if (lease === undefined) return [{ delete: { collection, id } }];
  const document: LeaseDocument = { ...lease, _id: id };
  return [{ put: { collection, document } }];
}
