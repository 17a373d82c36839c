import { StoreUnavailable } from '#kernel';
import type {
  Blobs,
  Checkpoint,
  Collection,
  CollectionDefinition,
  Document,
  DocumentRef,
  DocumentWrite,
  ProjectionShape,
  ProjectionStore,
  ReadStore,
  Stored,
} from '#read-store';
import { withFault, type FaultPlan } from './fault-plan.js';

const failed = (): Error => new StoreUnavailable('the plan wants a fault');

/** A read store whose `apply`, `getMany`, `swap`, `blobs.get` and `blobs.put` fail by plan. */
export class FaultyReadStore implements ReadStore {
  readonly blobs: Blobs;
  private readonly wrapped = new WeakMap<ProjectionStore, ProjectionStore>();

  constructor(
    private readonly inner: ReadStore,
    private readonly plan: FaultPlan,
  ) {
    const { blobs } = inner;
    this.blobs = {
      get: (key) => withFault(plan, 'blobs.get', () => blobs.get(key), failed),
      put: (key, text) => withFault(plan, 'blobs.put', () => blobs.put(key, text), failed),
      delete: (key) => blobs.delete(key),
    };
  }

  async open(shape: ProjectionShape): Promise<ProjectionStore> {
    return this.wrap(await this.inner.open(shape));
  }

  async openBeside(shape: ProjectionShape): Promise<ProjectionStore> {
    return this.wrap(await this.inner.openBeside(shape));
  }

  swap(shape: ProjectionShape, beside: ProjectionStore): Promise<void> {
    return withFault(this.plan, 'swap', () => this.inner.swap(shape, this.wrapped.get(beside) ?? beside), failed);
  }

  discard(beside: ProjectionStore): Promise<void> {
    return this.inner.discard(this.wrapped.get(beside) ?? beside);
  }

  collection<D extends Document>(definition: CollectionDefinition<D>): Collection<D> {
    return this.inner.collection(definition);
  }

  condition(): ReturnType<ReadStore['condition']> {
    return this.inner.condition();
  }

  flush(): Promise<void> {
    return this.inner.flush();
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private wrap(store: ProjectionStore): ProjectionStore {
    const faulty = new FaultyProjectionStore(store, this.plan);
    this.wrapped.set(faulty, store);
    return faulty;
  }
}

class FaultyProjectionStore implements ProjectionStore {
  constructor(
    private readonly inner: ProjectionStore,
    private readonly plan: FaultPlan,
  ) {}

  checkpoint(): Promise<Checkpoint | undefined> {
    return this.inner.checkpoint();
  }

  getMany(refs: readonly DocumentRef[]): Promise<ReadonlyMap<string, Stored<Document>>> {
    return withFault(this.plan, 'getMany', () => this.inner.getMany(refs), failed);
  }

  apply(writes: readonly DocumentWrite[], checkpoint: Checkpoint): Promise<void> {
    return withFault(this.plan, 'apply', () => this.inner.apply(writes, checkpoint), failed);
  }

  makeSearchable(): Promise<void> {
    return this.inner.makeSearchable();
  }

  dump(): AsyncIterable<{ readonly collection: string; readonly document: Stored<Document> }> {
    return this.inner.dump();
  }
}
