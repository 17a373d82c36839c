import { describe, expect, it } from '@jest/globals';
import type { EventCatalog, EventEnvelope, StoredMetadata, Timeline } from '#kernel';
import type { Document, Documents, DocumentWrite, Freshness, ProjectionStore, ReadStore } from '#read-store';
import { refKey } from '#read-store';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { FindEventsHandler, GetHistoryHandler } from './audit-trail.handler.js';
import { auditTrailProjection } from './audit-trail.projection.js';
import { FindEvents, GetHistory, type EventSearch } from './audit-trail.query.js';

type BoxEvent =
  | { readonly type: 'BoxMade'; readonly data: { readonly id: number; readonly name: string } }
  | { readonly type: 'BoxRenamed'; readonly data: { readonly id: number; readonly name: string } }
  | { readonly type: 'BoxesPaired'; readonly data: { readonly ids: readonly number[] } }
  | { readonly type: 'BoxBurnt'; readonly data: { readonly id: number } };

const catalog: EventCatalog<BoxEvent> = {
  context: 'store',
  versions: { BoxMade: 1, BoxRenamed: 1, BoxesPaired: 1, BoxBurnt: 1 },
};
const timeline: Timeline<BoxEvent> = {
  BoxMade: ({ id, name }) => [{ kind: 'box', id: String(id), what: 'made', sets: { name } }],
  BoxRenamed: ({ id, name }) => [{ kind: 'box', id: String(id), what: 'renamed', sets: { name, label: null } }],
  BoxesPaired: ({ ids }) => ids.map((id) => ({ kind: 'box', id: String(id), what: 'paired', sets: { pairs: ids } })),
  BoxBurnt: ({ id }) => [{ kind: 'box', id: String(id), what: 'burnt', ends: true }],
};
const projection = auditTrailProjection([catalog], { store: timeline });
const fresh: Freshness = { upToDate: async () => ({ stale: false }) };

interface Told {
  readonly actor?: string;
  readonly project?: string | null;
  readonly facade?: string;
  readonly correlation?: string;
  readonly stream?: string;
  readonly recordedAt?: number;
  readonly storedType?: string;
}

const tell = (position: number, event: { type: string; data: unknown }, told: Told = {}): EventEnvelope => {
  const metadata: StoredMetadata = {
    envelope: 1,
    time: new Date(position * 1000 - 3).toISOString(),
    actor: { user: told.actor ?? 'ann', project: told.project ?? null, method: 'password', name: 'sealed-ann' },
    facade: told.facade ?? 'nova',
    request: `req-${position}`,
    command: `command-${position}`,
    repeatable: false,
    causation: null,
    correlation: told.correlation ?? `req-${position}`,
    client: null,
    previous: null,
  };
  return {
    id: `event-${position}`,
    stream: told.stream ?? 'boxes',
    revision: position - 1,
    position,
    recordedAt: told.recordedAt ?? position * 1000,
    storedType: told.storedType ?? `store/${event.type}@1`,
    event,
    metadata,
  };
};

/** Folds in order, each event `times` times, one batch for each, as a runtime would. */
async function fold(store: ReadStore, events: readonly EventEnvelope[], times = 1): Promise<ProjectionStore> {
  const documents = await store.open(projection);
  for (const envelope of events) {
    for (let time = 0; time < times; time += 1) {
      const found = await documents.getMany(projection.wants(envelope));
      const known: Documents = { get: (collection, id) => found.get(refKey({ collection, id })) as never };
      const writes = projection
        .fold(envelope, known)
        .map((change): DocumentWrite =>
          'put' in change
            ? { kind: 'put', position: envelope.position, ...change.put }
            : { kind: 'delete', position: envelope.position, ...change.delete },
        );
      const checkpoint = { epoch: 'e', position: envelope.position, hash: envelope.id, version: projection.version };
      await documents.apply(writes, checkpoint);
    }
  }
  return documents;
}

async function dump(documents: ProjectionStore): Promise<readonly { collection: string; document: Document }[]> {
  const all = [];
  for await (const one of documents.dump()) all.push(one);
  return all;
}

const story = [
  tell(1, { type: 'BoxMade', data: { id: 1, name: 'a' } }, { project: 'red', correlation: 'c-1' }),
  tell(2, { type: 'BoxMade', data: { id: 2, name: 'b' } }, { actor: 'bob', project: 'blue', correlation: 'c-1' }),
  tell(3, { type: 'BoxRenamed', data: { id: 1, name: 'z' } }, { project: 'red', facade: 'leasebook' }),
  tell(4, { type: 'BoxesPaired', data: { ids: [1, 2] } }, { actor: 'bob', recordedAt: 3000 }),
  tell(5, { type: 'LeaseMoved', data: { by: 1 } }, { stream: 'lease-77', storedType: 'elsewhere/LeaseMoved@3' }),
  tell(6, { type: 'BoxBurnt', data: { id: 1 } }, { project: 'red' }),
];

