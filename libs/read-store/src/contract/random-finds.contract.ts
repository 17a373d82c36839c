import fc from 'fast-check';
import type { CollectionDefinition, Document, Find, Scalar, SortField } from '../port.js';
import { at, type CreateHarness, ids, type Keeps, put, shapeOf } from './harness.js';

type Row = Document & { readonly a?: Scalar; readonly b?: Scalar; readonly c?: Scalar };

const rows: CollectionDefinition<Row> = {
  name: 'rows',
  indexes: [
    { name: 'a', fields: ['a'] },
    { name: 'ab', fields: ['a', 'b'] },
    { name: 'cab', fields: ['c', 'a', 'b'] },
  ],
};

const scalars: Scalar[] = [null, -1, 0, 0.5, 3, '', '3', 'x', 'xy', '\uffff', '😀', '\ud800', false, true];
const scalar = fc.constantFrom(...scalars);
const row = fc.record({ a: scalar, b: scalar, c: scalar }, { requiredKeys: [] });

/** A find that an index serves: the first fields of its key by `=` or `in`, perhaps a range, sorted by the rest. */
const find = fc
  .record({
    key: fc.constantFrom(['_id'], ['a', '_id'], ['a', 'b', '_id'], ['c', 'a', 'b', '_id']),
    equal: fc.nat({ max: 3 }),
    values: fc.array(fc.oneof(scalar, fc.record({ in: fc.array(scalar, { maxLength: 3 }) })), {
      minLength: 3,
      maxLength: 3,
    }),
    range: fc.option(
      fc.oneof(
        fc.record({ gt: scalar, lte: scalar }, { requiredKeys: ['gt'] }),
        fc.record({ gte: scalar, lt: scalar }, { requiredKeys: ['lt'] }),
      ),
    ),
    direction: fc.constantFrom<SortField['direction']>('ascending', 'descending'),
    sortsByAll: fc.boolean(),
    limit: fc.integer({ min: 1, max: 8 }),
  })
  .map(
    ({
      key,
      equal,
      values,
      range,
      direction,
      sortsByAll,
      limit,
    }): Find & { sort: readonly SortField[]; limit: number } => {
      const fields = key.slice(0, -1);
      const fixed = fields.slice(0, equal);
      const next = key[fixed.length] ?? '_id';
      return {
        where: {
          ...Object.fromEntries(fixed.map((field, n) => [field, values[n] ?? null])),
          ...(range && { [next]: range }),
        },
        sort: [...(sortsByAll ? fields : fields.slice(equal)), '_id'].map((field) => ({ field, direction })),
        limit,
      };
    },
  );

const utf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const rank = (value: Scalar) => (value === null ? 0 : { number: 1, string: 2, boolean: 3 }[typeof value as 'number']);
const compare = (a: Scalar, b: Scalar): number => {
  if (typeof a === 'string' && typeof b === 'string') return utf8(a, b);
  return rank(a) - rank(b) || Number(a) - Number(b);
};
const valueOf = (document: Row, field: string): Scalar =>
  (document as unknown as Record<string, Scalar>)[field] ?? null;

/** The same find by looking at everything, as one would write it without any index. */
function expected(all: readonly Row[], query: ReturnType<typeof find.generate>['value']): readonly Row[] {
  const matches = (document: Row) =>
    Object.entries(query.where ?? {}).every(([field, condition]) => {
      const value = valueOf(document, field);
      if (condition === null || typeof condition !== 'object') return compare(value, condition) === 0;
      if ('in' in condition) return condition.in.some((one) => compare(value, one) === 0);
      const fits = (end: Scalar | undefined, holds: (order: number) => boolean) =>
        end === undefined || (rank(value) === rank(end) && holds(compare(value, end)));
      return (
        fits(condition.gt, (o) => o > 0) &&
        fits(condition.gte, (o) => o >= 0) &&
        fits(condition.lt, (o) => o < 0) &&
        fits(condition.lte, (o) => o <= 0)
      );
    });
  const order = (x: Row, y: Row) => {
    const first =
      query.sort.map(({ field }) => compare(valueOf(x, field), valueOf(y, field))).find((o) => o !== 0) ?? 0;
    return query.sort.some(({ direction }) => direction === 'descending') ? -first : first;
  };
  return all.filter(matches).sort(order);
}

export function randomFindsSuite(create: CreateHarness, keeps: Keeps): void {
  it('any find that an index serves gives, page by page, what looking at everything gives', async () => {
    const harness = await create();
    const store = await harness.open();
    let round = 0;
    const searching = fc.assert(
      fc.asyncProperty(
        fc.array(row, { maxLength: 40 }),
        fc.array(find, { minLength: 1, maxLength: 12 }),
        async (values, finds) => {
          const name = `random-${round++}`;
          const collection = { ...rows, name };
          const projection = await store.open(shapeOf(keeps, { name, collections: [collection] }));
          const all = values.map((value, n): Row => ({ _id: `r${n}`, ...value }));
          await projection.apply(
            all.map((document, n) => put(n + 1, document, name)),
            at(all.length + 1),
          );
          const reader = store.collection(collection);
          for (const query of finds) {
            const wanted = ids(expected(all, query));
            const read: string[] = [];
            let after: Find['after'];
            for (let full = true; full;) {
              const page: readonly Row[] = await reader.find({ ...query, ...(after && { after }) });
              read.push(...ids(page));
              const last = page.at(-1);
              full = page.length === query.limit && last !== undefined;
              if (last) after = { values: query.sort.map(({ field }) => valueOf(last, field)), _id: last._id };
            }
            expect(read).toEqual(wanted);
            expect(await reader.count(query.where)).toBe(wanted.length);
          }
        },
      ),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 60 },
    );
    await searching.finally(async () => {
      await store.close();
      await harness.remove();
    });
  });
}
