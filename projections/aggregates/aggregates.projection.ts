import { hostAggregatesCatalog, type HostAggregatesEvent } from '#inventory';
import type { EventEnvelope } from '#kernel';
import type { Change, Documents, Projection } from '#read-store';
import { aggregatesCollection, type AggregateDocument } from './aggregates.document.js';

const collection = aggregatesCollection.name;
const zoneKey = 'availability_zone';

export const aggregatesProjection: Projection = {
  name: 'aggregates',
  version: 1,
  keeps: 'state',
  collections: [aggregatesCollection],
  catalogs: [hostAggregatesCatalog],
  // Events that change no answer about aggregates are not asked for.
  events: Object.keys(hostAggregatesCatalog.versions)
    .filter((type) => !type.startsWith('ImageCaching') && type !== 'AggregateOwned')
    .map((type) => `inventory/${type}`),
  wants: ({ event }) =>
    event.type === 'AggregateCreated' ? [] : [{ collection, id: String((event as HostAggregatesEvent).data.id) }],
  fold,
};

function fold(envelope: EventEnvelope, documents: Documents): readonly Change[] {
  const event = envelope.event as HostAggregatesEvent;
  const _id = String(event.data.id);
  if (event.type === 'AggregateCreated') {
    const { id, uuid, name, availabilityZone, at } = event.data;
    const metadata = availabilityZone === null ? [] : [{ key: zoneKey, value: availabilityZone }];
    const document: AggregateDocument = {
      _id,
      number: id,
      uuid,
      name,
      availabilityZone,
      hosts: [],
      metadata,
      createdAt: at,
      updatedAt: null,
    };
    return [{ put: { collection, document } }];
  }
  if (event.type === 'AggregateDeleted') return [{ delete: { collection, id: _id } }];

  const stored = documents.get<AggregateDocument>(collection, _id);
  // Deleted further on: this event has come a second time.
  if (stored === undefined) return [];
  const { _position: _, ...document } = stored as AggregateDocument & { readonly _position?: number };
  return [{ put: { collection, document: changed(document, event) } }];
}

function changed(document: AggregateDocument, event: HostAggregatesEvent): AggregateDocument {
  switch (event.type) {
    case 'AggregateRenamed':
      return { ...document, name: event.data.name, updatedAt: event.data.at };
    case 'AggregateMetadataSet': {
      const values = new Map(document.metadata.map(({ key, value }) => [key, value]));
      for (const { key, value } of event.data.set) values.set(key, value);
      for (const key of event.data.removed) values.delete(key);
      return {
        ...document,
        availabilityZone: values.get(zoneKey) ?? null,
        metadata: Array.from(values, ([key, value]) => ({ key, value })),
        updatedAt: event.data.at,
      };
    }
    case 'HostAddedToAggregate': {
      const { host } = event.data;
      return document.hosts.includes(host) ? document : { ...document, hosts: [...document.hosts, host] };
    }
    case 'HostRemovedFromAggregate':
      return { ...document, hosts: document.hosts.filter((host) => host !== event.data.host) };
    case 'AggregateCreated':
    case 'AggregateOwned':
    case 'AggregateDeleted':
    case 'ImageCachingRequested':
    case 'ImageCachingFinished':
      return document;
  }
}