async function searching(events: readonly EventEnvelope[] = story) {
  const store = createMemoryReadStore();
  await fold(store, events);
  const find = new FindEventsHandler(store, fresh);
  const history = new GetHistoryHandler(store, fresh);
  const search = (wanted: Partial<EventSearch>) =>
    find.execute(new FindEvents({ order: 'oldest', limit: 100, ...wanted }));
  return {
    search,
    found: async (wanted: Partial<EventSearch>) => (await search(wanted)).value.events.map(({ at }) => at),
    history: async (kind: string, id: string, page: Partial<GetHistory['page']> = {}) =>
      (await history.execute(new GetHistory({ kind, id }, { limit: 100, ...page }))).value,
  };
}

describe('audit trail: the fold', () => {
  it('keeps the same documents when each event is folded twice', async () => {
    const once = await dump(await fold(createMemoryReadStore(), story));
    const twice = await dump(await fold(createMemoryReadStore(), story, 2));
    expect(twice).toEqual(once);
    expect(once.filter(({ collection }) => collection === 'auditTrail')).toHaveLength(story.length);
  });

  it('tells an event in full: place, times, actor, facade, request, and its payload as text', async () => {
    const all = await dump(await fold(createMemoryReadStore(), story.slice(0, 1)));
    expect(all.find(({ collection }) => collection === 'auditTrail')?.document).toMatchObject({
      _id: '0000000000000001',
      at: 1,
      event: 'event-1',
      stream: 'boxes',
      revision: 0,
      type: 'store/BoxMade@1',
      name: 'BoxMade',
      time: 997,
      recordedAt: 1000,
      actor: 'ann',
      project: 'red',
      method: 'password',
      sealedName: 'sealed-ann',
      sealedAddress: null,
      facade: 'nova',
      request: 'req-1',
      correlation: 'c-1',
      resources: ['box/1'],
      data: '{"id":1,"name":"a"}',
    });
  });
});

describe('audit trail: history', () => {
  it('says what changed from what to what, and empties what ends', async () => {
    const { history } = await searching();
    const { entries, next } = await history('box', '1');
    expect(next).toBeUndefined();
    expect(entries.map(({ event, entry }) => [event.at, entry.what, entry.changes])).toEqual([
      [1, 'made', [{ field: 'name', from: null, to: 'a' }]],
      [3, 'renamed', [{ field: 'name', from: 'a', to: 'z' }]],
      [4, 'paired', [{ field: 'pairs', from: null, to: [1, 2] }]],
      [
        6,
        'burnt',
        [
          { field: 'name', from: 'z', to: null },
          { field: 'pairs', from: [1, 2], to: null },
        ],
      ],
    ]);
  });

  it('keeps an event of a context that gives no account, under its stream and in the words of its type', async () => {
    const { history } = await searching();
    const { entries } = await history('lease', '77');
    expect(entries.map(({ entry }) => entry)).toMatchObject([
      { what: 'lease moved', changes: [], resource: 'lease/77' },
    ]);
  });

  it('pages, and shows only what one project did', async () => {
    const { history } = await searching();
    const first = await history('box', '1', { limit: 3 });
    expect(first.entries.map(({ event }) => event.at)).toEqual([1, 3, 4]);
    const rest = await history('box', '1', { limit: 3, after: first.next! });
    expect(rest.entries.map(({ event }) => event.at)).toEqual([6]);
    expect(rest.next).toBeUndefined();
    const red = await history('box', '1', { project: 'red' });
    expect(red.entries.map(({ event }) => event.at)).toEqual([1, 3, 6]);
    expect((await history('box', '1', { project: 'green' })).entries).toEqual([]);
    expect((await history('box', '99')).entries).toEqual([]);
  });

  it('keeps the order of more than ten entries of one event', async () => {
    const ids = Array.from({ length: 12 }, () => 1);
    const { history } = await searching([tell(1, { type: 'BoxesPaired', data: { ids } })]);
    const { entries } = await history('box', '1');
    expect(entries.map(({ entry }) => entry._id)).toEqual(
      ids.map((_, index) => `0000000000000001.${String(index).padStart(4, '0')}`),
    );
  });
});

