import type { Generation, Reader } from './generation.js';
import type { Collection, CollectionDefinition, Document, ProjectionShape, ProjectionStore, Stored } from './port.js';

/** How an adapter makes, replaces and removes generations. */
export interface Generations<G extends Generation = Generation> {
  /** The live one as stored, or a new, empty one where there is none of this shape. */
  live(shape: ProjectionShape): Promise<G>;
  beside(shape: ProjectionShape): Promise<G>;
  /** Fulfilled when, after a crash too, the second is the live one. */
  replace(former: G | undefined, next: G): Promise<void>;
  /** Called when no reader can reach it any more. */
  remove(generation: G): Promise<void>;
}

/** Which generation of which projection is live, for the handles that outlive swaps. The same for every adapter in this process. */
export class ProjectionRegister<G extends Generation = Generation> {
  private readonly projections = new Map<string, G>();
  /** Collection → its reader in the live generation. */
  private readonly readers = new Map<string, { readonly projection: string; readonly reader: Reader }>();
  private readonly besides = new Set<G>();
  private closed = false;

  constructor(private readonly generations: Generations<G>) {}

  async open(shape: ProjectionShape): Promise<ProjectionStore> {
    this.assertOpen();
    this.assertOwnNames(shape);
    const known = this.projections.get(shape.name);
    if (known && fingerprint(known.shape) === fingerprint(shape)) return known;
    const live = await this.generations.live(shape);
    this.publish(live);
    if (known) await this.generations.remove(known);
    return live;
  }

  async openBeside(shape: ProjectionShape): Promise<ProjectionStore> {
    this.assertOpen();
    this.assertOwnNames(shape);
    const beside = await this.generations.beside(shape);
    this.besides.add(beside);
    return beside;
  }

  async swap(shape: ProjectionShape, beside: ProjectionStore): Promise<void> {
    this.assertOpen();
    const next = this.besideOf(beside);
    if (next.shape.name !== shape.name)
      throw new TypeError(`a generation of ${next.shape.name} cannot become one of ${shape.name}`);
    const former = this.projections.get(shape.name);
    await this.generations.replace(former, next);
    this.besides.delete(next);
    this.publish(next);
    if (former) await this.generations.remove(former);
  }

  async discard(beside: ProjectionStore): Promise<void> {
    this.assertOpen();
    const generation = this.besideOf(beside);
    this.besides.delete(generation);
    await this.generations.remove(generation);
  }

  /** Looks the reader up at each call: one step to the generation that is live then. */
  collection<D extends Document>({ name }: CollectionDefinition<D>): Collection<D> {
    const live = (): Reader => {
      this.assertOpen();
      const found = this.readers.get(name);
      if (!found) throw new Error(`no projection with a collection ${name} was opened`);
      return found.reader;
    };
    live();
    return {
      get: async (id) => live().get(id) as Stored<D> | undefined,
      getMany: async (ids) => {
        const reader = live();
        const found = new Map<string, Stored<D>>();
        for (const id of ids) {
          const document = reader.get(id);
          if (document) found.set(id, document as Stored<D>);
        }
        return found;
      },
      find: async (query) => live().find(query) as readonly Stored<D>[],
      count: async (where) => live().count(where),
    };
  }

  live(): readonly G[] {
    return [...this.projections.values()];
  }

  close(): void {
    this.closed = true;
  }

  get isClosed(): boolean {
    return this.closed;
  }

  assertOpen(): void {
    if (this.closed) throw new Error('the read store is closed');
  }

  private publish(generation: G): void {
    const { name, collections } = generation.shape;
    for (const [collection, { projection }] of this.readers) if (projection === name) this.readers.delete(collection);
    for (const collection of collections)
      this.readers.set(collection.name, { projection: name, reader: generation.reader(collection.name) });
    this.projections.set(name, generation);
  }

  private besideOf(store: ProjectionStore): G {
    for (const beside of this.besides) if (beside === store) return beside;
    throw new TypeError('this generation is not one that is being built beside a live one');
  }

  private assertOwnNames({ name, collections }: ProjectionShape): void {
    for (const collection of collections) {
      const owner = this.readers.get(collection.name)?.projection;
      if (owner !== undefined && owner !== name)
        throw new TypeError(`the collection ${collection.name} belongs to the projection ${owner} already`);
    }
  }
}

/** Everything of a shape that decides how its documents are kept. */
export function fingerprint({ version, keeps, collections }: ProjectionShape): string {
  return JSON.stringify([
    version,
    keeps,
    collections.map(({ name, indexes }) => [
      name,
      indexes.map((index) => [index.name, index.fields, index.unique === true]),
    ]),
  ]);
}
