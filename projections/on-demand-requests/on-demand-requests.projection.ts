import { onDemandCatalog, type OnDemandEvent } from '#pools';
import type { EventEnvelope } from '#kernel';
import type { Change, Documents, Projection } from '#read-store';
import {
  documentIdOf,
  onDemandRequestsCollection,
  type OnDemandRequestDocument,
} from './on-demand-requests.document.js';

const collection = onDemandRequestsCollection.name;

export const onDemandRequestsProjection: Projection = {
  name: 'onDemandRequests',
  version: 1,
  keeps: 'state',
  collections: [onDemandRequestsCollection],
  catalogs: [onDemandCatalog],
  events: Object.keys(onDemandCatalog.versions).map((type) => `pools/${type}`),
  wants: ({ event }) =>
    event.type === 'OnDemandRequested'
      ? []
      : [{ collection, id: documentIdOf((event as OnDemandEvent).data.requestId) }],
  fold,
};

function fold(envelope: EventEnvelope, documents: Documents): readonly Change[] {
  const event = envelope.event as OnDemandEvent;
  if (event.type === 'OnDemandRequested') return [{ put: { collection, document: requested(event.data) } }];
  const { requestId, stream } = event.data;
  const id = documentIdOf(requestId);
  const request = documents.get<OnDemandRequestDocument>(collection, id);
  // The next generation has its place by now.
  if (request?.stream !== stream) return [];
  if (event.type === 'OnDemandForgotten') return [{ delete: { collection, id } }];
  return [{ put: { collection, document: changed(request, event) } }];
}

type Requested = Extract<OnDemandEvent, { type: 'OnDemandRequested' }>;

function requested({ stream, requestId, at, ...request }: Requested['data']): OnDemandRequestDocument {
  const { generation, shares, checkout, ttlMinutes } = request;
  const { tokenHash, userId } = checkout;
  return {
    ...{ _id: documentIdOf(requestId), stream, generation, status: 'open', requestedAt: at, shares, tokenHash, userId },
    ...{ delivered: [], ttlMinutes, failure: null, forgetAt: null },
  };
}

type Changing = Exclude<OnDemandEvent, Requested | { type: 'OnDemandForgotten' }>;

function changed(request: OnDemandRequestDocument, { type, data }: Changing): OnDemandRequestDocument {
  switch (type) {
    case 'OnDemandVmDelivered': {
      const others = request.delivered.filter(({ name }) => name !== data.vm.name);
      return { ...request, delivered: [...others, data.vm] };
    }
    case 'OnDemandFulfilled':
      return { ...request, status: 'ready', delivered: data.vms, forgetAt: data.forgetAt };
    case 'OnDemandFailed': {
      const failure = data.reason === 'deadline' ? null : (data.message ?? data.reason);
      return { ...request, status: 'failed', failure, forgetAt: data.forgetAt };
    }
    case 'OnDemandDeleted':
      return { ...request, status: 'deleted', forgetAt: data.forgetAt };
  }
}
