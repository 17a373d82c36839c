import { poolCatalog, type PoolEvent } from '#pools';
import type { EventEnvelope } from '#kernel';
import type { Change, Documents, Projection } from '#read-store';
import { poolsChangeCollection, poolsChangeId, poolsCollection, type PoolDocument } from './pools.document.js';

const collection = poolsCollection.name;

const folded = [
  'PoolConfigured',
  'PoolUnconfigured',
  'PoolSizeOverridden',
  'PoolSizeReset',
  'PoolTemplateOverridden',
  'PoolTemplateReset',
  'CloneTargetOverridden',
  'VmRequested',
  'VmCloneFailed',
  'VmReady',
  'VmDelivered',
  'OnDemandQueued',
  'OnDemandCancelled',
] as const;
type Folded = Extract<PoolEvent, { type: (typeof folded)[number] }>;

export const poolsProjection: Projection = {
  name: 'pools',
  version: 1,
  keeps: 'state',
  collections: [poolsCollection, poolsChangeCollection],
  catalogs: [poolCatalog],
  events: folded.map((type) => `pools/${type}`),
  wants: ({ event }) => [{ collection, id: (event as Folded).data.pool }],
  fold,
};

function fold(envelope: EventEnvelope, documents: Documents): readonly Change[] {
  const event = envelope.event as Folded;
  const pool = documents.get<PoolDocument>(collection, event.data.pool);
  if (event.type === 'PoolConfigured') return changes(configured(pool, event.data));
  if (pool === undefined) return [];
  const document = changed(pool, event);
  return document === pool ? [] : changes(document);
}

function changes(document: PoolDocument): readonly Change[] {
  return [
    { put: { collection, document } },
    { put: { collection: poolsChangeCollection.name, document: { _id: poolsChangeId } } },
  ];
}

const untouched = {
  sizeOverride: null,
  templateOverride: null,
  cloneTargetOverride: null,
  lastBootAt: null,
  waiting: 0,
};

type Configured = Extract<PoolEvent, { type: 'PoolConfigured' }>['data'];

/** What was overridden outranks the file for good. */
function configured(pool: PoolDocument | undefined, { pool: _id, order, settings, rules }: Configured): PoolDocument {
  return { _id, ...untouched, ...pool, order, configured: true, settings, rules };
}

function changed(pool: PoolDocument, { type, data }: Exclude<Folded, { type: 'PoolConfigured' }>): PoolDocument {
  switch (type) {
    case 'PoolUnconfigured':
      return { ...pool, configured: false };
    case 'PoolSizeOverridden':
      return { ...pool, sizeOverride: data.size };
    case 'PoolSizeReset':
      return { ...pool, sizeOverride: null };
    case 'PoolTemplateOverridden':
      return { ...pool, templateOverride: data.template };
    case 'PoolTemplateReset':
      return { ...pool, templateOverride: null };
    case 'CloneTargetOverridden':
      return { ...pool, cloneTargetOverride: data.cloneTarget };
    case 'VmReady':
    case 'VmDelivered':
      return { ...pool, lastBootAt: data.at };
    case 'VmRequested':
    case 'VmCloneFailed':
    case 'OnDemandQueued':
    case 'OnDemandCancelled':
      return data.waiting === pool.waiting ? pool : { ...pool, waiting: data.waiting };
  }
}
