import type { Collection, Document, Find, Scalar, Stored } from '#read-store';

/** Largest page that a read store gives. */
const pageSize = 10_000;

/** Everything that a find gives, over as many pages as it takes. The sort names fields of the documents themselves. */
export async function everyPageOf<D extends Document>(
  collection: Collection<D>,
  { where = {}, sort = [] }: Pick<Find, 'where' | 'sort'> = {},
): Promise<readonly Stored<D>[]> {
  const query = { where, sort, limit: pageSize };
  const found = [...(await collection.find(query))];
  let last = found.at(-1);
  while (last !== undefined && found.length % pageSize === 0) {
    const page = await collection.find({ ...query, after: { values: valuesOf(last, sort), _id: last._id } });
    for (const document of page) found.push(document);
    last = page.at(-1);
  }
  return found;
}

function valuesOf(document: Document, sort: Find['sort'] = []): readonly Scalar[] {
  return sort.map(({ field }) => (document as unknown as Readonly<Record<string, Scalar>>)[field] ?? null);
}
