import type { Statement } from 'better-sqlite3';
import { followsOn } from '../../checkpoints.js';
import { type Checkpoint, CheckpointConflict, NotUnique, type ProjectionShape, type Scalar } from '../../port.js';
import { fingerprint } from '../../register.js';
import { type Sqlite, sqliteCode } from './history-file.js';
import type { Cell } from './history-protocol.js';
import {
  checkpointOf,
  checkpointText,
  createIndex,
  createTable,
  type HistoryTable,
  indexName,
  sqlValue,
  tableName,
  tablesOf,
} from './history-schema.js';

interface Writer {
  /** Not below any id in the table, in the order of JavaScript; undefined: not known. Ids mostly ascend, and then need no look. */
  greatest: string | undefined;
  readonly table: HistoryTable;
  readonly position: Statement<unknown[], number>;
  readonly insert: Statement;
  readonly update: Statement;
  readonly delete: Statement;
  readonly count: Statement;
}

interface OpenGeneration {
  readonly id: number;
  readonly shape: ProjectionShape;
  readonly writers: readonly Writer[];
  checkpoint: Checkpoint | undefined;
  /** `<collection> <id>` → position; only above the checkpoint. */
  tombstones: ReadonlyMap<string, number>;
}

/** The write side of `read-models.db`, in its worker: one transaction for each batch, its checkpoint included. */
export class HistoryDatabase {
  private readonly generations = new Map<number, OpenGeneration>();

  constructor(private readonly database: Sqlite) {}

  live(shape: ProjectionShape): number {
    const row = this.database.prepare('SELECT shape, generation FROM projections WHERE name = ?').get(shape.name) as
      { shape: string; generation: number } | undefined;
    if (row?.shape === fingerprint(shape)) return this.open(row.generation, shape);
    return this.database.transaction(() => {
      const generation = this.beside(shape);
      this.replace(shape, generation);
      return generation;
    })();
  }

  beside(shape: ProjectionShape): number {
    return this.database.transaction(() => {
      const { lastInsertRowid } = this.database
        .prepare('INSERT INTO generations (name, tables) VALUES (?, ?)')
        .run(shape.name, shape.collections.length);
      const generation = Number(lastInsertRowid);
      for (const table of tablesOf(generation, shape)) this.database.exec(createTable(table));
      return this.open(generation, shape);
    })();
  }

  /** Makes one of the indexes that only finds need; false when there are all of them. */
  addIndex(generation: number): boolean {
    const missing = this.missingIndexes(generation)[0];
    if (missing !== undefined) this.database.exec(missing);
    return missing !== undefined;
  }

  /** What was built beside becomes the live one, and from then on is searched. */
  replace(shape: ProjectionShape, generation: number): void {
    this.database.transaction(() => {
      for (const missing of this.missingIndexes(generation)) this.database.exec(missing);
      this.database
        .prepare('INSERT OR REPLACE INTO projections (name, shape, generation) VALUES (?, ?, ?)')
        .run(shape.name, fingerprint(shape), generation);
    })();
  }

  /** The projection is kept elsewhere from now on. */
  forget(name: string): void {
    this.database.prepare('DELETE FROM projections WHERE name = ?').run(name);
  }

  close(generation: number): void {
    this.generations.delete(generation);
  }

  /** Steps that remove a generation, each short: dropping a big table at once would hold up the batches behind it. */
  *removal(generation: number): Generator<void, void, undefined> {
    const tables = this.database.prepare('SELECT tables FROM generations WHERE id = ?').pluck().get(generation);
    for (let ordinal = 0; ordinal < Number(tables ?? 0); ordinal++) {
      const name = tableName(generation, ordinal);
      const indexes = this.database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ?")
        .pluck()
        .all(name);
      for (const index of indexes) {
        this.database.exec(`DROP INDEX "${String(index)}"`);
        yield;
      }
      this.database.exec(`DROP TABLE IF EXISTS ${name}`);
      this.database.prepare('DELETE FROM counts WHERE name = ?').run(name);
      yield;
    }
    this.database.prepare('DELETE FROM tombstones WHERE generation = ?').run(generation);
    this.database.prepare('DELETE FROM generations WHERE id = ?').run(generation);
  }

  /** Generations that a crash left behind: nobody's live ones. */
  leftovers(): readonly number[] {
    return this.database
      .prepare<[], number>('SELECT id FROM generations WHERE id NOT IN (SELECT generation FROM projections)')
      .pluck()
      .all();
  }

  apply(generation: number, cells: readonly Cell[], checkpoint: Checkpoint): void {
    const open = this.generations.get(generation);
    if (!open) throw new CheckpointConflict(`generation ${generation} was replaced or discarded`);
    if (!followsOn(open.checkpoint, checkpoint, open.shape)) return;
    open.tombstones = this.database.transaction(() => this.write(open, cells, checkpoint)).immediate();
    open.checkpoint = checkpoint;
  }

  putBlob(key: string, text: string): void {
    this.database.prepare('INSERT OR REPLACE INTO blobs (key, text) VALUES (?, ?)').run(key, text);
  }

  deleteBlob(key: string): void {
    this.database.prepare('DELETE FROM blobs WHERE key = ?').run(key);
  }

