import { planCount, planFind } from '../find-plan.js';
import {
  type CollectionDefinition,
  type Document,
  type DocumentWrite,
  type Find,
  type IndexDefinition,
  InvalidDocument,
  type Stored,
} from '../port.js';
import { type Where } from '../conditions.js';
import { type Key, validId } from '../ordering.js';
import { storedAt } from '../stored.js';
import { merge } from './merge.js';
import { type Held, OrderedIndex } from './ordered-index.js';
import { stretchOf } from '../stretch.js';

/** Puts one document (or its absence) back as it was before a write. */
export type Undo = () => void;

const nothing: Undo = () => undefined;

/** The documents of one collection in memory, with ordered indexes and conditional writes (C17). */
export class HeldCollection {
  private readonly documents = new Map<string, Held>();
  private readonly tombstones = new Map<string, number>();
  private readonly byId = new OrderedIndex(undefined);
  private readonly indexes: ReadonlyMap<IndexDefinition | undefined, OrderedIndex>;
  /** The same, in the order of a document's keys. */
  private readonly inOrder: readonly OrderedIndex[];

  constructor(
    readonly definition: CollectionDefinition,
    private readonly inspect: (document: Stored<Document>) => void = () => undefined,
  ) {
    this.indexes = new Map([
      [undefined, this.byId],
      ...definition.indexes.map((index) => [index, new OrderedIndex(index)] as const),
    ]);
    this.inOrder = [...this.indexes.values()];
  }

  get size(): number {
    return this.documents.size;
  }

  get(id: string): Stored<Document> | undefined {
    return this.documents.get(id)?.document;
  }

  find(query?: Find): readonly Stored<Document>[] {
    const plan = planFind(this.definition, query);
    const index = this.indexOf(plan.index);
    const stretches = plan.branches.map((branch) => stretchOf(branch, plan.bounds, plan.descending));
    const [only] = stretches;
    if (only && stretches.length === 1) return index.take(only, plan.descending, plan.limit);
    return merge(
      stretches.map((stretch) => index.walk(stretch, plan.descending)),
      plan,
    );
  }

  count(where: Where = {}): number {
    if (Object.keys(where).length === 0) return this.size;
    const plan = planCount(this.definition, where);
    const index = this.indexOf(plan.index);
    return plan.branches.reduce((sum, branch) => sum + index.count(stretchOf(branch, plan.bounds, false)), 0);
  }

  /** All documents as they are now, in the order of their ids. */
  all(): readonly Stored<Document>[] {
    return this.byId.all();
  }

  /** Throws `InvalidDocument`, `NotUnique` before anything has changed. */
  write(write: DocumentWrite): Undo {
    const id = write.kind === 'put' ? write.document._id : write.id;
    if (!validId(id))
      throw new InvalidDocument(
        `a document of ${this.definition.name} has an _id that is no text, empty or not Unicode`,
      );
    const held = this.documents.get(id);
    const former = held?.document;
    const tombstone = this.tombstones.get(id);
    if (write.position <= (former?._position ?? tombstone ?? -Infinity)) return nothing;
    if (write.kind === 'delete') {
      if (held) this.remove(held);
      this.tombstones.set(id, write.position);
    } else {
      const document = storedAt(write.document, write.position);
      this.inspect(document);
      this.put(document, held);
      this.tombstones.delete(id);
    }
    return () => this.restore(id, former, tombstone);
  }

  /** As read from a snapshot: whole, and known to be new. */
  load(document: Stored<Document>): void {
    this.put(document, undefined);
  }

  dropTombstones(upTo: number): void {
    for (const [id, position] of this.tombstones) if (position <= upTo) this.tombstones.delete(id);
  }

  private indexOf(definition: IndexDefinition | undefined): OrderedIndex {
    return this.indexes.get(definition) ?? this.byId;
  }

  private put(document: Stored<Document>, held: Held | undefined): void {
    // Mapped, not pushed: an array that grows keeps room for 17, and there is one for each document.
    const keys = this.inOrder.map((index) => {
      const key = index.keyFor(document);
      index.checkUnique(key, document._id);
      return key;
    });
    if (held) this.replace(held, document, keys);
    else this.insert({ document, keys });
  }

  private insert(held: Held): void {
    this.inOrder.forEach((index, at) => index.set(held.keys[at] ?? [], held));
    this.documents.set(held.document._id, held);
  }

  private replace(held: Held, document: Stored<Document>, keys: readonly Key[]): void {
    held.keys = this.inOrder.map((index, at) => index.move(held.keys[at] ?? [], keys[at] ?? [], held));
    held.document = document;
  }

  private remove(held: Held): void {
    this.inOrder.forEach((index, at) => index.delete(held.keys[at] ?? []));
    this.documents.delete(held.document._id);
  }

  private restore(id: string, former: Stored<Document> | undefined, tombstone: number | undefined): void {
    const present = this.documents.get(id);
    if (present) this.remove(present);
    if (former) this.put(former, undefined);
    if (tombstone === undefined) this.tombstones.delete(id);
    else this.tombstones.set(id, tombstone);
  }
}
