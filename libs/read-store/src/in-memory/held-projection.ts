import { followsOn, newWrites } from '../checkpoints.js';
import type { Generation, Reader } from '../generation.js';
import {
  type Checkpoint,
  CheckpointConflict,
  type Document,
  type DocumentRef,
  type DocumentWrite,
  InvalidDocument,
  type ProjectionShape,
  refKey,
  type Stored,
} from '../port.js';
import { HeldCollection, type Undo } from './held-collection.js';

export interface HeldProjectionOptions {
  /** Called with each document before it is kept: for checks in tests. */
  readonly inspect?: (document: Stored<Document>) => void;
  /** Called between the documents and the checkpoint; what it throws makes the batch fail. For tests. */
  readonly beforeCheckpoint?: () => void;
}

/** One generation of a projection in memory. A batch is written in one step: readers see all of it or none. */
export class HeldProjection implements Generation {
  private readonly collections: ReadonlyMap<string, HeldCollection>;
  private position: Checkpoint | undefined;
  private removed = false;

  constructor(
    readonly shape: ProjectionShape,
    private readonly options: HeldProjectionOptions = {},
  ) {
    this.collections = new Map(
      shape.collections.map((definition) => [definition.name, new HeldCollection(definition, options.inspect)]),
    );
  }

  async checkpoint(): Promise<Checkpoint | undefined> {
    return this.position;
  }

  async getMany(refs: readonly DocumentRef[]): Promise<ReadonlyMap<string, Stored<Document>>> {
    const found = new Map<string, Stored<Document>>();
    for (const ref of refs) {
      const document = this.held(ref.collection).get(ref.id);
      if (document) found.set(refKey(ref), document);
    }
    return found;
  }

  async apply(writes: readonly DocumentWrite[], checkpoint: Checkpoint): Promise<void> {
    if (this.removed)
      throw new CheckpointConflict(`projection ${this.shape.name}: this generation was replaced or discarded`);
    if (!followsOn(this.position, checkpoint, this.shape)) return;
    const undos: Undo[] = [];
    try {
      for (const write of newWrites(this.position, writes)) {
        undos.push(this.held(write.collection).write(write));
      }
      this.options.beforeCheckpoint?.();
    } catch (error) {
      for (const undo of undos.reverse()) undo();
      throw error;
    }
    this.position = checkpoint;
    for (const collection of this.collections.values()) collection.dropTombstones(checkpoint.position);
  }

  /** Its indexes grow with it. */
  makeSearchable(): Promise<void> {
    return Promise.resolve();
  }

  async *dump(): AsyncGenerator<{ readonly collection: string; readonly document: Stored<Document> }> {
    for (const { name, documents } of this.contents()) {
      for (const document of documents) yield { collection: name, document };
    }
  }

  /** Everything as it is now, at the cost of a pointer for each document. */
  contents(): readonly { readonly name: string; readonly documents: readonly Stored<Document>[] }[] {
    return this.shape.collections
      .map(({ name }) => ({ name, documents: this.held(name).all() }))
      .sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  }

  reader(name: string): Reader {
    return this.held(name);
  }

  /** As read from a snapshot. */
  load(collection: string, document: Stored<Document>): void {
    this.held(collection).load(document);
  }

  /** The same as `checkpoint`, without waiting. */
  reached(): Checkpoint | undefined {
    return this.position;
  }

  get isRemoved(): boolean {
    return this.removed;
  }

  loaded(checkpoint: Checkpoint): void {
    this.position = checkpoint;
  }

  /** From now on nothing can be written to it. */
  remove(): void {
    this.removed = true;
  }

  private held(name: string): HeldCollection {
    const collection = this.collections.get(name);
    if (!collection) throw new InvalidDocument(`projection ${this.shape.name} has no collection ${name}`);
    return collection;
  }
}
