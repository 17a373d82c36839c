import sortedBTree from 'sorted-btree';
import { fieldReader, type Key } from '../ordering.js';
import type { Document, Scalar, Stored } from '../port.js';
import { compareSortableKeys as compare, sortableKey } from './sortable-key.js';

const BTree = sortedBTree.default;

type Read = (document: Document) => Scalar;

export interface MergeOrder {
  /** The last is `_id`, so that no two documents are equal. */
  readonly order: readonly string[];
  readonly descending: boolean;
  readonly limit: number;
}

/** The first documents of several walks, each of them in that order; takes from a walk only as far as needed. */
export function merge(
  walks: Iterable<Iterator<Stored<Document>, unknown, undefined>>,
  { order, descending, limit }: MergeOrder,
): readonly Stored<Document>[] {
  const readers: readonly Read[] = order.map(fieldReader);
  const inOrder = descending ? (a: Key, b: Key) => compare(b, a) : compare;
  const heads = new BTree<Key, { document: Stored<Document>; walk: Iterator<Stored<Document>, unknown, undefined> }>(
    undefined,
    inOrder,
  );
  const advance = (walk: Iterator<Stored<Document>, unknown, undefined>) => {
    const next = walk.next();
    if (next.done !== true)
      heads.set(sortableKey(readers.map((read) => read(next.value))), { document: next.value, walk });
  };
  for (const walk of walks) advance(walk);
  const merged: Stored<Document>[] = [];
  for (let key = heads.minKey(); key !== undefined && merged.length < limit; key = heads.minKey()) {
    const head = heads.get(key);
    heads.delete(key);
    if (!head) break;
    merged.push(head.document);
    advance(head.walk);
  }
  return merged;
}
