import type { EventEnvelope } from '#kernel';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { refKey, type DocumentWrite, type Projection, type ProjectionStore, type ReadStore } from '#read-store';
import { concerns } from './folds.js';

/** Read models in memory to which events come one by one: for specs of queries. */
export class FoldedStore {
  private constructor(
    readonly store: ReadStore,
    private readonly models: ReadonlyMap<Projection, ProjectionStore>,
  ) {}

  static async of(...projections: readonly Projection[]): Promise<FoldedStore> {
    const store = createMemoryReadStore();
    const models = new Map<Projection, ProjectionStore>();
    for (const projection of projections) models.set(projection, await store.open(projection));
    return new FoldedStore(store, models);
  }

  async add(...envelopes: readonly EventEnvelope[]): Promise<this> {
    for (const envelope of envelopes)
      for (const projection of this.models.keys()) await this.fold(projection, envelope);
    return this;
  }

  /** One read model alone, as when the others are behind. */
  async fold(projection: Projection, envelope: EventEnvelope): Promise<void> {
    const model = this.models.get(projection);
    if (model === undefined || !concerns(projection, envelope)) return;
    const { position } = envelope;
    const found = await model.getMany(projection.wants(envelope));
    const documents = { get: (collection: string, id: string) => found.get(refKey({ collection, id })) as never };
    const writes = projection
      .fold(envelope, documents)
      .map((change): DocumentWrite =>
        'put' in change ? { kind: 'put', position, ...change.put } : { kind: 'delete', position, ...change.delete },
      );
    await model.apply(writes, { epoch: 'e', position, hash: 'h', version: projection.version });
  }
}