describe('audit trail: search', () => {
  it.each<[string, Partial<EventSearch>, readonly number[]]>([
    ['everything, oldest first', {}, [1, 2, 3, 4, 5, 6]],
    ['everything, newest first', { order: 'newest' }, [6, 5, 4, 3, 2, 1]],
    ['a stream', { stream: 'lease-77' }, [5]],
    ['a resource', { resource: 'box/2' }, [2, 4]],
    ['a resource, newest first', { resource: 'box/1', order: 'newest' }, [6, 4, 3, 1]],
    ['a type', { type: 'BoxMade' }, [1, 2]],
    ['a type with its context', { type: 'store/BoxMade' }, [1, 2]],
    ['a type with its version', { type: 'BoxMade@1' }, [1, 2]],
    ['a type with both', { type: 'store/BoxMade@1' }, [1, 2]],
    ['a type of another version', { type: 'BoxMade@2' }, []],
    ['a type of another context', { type: 'elsewhere/BoxMade' }, []],
    ['an actor', { actor: 'bob' }, [2, 4]],
    ['a project', { project: 'red' }, [1, 3, 6]],
    ['a facade', { facade: 'leasebook' }, [3]],
    ['a correlation', { correlation: 'c-1' }, [1, 2]],
    ['several at once', { actor: 'ann', project: 'red', type: 'BoxMade' }, [1]],
    ['a resource of one project', { resource: 'box/1', project: 'red' }, [1, 3, 6]],
    ['from a moment, included', { from: 3000 }, [3, 4, 5, 6]],
    ['to a moment, excluded', { to: 3000 }, [1, 2]],
    ['a span', { from: 2000, to: 5000 }, [2, 3, 4]],
    ['a span, newest first', { from: 2000, to: 5000, order: 'newest' }, [4, 3, 2]],
    ['a span that nothing is in', { from: 3500, to: 4000 }, []],
    ['after everything', { from: 999_000 }, []],
    ['before everything, newest first', { to: 1000, order: 'newest' }, []],
    ['a resource in a span', { resource: 'box/1', from: 2000, to: 6000 }, [3, 4]],
    ['a resource in a span, newest first', { resource: 'box/1', from: 2000, to: 6000, order: 'newest' }, [4, 3]],
    ['a type in a span', { type: 'BoxMade', from: 1500 }, [2]],
    ['after a position', { after: 4 }, [5, 6]],
    ['after a position, newest first', { after: 3, order: 'newest' }, [2, 1]],
    ['a resource after a position', { resource: 'box/1', after: 3 }, [4, 6]],
    ['a resource after a position, newest first', { resource: 'box/1', after: 4, order: 'newest' }, [3, 1]],
  ])('%s', async (_name, wanted, positions) => {
    const { found } = await searching();
    expect(await found(wanted)).toEqual(positions);
  });

  it.each(['oldest', 'newest'] as const)(
    'pages through a long log without loss or repetition, %s first',
    async (order) => {
      const events = Array.from({ length: 2_300 }, (_, index) =>
        tell(index + 1, { type: 'BoxesPaired', data: { ids: [1, 1] } }, { actor: index % 7 === 0 ? 'bob' : 'ann' }),
      );
      const { search } = await searching(events);
      for (const wanted of [{}, { resource: 'box/1' }, { actor: 'bob' }, { facade: 'nova' }] as const) {
        const seen: number[] = [];
        let after: number | undefined;
        for (;;) {
          const { value } = await search({ order, limit: 400, ...wanted, ...(after === undefined ? {} : { after }) });
          seen.push(...value.events.map(({ at }) => at));
          if (value.next === undefined) break;
          after = value.next;
        }
        const expected = events
          .filter(({ metadata }) => !('actor' in wanted) || metadata.actor.user === wanted.actor)
          .map(({ position }) => position);
        expect(seen).toEqual(order === 'oldest' ? expected : expected.reverse());
      }
    },
  );

  it('looks at a bounded number of events for one page, and says where to go on', async () => {
    const events = Array.from({ length: 11_500 }, (_, index) =>
      tell(
        index + 1,
        { type: 'BoxMade', data: { id: index, name: 'x' } },
        { facade: index === 11_499 ? 'late' : 'nova' },
      ),
    );
    const { search } = await searching(events);
    const first = await search({ facade: 'late' });
    expect(first.value).toMatchObject({ events: [], next: 10_000 });
    const second = await search({ facade: 'late', after: first.value.next! });
    expect(second.value.events.map(({ at }) => at)).toEqual([11_500]);
    expect(second.value.next).toBeUndefined();
  });

  it('passes on that the read model lags behind', async () => {
    const store = createMemoryReadStore();
    await fold(store, story);
    const lagging: Freshness = { upToDate: async (names) => ({ stale: names.includes('auditTrail') }) };
    const found = await new FindEventsHandler(store, lagging).execute(new FindEvents({ order: 'oldest', limit: 1 }));
    expect(found).toMatchObject({ stale: true, value: { next: 1 } });
    const history = await new GetHistoryHandler(store, lagging).execute(
      new GetHistory({ kind: 'box', id: '1' }, { limit: 1 }),
    );
    expect(history.stale).toBe(true);
  });
});
