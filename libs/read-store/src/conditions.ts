import { comparable, rankOf } from './ordering.js';
import type { Condition, Scalar } from './port.js';

/** A range within one type, as in MongoDB: `gt: 5` finds no texts. */
export interface Bounds {
  readonly low?: { readonly value: Scalar; readonly included: boolean };
  readonly high?: { readonly value: Scalar; readonly included: boolean };
}

export type Where = Readonly<Record<string, Condition>>;

/** What a `where` asks, taken apart. */
export interface Conditions {
  /** For each field compared with `=` or `in`: the values, without repeats. */
  readonly equal: ReadonlyMap<string, readonly Scalar[]>;
  readonly range?: { readonly field: string; readonly bounds: Bounds };
  /** More than one range: no index serves them. */
  readonly ranges: readonly string[];
  /** It contradicts itself: a range from a number to a text. */
  readonly never: boolean;
}

const operators = new Set(['gt', 'gte', 'lt', 'lte']);

const isScalar = (value: unknown): value is Scalar =>
  value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);

function scalar(value: unknown, field: string): Scalar {
  if (isScalar(value)) return comparable(value);
  throw new TypeError(
    `the condition on ${field} compares with something that is no text, finite number, boolean or null`,
  );
}

function boundsOf(range: Readonly<Record<string, Scalar>>, field: string): Bounds {
  const names = Object.keys(range);
  const twice = ('gt' in range && 'gte' in range) || ('lt' in range && 'lte' in range);
  if (names.length === 0 || twice || !names.every((name) => operators.has(name)))
    throw new TypeError(`the condition on ${field} is none of: value, in, gt or gte with lt or lte`);
  const end = (excluding: string, including: string): Pick<Bounds, 'low'> => {
    const name = [excluding, including].find((candidate) => candidate in range);
    return name === undefined ? {} : { low: { value: scalar(range[name], field), included: name === including } };
  };
  const { low: high } = end('lt', 'lte');
  return { ...end('gt', 'gte'), ...(high && { high }) };
}

/** Throws a `TypeError` for a condition that means nothing. */
export function readConditions(where: Where = {}): Conditions {
  const equal = new Map<string, readonly Scalar[]>();
  const ranges = new Map<string, Bounds>();
  for (const [field, condition] of Object.entries(where)) {
    if (isScalar(condition)) equal.set(field, [comparable(condition)]);
    else if (typeof condition !== 'object') scalar(condition, field);
    else if ('in' in condition) equal.set(field, [...new Set(condition.in.map((value) => scalar(value, field)))]);
    else ranges.set(field, boundsOf(condition, field));
  }
  const [first] = ranges;
  const never = [...ranges.values()].some(
    ({ low, high }) => low !== undefined && high !== undefined && rankOf(low.value) !== rankOf(high.value),
  );
  return {
    equal,
    ranges: [...ranges.keys()],
    never,
    ...(first && { range: { field: first[0], bounds: first[1] } }),
  };
}
