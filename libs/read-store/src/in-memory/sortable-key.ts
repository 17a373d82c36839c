import { compareParts, type Key, type Part, rankOf } from '../ordering.js';

const aboveOrSurrogate = /[\ud800-\uffff]/;

/**
 * A text whose UTF-16 order is the UTF-8 order of the given one: surrogates change places with what UTF-16 puts above
 * them. So keys in memory are compared by the engine's own comparison, ten times as fast as one by characters.
 */
function sortable(part: Part): Part {
  if (typeof part !== 'string' || !aboveOrSurrogate.test(part)) return part;
  return part.replace(/[\ud800-\uffff]/g, (unit) => {
    const code = unit.charCodeAt(0);
    return String.fromCharCode(code >= 0xe000 ? code - 0x800 : code + 0x2000);
  });
}

/** A key as the trees of this folder hold it. */
export const sortableKey = (key: Key): Key => key.map(sortable);

/** The order of `compareKeys`, for keys that were made sortable. */
export function compareSortableKeys(a: Key, b: Key): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const left = a[at] as Part;
    const right = b[at] as Part;
    if (left === right) continue;
    if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : 1;
    const order = compareParts(left, right);
    if (order !== 0) return order;
  }
  if (a.length === b.length) return 0;
  // The longer one is a cut that ends in an edge: before or after all that begins like the shorter one.
  return a.length > b.length ? rankOf(a[length] as Part) : -rankOf(b[length] as Part);
}
