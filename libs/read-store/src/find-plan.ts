import { type Conditions, readConditions, type Bounds, type Where } from './conditions.js';
import { comparable, compareParts } from './ordering.js';
import { type CollectionDefinition, type Find, type IndexDefinition, NoIndex, type Scalar } from './port.js';

/**
 * Which finds are covered: the one rule for every adapter. An index is walked in the order of its key: its fields,
 * then `_id`; besides the declared ones there is the index on `_id` alone. A find is covered when
 *
 * - the fields compared with `=` or `in` are, in any order, the first fields of the key,
 * - a range, at most one, is on the next field of the key, and
 * - the sort names the rest of the key: all of it, in its order, in one direction. The `_id` at the end may be left
 *   out; fields compared with `=` or `in` may stand anywhere in the sort.
 *
 * So a page costs what it returns. A count needs only the first two. Nothing else is served: it would scan or sort.
 */
export interface FindPlan {
  /** Undefined: the one on `_id`. */
  readonly index: IndexDefinition | undefined;
  readonly key: readonly string[];
  readonly branches: readonly Branch[];
  /** On the field after the branch's values. */
  readonly bounds: Bounds | undefined;
  /** The fields that decide the order among the branches; the last is `_id`. */
  readonly order: readonly string[];
  readonly descending: boolean;
  readonly limit: number;
}

/** One stretch of the index: the keys that begin with these values (one branch for each combination of `in`). */
export interface Branch {
  readonly values: readonly Scalar[];
  /** Where the page starts within it: values of the next fields of the key, themselves included or not. */
  readonly start?: { readonly values: readonly Scalar[]; readonly included: boolean };
}

export type CountPlan = Pick<FindPlan, 'index' | 'key' | 'branches' | 'bounds'>;

export const defaultLimit = 1000;
export const maxLimit = 10_000;
/** Of combinations of the values of all `in`s. */
const maxBranches = 10_000;

export function keyOf(index: IndexDefinition | undefined): readonly string[] {
  const fields = index?.fields ?? [];
  const id = fields.indexOf('_id');
  return id < 0 ? [...fields, '_id'] : fields.slice(0, id + 1);
}

export function planFind(definition: CollectionDefinition, query: Find = {}): FindPlan {
  const limit = query.limit ?? defaultLimit;
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit)
    throw new RangeError(`a page has 1 to ${maxLimit} documents, not ${limit}`);
  const conditions = readConditions(query.where);
  const sort = (query.sort ?? []).map(({ field }) => field);
  if (query.after && query.after.values.length !== sort.length)
    throw new RangeError(`the page starts after ${query.after.values.length} values, but is sorted by ${sort.length}`);
  const directions = new Set((query.sort ?? []).map(({ direction }) => direction));
  const order = sort.at(-1) === '_id' ? sort : [...sort, '_id'];
  const rest = order.filter((field) => !conditions.equal.has(field));
  const index = directions.size > 1 ? undefined : choose(definition, conditions, (key) => same(key, rest));
  if (!index) throw new NoIndex(explain(definition, conditions, query));
  const descending = directions.has('descending');
  const places =
    query.after &&
    new Map([...sort.map((field, at) => [field, query.after?.values[at] ?? null] as const), ['_id', query.after._id]]);
  return {
    ...index,
    bounds: conditions.range?.bounds,
    branches: branchesOf(index.key, conditions).flatMap((branch) =>
      places ? startAfter(branch, index.key, { order, places, descending }) : [branch],
    ),
    order,
    descending,
    limit,
  };
}

export function planCount(definition: CollectionDefinition, where: Where): CountPlan {
  const conditions = readConditions(where);
  const index = choose(definition, conditions, () => true);
  if (!index) throw new NoIndex(explain(definition, conditions, {}));
  return { ...index, bounds: conditions.range?.bounds, branches: branchesOf(index.key, conditions) };
}

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((field, at) => field === b[at]);

function choose(
  definition: CollectionDefinition,
  { equal, range, ranges }: Conditions,
  sorted: (rest: readonly string[]) => boolean,
) {
  if (ranges.length > 1 || (range && equal.has(range.field))) return undefined;
  for (const index of [undefined, ...definition.indexes]) {
    const key = keyOf(index);
    const rest = key.slice(equal.size);
    const leads = key.slice(0, equal.size).filter((field) => equal.has(field)).length === equal.size;
    if (leads && (!range || rest[0] === range.field) && sorted(rest)) return { index, key };
  }
  return undefined;
}

function branchesOf(key: readonly string[], { equal, never }: Conditions): readonly Branch[] {
  if (never) return [];
  let combinations: Scalar[][] = [[]];
  for (const field of key.slice(0, equal.size)) {
    const values = equal.get(field) ?? [];
    if (combinations.length * values.length > maxBranches)
      throw new RangeError(`more than ${maxBranches} combinations of values to look for`);
    combinations = combinations.flatMap((sofar) => values.map((value) => [...sofar, value]));
  }
  return combinations.map((values) => ({ values }));
}

interface Page {
  readonly order: readonly string[];
  readonly places: ReadonlyMap<string, Scalar>;
  readonly descending: boolean;
}

/** Walks the sort until a field that is fixed in this branch puts all of it before or after the place. */
function startAfter(branch: Branch, key: readonly string[], { order, places, descending }: Page): readonly Branch[] {
  const values: Scalar[] = [];
  let included = false;
  for (const field of order) {
    const place = comparable(places.get(field) ?? null);
    const fixed = key.indexOf(field);
    if (fixed >= branch.values.length) {
      values.push(place);
      continue;
    }
    const comparison = compareParts(branch.values[fixed] ?? null, place) * (descending ? -1 : 1);
    if (comparison === 0) continue;
    included = comparison > 0;
    break;
  }
  if (values.length === 0) return included ? [branch] : [];
  return [{ ...branch, start: { values, included } }];
}

function explain(definition: CollectionDefinition, { equal, ranges }: Conditions, query: Find): string {
  const sort = (query.sort ?? []).map(({ field, direction }) => `${field} ${direction}`);
  const asked = [
    ...[...equal.keys()].map((field) => `${field} =`),
    ...ranges.map((field) => `${field} in a range`),
    `sorted by ${sort.join(', ') || '_id'}`,
  ];
  const fields = [...new Set([...equal.keys(), ...(query.sort ?? []).map(({ field }) => field), ...ranges])];
  return `no index of ${definition.name} serves: ${asked.join(', ')}. It would take one on (${fields.join(', ')}), sorted by its rest`;
}
