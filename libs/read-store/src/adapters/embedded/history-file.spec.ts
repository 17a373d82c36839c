import Database from 'better-sqlite3';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planFind } from '../../find-plan.js';
import { at, dumpOf, fill, put, remove, shapeOf, thing, things } from '../../contract/harness.js';
import type { Find } from '../../port.js';
import { EmbeddedReadStore } from './embedded-read-store.js';
import { findSql } from './history-find.js';
import { tablesOf } from './history-schema.js';

const shape = shapeOf('history');

describe('history projections in SQLite', () => {
  let folder: string;
  let warnings: string[];
  let store: EmbeddedReadStore;
  const path = () => join(folder, 'read-models.db');
  const open = async () => {
    store = await EmbeddedReadStore.open({ folder, warn: (message) => warnings.push(message) });
    return store.open(shape);
  };
  const sql = <T>(text: string): T[] => {
    const database = new Database(path());
    try {
      const statement = database.prepare(text);
      return statement.reader ? (statement.pluck().all() as T[]) : [];
    } finally {
      database.close();
    }
  };
  const changeLayout = async () => {
    const database = new Database(path());
    database.pragma('user_version = 99');
    database.close();
  };
  const tables = () =>
    sql<string>("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'g%_%' AND name <> 'generations'");
  const until = async (so: () => boolean) => {
    while (!so()) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'leasebook-history-'));
    warnings = [];
  });
  afterEach(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });

  const finds: [string, Find][] = [
    ['by id', {}],
    [
      'by id, backwards, from the middle',
      { sort: [{ field: '_id', direction: 'descending' }], after: { values: ['t5'], _id: 't5' } },
    ],
    ['a range of ids', { where: { _id: { gt: 't1', lte: 't7' } } }],
    ['by equality', { where: { kind: 'x' } }],
    ['by two equalities', { where: { kind: 'x', at: 4 } }],
    ['a sort', { sort: [{ field: 'number', direction: 'ascending' }], after: { values: [3], _id: 't3' } }],
    [
      'a sort, backwards',
      { sort: [{ field: 'number', direction: 'descending' }], after: { values: [null], _id: 't3' } },
    ],
    [
      'all at once',
      {
        where: { 'service.host': 'h', number: { gte: 1, lt: 9 } },
        sort: [{ field: 'number', direction: 'descending' }],
        after: { values: [5], _id: 't5' },
      },
    ],
    ['a range of one type', { where: { number: { gt: 5 } }, sort: [{ field: 'number', direction: 'ascending' }] }],
  ];
  it.each(finds)('walks an index, and neither the table nor a sorter: %s', async (_, query) => {
    const projection = await open();
    await fill(
      projection,
      Array.from({ length: 20 }, (_, n) => thing(`t${n}`, n)),
    );
    const [table] = tablesOf(1, shape);
    const plan = planFind(things, query);
    const { text, values } = findSql(table!, plan, plan.branches[0]!, 10);
    const database = new Database(path(), { readonly: true });
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(...values) as { detail: string }[];
    database.close();
    expect(steps).toHaveLength(1);
    const fixed = Object.keys(query.where ?? {}).length + (query.after ? 1 : 0);
    expect(steps[0]!.detail).toMatch(fixed > 0 ? /^SEARCH g1_0 USING INDEX g1_0_\w+ \(/ : /^SCAN g1_0 USING INDEX/);
    if (query.after) expect(steps[0]!.detail).toMatch(/[<>]/);
  });

  it('removes the tables of a generation that was replaced, and of one that a crash left', async () => {
    const projection = await open();
    await fill(projection, [thing('a', 1)]);
    const beside = await store.openBeside(shape);
    await fill(beside, [thing('b', 1)]);
    expect(tables().sort()).toEqual(['g1_0', 'g1_1', 'g2_0', 'g2_1']);
    await store.swap(shape, beside);
    await until(() => tables().length === 2);
    expect(tables().sort()).toEqual(['g2_0', 'g2_1']);
    await store.openBeside(shape);
    await store.abandon();
    expect(tables()).toHaveLength(4);
    const again = await open();
    await until(() => tables().length === 2);
    expect(await dumpOf(again)).toEqual(['things {"_id":"b","number":1,"_position":1}']);
    expect(sql('SELECT name FROM counts').sort()).toEqual(['g2_0', 'g2_1']);
    expect(sql('SELECT count(*) FROM generations')).toEqual([1]);
  });

  it.each(['asked to be searchable', 'swapped in'])('makes what only finds need when it is %s', async (when) => {
    const indexesOf = (table: string) =>
      sql<string>(`SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = '${table}' ORDER BY name`);
    await open();
    const beside = await store.openBeside(shape);
    await fill(beside, [thing('a', 1), thing('b', 2)]);
    const all = indexesOf('g1_0').map((name) => name.replace('g1', 'g2'));
    expect(indexesOf('g2_0')).not.toEqual(all);
    if (when === 'swapped in') await store.swap(shape, beside);
    else await beside.makeSearchable();
    expect(indexesOf('g2_0')).toEqual(all);
    await beside.makeSearchable();
    expect(indexesOf('g2_0')).toEqual(all);
  });

  it('starts empty where indexes changed and the version did not', async () => {
    await fill(await open(), [thing('a', 1)]);
    await store.close();
    await open();
    const other = await store.open({ ...shape, collections: [{ ...things, indexes: [] }] });
    expect(await dumpOf(other)).toEqual([]);
  });

  it('keeps no tombstones that the checkpoint has reached', async () => {
    const projection = await open();
    for (let n = 1; n <= 50; n++)
      await projection.apply([put(2 * n, thing(`t${n}`, n)), remove(2 * n + 1, `t${n}`)], at(2 * n + 1));
    expect(sql('SELECT count(*) FROM tombstones')).toEqual([0]);
    await projection.apply([put(200, thing('a', 1)), remove(201, 'a'), remove(202, 'b')], at(150));
    expect(sql('SELECT count(*) FROM tombstones')).toEqual([2]);
    await store.abandon();
    const again = await open();
    await again.apply([put(199, thing('a', 1)), put(202, thing('b', 1))], at(160));
    expect(await dumpOf(again)).toEqual([]);
    await again.apply([], at(300));
    expect(sql('SELECT count(*) FROM tombstones')).toEqual([0]);
  });

  it('throws a file away that is no database, and says so', async () => {
    await fill(await open(), [thing('a', 1)]);
    await store.close();
    await writeFile(path(), 'not a database at all '.repeat(400));
    const again = await open();
    expect(warnings).toEqual([expect.stringContaining('was thrown away')]);
    expect(await again.checkpoint()).toBeUndefined();
    await fill(again, [thing('b', 1)]);
    expect(await dumpOf(again)).toHaveLength(1);
  });

  it('throws a file of another layout away, and one that was found damaged in use', async () => {
    for (const spoil of [changeLayout, async () => writeFile(`${path()}.damaged`, 'malformed')]) {
      await fill(await open(), [thing('a', 1)]);
      await store.close();
      await spoil();
      expect(await dumpOf(await open())).toEqual([]);
      await store.close();
    }
    expect(warnings).toHaveLength(2);
    expect(await dumpOf(await open())).toEqual([]);
    expect(warnings).toHaveLength(2);
  });

  it('finds damage while it reads, says so in its condition, and makes the file anew at the next start', async () => {
    const projection = await open();
    await fill(
      projection,
      Array.from({ length: 3000 }, (_, n) => thing(`t${n}`, n, { kind: 'x'.repeat(200) })),
    );
    await store.close();
    const database = new Database(path());
    const size = Number(database.pragma('page_size', { simple: true }));
    const pages = Number(database.pragma('page_count', { simple: true }));
    database.close();
    const { open: openFile } = await import('node:fs/promises');
    const file = await openFile(path(), 'r+');
    for (let page = 20; page < pages; page++) await file.write(Buffer.alloc(size, 0xee), 0, size, page * size);
    await file.close();
    const again = await open();
    await expect(dumpOf(again)).rejects.toThrow('malformed');
    expect(store.condition()).toMatchObject({ ready: false, reason: expect.stringContaining('damaged') });
    await store.close();
    expect(await dumpOf(await open())).toEqual([]);
    expect(store.condition()).toEqual({ ready: true });
  });

  it('says so when its worker has died, and fails what waits', async () => {
    const projection = await open();
    const { writer } = store as unknown as { writer: { kill(): Promise<void> } };
    const waiting = projection.apply([put(1, thing('a', 1))], at(1)).catch((error: unknown) => error);
    await writer.kill();
    const result = await waiting;
    if (result !== undefined) expect(result).toMatchObject({ message: expect.stringContaining('has ended') });
    expect(store.condition()).toMatchObject({ ready: false });
    await expect(projection.apply([], at(2))).rejects.toThrow('has ended');
  });
});