  private missingIndexes(generation: number): readonly string[] {
    const exists = this.database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?").pluck();
    return (this.generations.get(generation)?.writers ?? []).flatMap(({ table }) =>
      table.definition.indexes
        .filter((index) => exists.get(indexName(table, index)) === undefined)
        .map((index) => createIndex(table, index)),
    );
  }

  private write(open: OpenGeneration, cells: readonly Cell[], checkpoint: Checkpoint): ReadonlyMap<string, number> {
    const tombstones = new Map(open.tombstones);
    const added = open.writers.map(() => 0);
    const written = open.checkpoint?.position ?? -Infinity;
    for (let at = 0; at < cells.length;) {
      const ordinal = cells[at] as number;
      const position = cells[at + 1] as number;
      const id = cells[at + 2] as string;
      const body = cells[at + 3] as string | null;
      const writer = open.writers[ordinal];
      if (!writer) throw new RangeError(`generation ${open.id} has no collection ${ordinal}`);
      const values = body === null ? [] : cells.slice(at + 4, at + 4 + writer.table.fields.length);
      at += 4 + values.length;
      const grave = `${ordinal} ${id}`;
      const former = writer.greatest !== undefined && id > writer.greatest ? undefined : writer.position.get(id);
      if (position <= Math.max(written, former ?? tombstones.get(grave) ?? -Infinity)) continue;
      if (body === null) {
        if (former !== undefined) writer.delete.run(id);
        tombstones.set(grave, position);
      } else {
        if (writer.greatest !== undefined && id > writer.greatest) writer.greatest = id;
        put(writer, { id, position, body, values }, former !== undefined);
        tombstones.delete(grave);
      }
      added[ordinal] = (added[ordinal] ?? 0) + Number(body !== null) - Number(former !== undefined);
    }
    added.forEach((documents, ordinal) => documents !== 0 && open.writers[ordinal]?.count.run(documents));
    for (const [grave, position] of tombstones) if (position <= checkpoint.position) tombstones.delete(grave);
    if (open.tombstones.size > 0 || tombstones.size > 0) this.keepTombstones(open.id, tombstones);
    this.database
      .prepare('UPDATE generations SET checkpoint = ? WHERE id = ?')
      .run(checkpointText(checkpoint), open.id);
    return tombstones;
  }

  private keepTombstones(generation: number, tombstones: ReadonlyMap<string, number>): void {
    this.database.prepare('DELETE FROM tombstones WHERE generation = ?').run(generation);
    const insert = this.database.prepare(
      'INSERT INTO tombstones (generation, collection, id, position) VALUES (?, ?, ?, ?)',
    );
    for (const [grave, position] of tombstones) {
      const space = grave.indexOf(' ');
      insert.run(generation, Number(grave.slice(0, space)), grave.slice(space + 1), position);
    }
  }

  private open(id: number, shape: ProjectionShape): number {
    if (this.generations.has(id)) return id;
    const checkpoint = this.database.prepare('SELECT checkpoint FROM generations WHERE id = ?').pluck().get(id) as
      string | null;
    const graves = this.database
      .prepare('SELECT collection, id, position FROM tombstones WHERE generation = ?')
      .all(id) as {
      collection: number;
      id: string;
      position: number;
    }[];
    this.generations.set(id, {
      id,
      shape,
      writers: tablesOf(id, shape).map((table) => this.writer(table, checkpoint === null)),
      checkpoint: checkpointOf(checkpoint),
      tombstones: new Map(graves.map((grave) => [`${grave.collection} ${grave.id}`, grave.position])),
    });
    return id;
  }

  private writer(table: HistoryTable, isEmpty: boolean): Writer {
    const columns = table.fields.map((_, n) => `c${n}`);
    const { name } = table;
    return {
      // What a former process wrote is in SQLite's order, which is another one for some letters.
      greatest: isEmpty ? '' : undefined,
      table,
      position: this.database.prepare<unknown[], number>(`SELECT position FROM ${name} WHERE id = ?`).pluck(),
      insert: this.database.prepare(
        `INSERT INTO ${name} (${['position', 'body', ...columns, 'id'].join(', ')}) VALUES (?, ?, ?${', ?'.repeat(columns.length)})`,
      ),
      update: this.database.prepare(
        `UPDATE ${name} SET ${['position', 'body', ...columns].map((column) => `${column} = ?`).join(', ')} WHERE id = ?`,
      ),
      delete: this.database.prepare(`DELETE FROM ${name} WHERE id = ?`),
      count: this.database.prepare(`UPDATE counts SET documents = documents + ? WHERE name = '${name}'`),
    };
  }
}

interface Row {
  readonly id: string;
  readonly position: number;
  readonly body: string;
  readonly values: readonly Scalar[];
}

function put({ table, insert, update }: Writer, { id, position, body, values }: Row, exists: boolean): void {
  try {
    (exists ? update : insert).run(position, body, ...values.map(sqlValue), id);
  } catch (error) {
    if (sqliteCode(error) !== 'SQLITE_CONSTRAINT_UNIQUE') throw error;
    throw new NotUnique(`document ${id} of ${table.definition.name} has the values of another in a unique index`);
  }
}
