import type { Bounds } from './conditions.js';
import type { Branch } from './find-plan.js';
import { after, afterType, before, beforeType, compareKeys, type Key } from './ordering.js';

/** A part of an index between two cuts, which equal no key. */
export interface Stretch {
  readonly low: Key;
  readonly high: Key;
}

/** What a branch, the bounds on its next field and the start of the page leave of the index. */
export function stretchOf({ values, start }: Branch, bounds: Bounds | undefined, descending: boolean): Stretch {
  const { low, high } = bounds ? within(values, bounds) : { low: before(values), high: after(values) };
  if (!start) return { low, high };
  const parts = [...values, ...start.values];
  const from = start.included === descending ? after(parts) : before(parts);
  if (descending) return { low, high: compareKeys(from, high) < 0 ? from : high };
  return { low: compareKeys(from, low) > 0 ? from : low, high };
}

/** A range holds values of the type of its ends only. */
function within(values: Key, { low, high }: Bounds): Stretch {
  const type = low?.value ?? high?.value ?? null;
  return {
    low: low ? (low.included ? before : after)([...values, low.value]) : before([...values, beforeType(type)]),
    high: high ? (high.included ? after : before)([...values, high.value]) : after([...values, afterType(type)]),
  };
}
