import { describe, expect, it } from '@jest/globals';
import type { HostAggregatesEvent } from '#inventory';
import type { EventEnvelope } from '#kernel';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { refKey, type DocumentWrite, type Freshness } from '#read-store';
import { documentsOf } from '#specs';
import { GetAggregateHandler, ListAggregatesHandler } from './aggregates.handler.js';
import { aggregatesProjection } from './aggregates.projection.js';
import { GetAggregate } from './aggregates.query.js';

const freshness: Freshness = { upToDate: async () => ({ stale: true }) };

const enveloped = (event: HostAggregatesEvent, index: number) =>
  ({ event, position: index, storedType: `inventory/${event.type}@1` }) as unknown as EventEnvelope;

async function folded(events: readonly HostAggregatesEvent[], times = 1) {
  const store = createMemoryReadStore();
  const projection = await store.open(aggregatesProjection);
  let position = 0;
  for (const event of events) {
    position += 3;
    const envelope = { event, position } as unknown as EventEnvelope;
    for (let time = 0; time < times; time += 1) {
      const found = await projection.getMany(aggregatesProjection.wants(envelope));
      const documents = { get: (collection: string, id: string) => found.get(refKey({ collection, id })) as never };
      const writes = aggregatesProjection
        .fold(envelope, documents)
        .map((change): DocumentWrite =>
          'put' in change ? { kind: 'put', position, ...change.put } : { kind: 'delete', position, ...change.delete },
        );
      await projection.apply(writes, { epoch: 'e', position, hash: 'h', version: aggregatesProjection.version });
    }
  }
  const dump: unknown[] = [];
  for await (const { document } of projection.dump()) dump.push(document);
  return {
    dump,
    list: () => new ListAggregatesHandler(store, freshness).execute(),
    get: (number: number) => new GetAggregateHandler(store, freshness).execute(new GetAggregate(number)),
  };
}

const created = (id: number, availabilityZone: string | null = null): HostAggregatesEvent => ({
  type: 'AggregateCreated',
  data: { id, uuid: `uuid-${String(id)}`, name: `a${String(id)}`, availabilityZone, at: 1 },
});
const added = (host: string): HostAggregatesEvent => ({ type: 'HostAddedToAggregate', data: { id: 1, host, at: 2 } });
const set = (entries: Record<string, string>, removed: readonly string[] = []): HostAggregatesEvent => ({
  type: 'AggregateMetadataSet',
  data: { id: 1, set: Object.entries(entries).map(([key, value]) => ({ key, value })), removed, at: 5 },
});

describe('the read model of aggregates', () => {
  const hall = created(1, 'hall-a');
  it.each<[string, readonly HostAggregatesEvent[], object | undefined]>([
    ['created', [created(1)], { _id: '1', number: 1, uuid: 'uuid-1', name: 'a1', availabilityZone: null, hosts: [], metadata: [], createdAt: 1, updatedAt: null }],
    ['created in a zone', [hall], { availabilityZone: 'hall-a', metadata: [{ key: 'availability_zone', value: 'hall-a' }] }],
    ['renamed', [hall, { type: 'AggregateRenamed', data: { id: 1, name: 'b', at: 5 } }], { name: 'b', updatedAt: 5 }],
    ['with metadata', [hall, set({ 'a.b': '1', x: '' })], { metadata: [{ key: 'availability_zone', value: 'hall-a' }, { key: 'a.b', value: '1' }, { key: 'x', value: '' }], updatedAt: 5 }],
    ['with less metadata', [hall, set({ x: '1', y: '2' }), set({}, ['x'])], { metadata: [{ key: 'availability_zone', value: 'hall-a' }, { key: 'y', value: '2' }] }],
    ['in another zone', [hall, set({ availability_zone: 'z' })], { availabilityZone: 'z', metadata: [{ key: 'availability_zone', value: 'z' }] }],
    ['with hosts', [created(1), added('h2'), added('h1')], { hosts: ['h2', 'h1'], updatedAt: null }],
    ['with a host less', [created(1), added('h2'), added('h1'), { type: 'HostRemovedFromAggregate', data: { id: 1, host: 'h2', at: 2 } }], { hosts: ['h1'], updatedAt: null }],
    ['deleted', [created(1), { type: 'AggregateDeleted', data: { id: 1, at: 2 } }], undefined],
  ])('%s, applied once and twice', async (_what, events, expected) => {
    const once = await folded(events);
    const twice = await folded(events, 2);
    if (expected === undefined) expect(once.dump).toEqual([]);
    else expect(once.dump).toMatchObject([expected]);
    expect(twice.dump).toEqual(once.dump);
    documentsOf(aggregatesProjection, events.map(enveloped));
  }); // prettier-ignore

  it('asks for every event but those of image caching and of owners', () => {
    expect(aggregatesProjection.events).toHaveLength(6);
    expect(aggregatesProjection.events).not.toContain('inventory/AggregateOwned');
  });

  it('is listed by integer id, and says when it is behind', async () => {
    const { list, get } = await folded([2, 10, 1].map((id) => created(id)));
    expect((await list()).value.map(({ number }) => number)).toEqual([1, 2, 10]);
    expect(await get(10)).toMatchObject({ value: { name: 'a10' }, stale: true });
    expect(await get(3)).toEqual({ value: undefined, stale: true });
  });
});
