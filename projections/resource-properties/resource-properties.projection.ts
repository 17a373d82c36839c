import { resourcePropertiesCatalog, type ResourcePropertiesEvent } from '#reservations';
import type { EventEnvelope } from '#kernel';
import type { Change, Documents, Projection } from '#read-store';
import {
  documentIdOf,
  resourcePropertiesCollection,
  type ResourcePropertyDocument,
} from './resource-properties.document.js';

const collection = resourcePropertiesCollection.name;

export const resourcePropertiesProjection: Projection = {
  name: 'resourceProperties',
  version: 1,
  keeps: 'state',
  collections: [resourcePropertiesCollection],
  catalogs: [resourcePropertiesCatalog],
  events: Object.keys(resourcePropertiesCatalog.versions).map((type) => `reservations/${type}`),
  wants: ({ event }) =>
    event.type === 'ResourcePropertyNoted'
      ? []
      : [{ collection, id: documentIdOf((event as ResourcePropertiesEvent).data.name) }],
  fold,
};

function fold(envelope: EventEnvelope, documents: Documents): readonly Change[] {
  const { type, data } = envelope.event as ResourcePropertiesEvent;
  const _id = documentIdOf(data.name);
  if (type === 'ResourcePropertyNoted') {
    const { id, name, resourceType, at } = data;
    const document: ResourcePropertyDocument = {
      _id,
      id,
      name,
      resourceType,
      private: false,
      createdAt: at,
      updatedAt: null,
    };
    return [{ put: { collection, document } }];
  }
  const property = documents.get<ResourcePropertyDocument>(collection, _id);
  if (property === undefined) throw new Error(`${type} of ${data.name}, which was never noted`);
  const document: ResourcePropertyDocument = { ...property, private: data.private, updatedAt: data.at };
  return [{ put: { collection, document } }];
}
