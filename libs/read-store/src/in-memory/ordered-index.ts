import sortedBTree from 'sorted-btree';
import { keyOf } from '../find-plan.js';
import { after, before, fieldReader, type Key } from '../ordering.js';
import { type Document, type IndexDefinition, NotUnique, type Stored } from '../port.js';
import type { Stretch } from '../stretch.js';
import { compareSortableKeys as compare, sortableKey } from './sortable-key.js';

const BTree = sortedBTree.default;

/** A document in its place; the next version of it takes the place over wherever its keys stay what they are. */
export interface Held {
  document: Stored<Document>;
  /** In the order of the collection's indexes. */
  keys: readonly Key[];
}

/** Documents in the order of one index; the key is the values of its fields, then the `_id`. */
export class OrderedIndex {
  private readonly tree = new BTree<Key, Held>(undefined, compare, 64);
  private readonly readers: readonly ((document: Document) => Key[number])[];
  /** How many values must differ from those of every other document. */
  private readonly uniqueValues: number;

  constructor(readonly definition: IndexDefinition | undefined) {
    const key = keyOf(definition);
    this.readers = key.map(fieldReader);
    this.uniqueValues = definition?.unique ? key.filter((field) => field !== '_id').length : 0;
  }

  /** Throws `InvalidDocument`. */
  keyFor(document: Document): Key {
    return sortableKey(this.readers.map((read) => read(document)));
  }

  /** Throws `NotUnique` when another document has these values. */
  checkUnique(key: Key, id: string): void {
    if (this.uniqueValues === 0) return;
    const values = key.slice(0, this.uniqueValues);
    const high = after(values);
    for (const [found, { document }] of this.tree.entries(before(values))) {
      if (compare(found, high) > 0) return;
      if (document._id !== id)
        throw new NotUnique(
          `documents ${document._id} and ${id} have the same values in ${this.definition?.name ?? '_id'}`,
        );
    }
  }

  set(key: Key, held: Held): void {
    this.tree.set(key, held);
  }

  /** What had the former key goes where the two differ. Answers the one that the tree holds. */
  move(former: Key, key: Key, held: Held): Key {
    if (compare(former, key) === 0) return former;
    this.tree.delete(former);
    this.tree.set(key, held);
    return key;
  }

  delete(key: Key): void {
    this.tree.delete(key);
  }

  *walk(stretch: Stretch, descending: boolean): Generator<Stored<Document>, void, undefined> {
    const { entries, isBeyond } = this.look(stretch, descending);
    for (const entry of entries) {
      if (isBeyond(entry[0])) return;
      yield entry[1].document;
    }
  }

  /** The same without a generator, for pages. */
  take(stretch: Stretch, descending: boolean, limit: number): Stored<Document>[] {
    const { entries, isBeyond } = this.look(stretch, descending);
    const taken: Stored<Document>[] = [];
    const keys: Key[] = [];
    // The end is looked for after 1, 2, 4, … documents only: most pages end before their stretch does.
    let nextLook = 1;
    for (const entry of entries) {
      keys.push(entry[0]);
      taken.push(entry[1].document);
      if (taken.length < nextLook && taken.length < limit) continue;
      if (isBeyond(entry[0])) break;
      if (taken.length === limit) return taken;
      nextLook *= 2;
    }
    taken.length = firstOf(keys, isBeyond);
    return taken;
  }

  count(stretch: Stretch): number {
    const [low, high] = [sortableKey(stretch.low), sortableKey(stretch.high)];
    return compare(low, high) < 0 ? this.tree.forRange(low, high, false) : 0;
  }

  /** A fixed look at all documents in order, at the cost of two pointers each. */
  all(): Stored<Document>[] {
    return this.tree.valuesArray().map(({ document }) => document);
  }

  private look(stretch: Stretch, descending: boolean) {
    const [low, high] = [sortableKey(stretch.low), sortableKey(stretch.high)];
    const reused: (Key | Held)[] = [];
    return {
      entries: descending ? this.tree.entriesReversed(high, reused) : this.tree.entries(low, reused),
      isBeyond: descending ? (key: Key) => compare(key, low) < 0 : (key: Key) => compare(key, high) > 0,
    };
  }
}

/** Where in these keys the first one is for which it is so, as it is for all behind; their number where there is none. */
function firstOf(keys: readonly Key[], so: (key: Key) => boolean): number {
  let [from, to] = [0, keys.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const key = keys[middle];
    if (key !== undefined && so(key)) to = middle;
    else from = middle + 1;
  }
  return from;
}
