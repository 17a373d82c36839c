import { toUSVString } from 'node:util';
import { type Document, InvalidDocument, type Scalar } from './port.js';

/**
 * The order of indexed values, the same in every adapter: null (or absent) < numbers < texts in the order of their
 * UTF-8 bytes < false < true. It is also the order of MongoDB, and of SQLite with the codes of its adapter.
 */
const ranks = { null: 0, number: 1, string: 2, boolean: 3 } as const;

/** A place between values, so that the end of a range never equals a key. */
export class Edge {
  constructor(readonly rank: number) {}
}

export type Part = Scalar | Edge;
/** What an index is ordered by: a value for each of its fields, then the `_id`. Or a cut between such keys. */
export type Key = readonly Part[];

const lowest = new Edge(-1);
const highest = new Edge(9);

/** The place before every key that begins with these parts. */
export const before = (parts: Key): Key => [...parts, lowest];
/** The place after every key that begins with these parts. */
export const after = (parts: Key): Key => [...parts, highest];
/** The places before and after all values of the type of this one. */
export const beforeType = (value: Scalar): Edge => new Edge(rankOf(value) - 0.5);
export const afterType = (value: Scalar): Edge => new Edge(rankOf(value) + 0.5);

export function rankOf(part: Part): number {
  if (part === null) return ranks.null;
  if (typeof part === 'object') return part.rank;
  return ranks[typeof part as 'number' | 'string' | 'boolean'];
}

/** UTF-16 puts surrogates below U+E000 … U+FFFF; UTF-8 puts what they stand for above. Otherwise the two orders agree. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    if (left >= 0xd800 && right >= 0xd800) {
      const [leftIsSurrogate, rightIsSurrogate] = [left < 0xe000, right < 0xe000];
      if (leftIsSurrogate !== rightIsSurrogate) return leftIsSurrogate ? 1 : -1;
    }
    return left - right;
  }
  return a.length - b.length;
}

export function compareParts(a: Part, b: Part): number {
  if (typeof a === 'string' && typeof b === 'string') return compareTexts(a, b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return rankOf(a) - rankOf(b) || Number(a) - Number(b) || 0;
}

export function compareKeys(a: Key, b: Key): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const order = compareParts(a[at] as Part, b[at] as Part);
    if (order !== 0) return order;
  }
  if (a.length === b.length) return 0;
  // The longer one is a cut that ends in an edge: before or after all that begins like the shorter one.
  return a.length > b.length ? rankOf(a[length] as Part) : -rankOf(b[length] as Part);
}

/** Texts are compared by their bytes, and half a surrogate pair has none of its own. */
export function comparable(value: Scalar): Scalar {
  return typeof value === 'string' ? toUSVString(value) : value;
}

/** Reads `service.host`; null where a step is absent. Throws `InvalidDocument` where the value is not a scalar. */
export function fieldReader(path: string): (document: Document) => Scalar {
  const steps = path.split('.');
  if (steps.length === 1)
    return (document) =>
      indexable(
        Object.hasOwn(document, path) ? (document as unknown as Record<string, unknown>)[path] : undefined,
        path,
        document,
      );
  return (document) => {
    let value: unknown = document;
    for (const step of steps) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
      value = Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
    }
    return indexable(value, path, document);
  };
}

function indexable(value: unknown, path: string, document: Document): Scalar {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return comparable(value);
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))) return value;
  throw new InvalidDocument(
    `document ${document._id}: ${path} is indexed and is neither text, finite number, boolean nor null`,
  );
}

/** An `_id` is a text that is not empty and has a UTF-8 form of its own. */
export function validId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && toUSVString(id) === id;
}
