import { MemoryEventStore } from '#event-store/adapters/memory';
import type { Document, DocumentRef, Projection, ProjectionStore } from '#read-store';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { counterCatalog, counterExecutor } from '#specs';
import { EventCodec } from '../codec.js';
import { LogEvent } from '../log-event.js';
import { silentObserver } from '../observer.js';
import { ReadModel } from './read-model.js';

interface Seen extends Document {
  readonly positions: readonly number[];
}

/** Tells a document that is not the one which all earlier events made, whatever it is. */
const seen: Projection = {
  name: 'seen',
  version: 1,
  keeps: 'history',
  collections: [{ name: 'seen', indexes: [] }],
  catalogs: [counterCatalog],
  events: ['specs/Added'],
  wants: ({ stream }) => [{ collection: 'seen', id: stream }],
  fold: ({ stream, position }, documents) => {
    const before = documents.get<Seen>('seen', stream)?.positions ?? [];
    return [{ put: { collection: 'seen', document: { _id: stream, positions: [...before, position] } as Document } }];
  },
};

describe('documents that a read model carries from group to group', () => {
  const world = async () => {
    const log = new MemoryEventStore();
    const { add } = counterExecutor(log);
    for (let n = 0; n < 6; n += 1) await add(1);
    const codec = new EventCodec([counterCatalog]);
    const events = (await log.readAll()).map((event) => new LogEvent(event, codec));
    const store = await createMemoryReadStore().open(seen);
    const reads: (readonly DocumentRef[])[] = [];
    const counted: ProjectionStore = Object.assign(Object.create(store) as ProjectionStore, {
      getMany: (refs: readonly DocumentRef[]) => (reads.push(refs), store.getMany(refs)),
    });
    const around = {
      epoch: log.epoch,
      observer: silentObserver,
      pauses: { firstMs: 1, mostMs: 1, sleep: () => Promise.resolve() },
      advanced: () => undefined,
      parked: () => undefined,
    };
    const model = () => new ReadModel(seen, counted, undefined, around, new Set());
    const positions = events.map(({ position }) => position);
    const kept = async () => {
      for await (const { document } of store.dump()) return (document as unknown as Seen).positions;
      return undefined;
    };
    const feed = async (to: ReadModel, from: number, end: number) => {
      for (const event of events.slice(from, end)) {
        void to.offer([event]);
        await to.settled();
      }
    };
    return { model, feed, kept, positions, reads };
  };

  it('are read once', async () => {
    const { model, feed, kept, positions, reads } = await world();
    await feed(model(), 0, 6);
    expect(await kept()).toEqual(positions);
    expect(reads).toHaveLength(1);
  });

  it('stay what they are when another writer goes ahead afterwards', async () => {
    const { model, feed, kept, positions } = await world();
    const [one, other] = [model(), model()];
    await feed(one, 0, 2);
    await feed(other, 0, 4);
    await feed(one, 2, 6);
    expect(await kept()).toEqual(positions);
  });

  it('are not made of those of a writer that is ahead already', async () => {
    const { model, feed, kept, positions } = await world();
    const [ahead, behind] = [model(), model()];
    await feed(ahead, 0, 4);
    await feed(behind, 0, 6);
    expect(await kept()).toEqual(positions);
  });
});
