import Database, { type Statement } from 'better-sqlite3';
import { writeFileSync } from 'node:fs';
import type { Where } from '../../conditions.js';
import { type Branch, type FindPlan, planCount, planFind } from '../../find-plan.js';
import { merge } from '../../in-memory/merge.js';
import { fieldReader } from '../../ordering.js';
import type { Checkpoint, Document, Find, Stored } from '../../port.js';
import { countSql, findSql } from './history-find.js';
import { damagedMark, isDamage, type Sqlite } from './history-file.js';
import { checkpointOf, type HistoryTable } from './history-schema.js';

interface Row {
  readonly position: number;
  readonly body: string;
}

/** Among several branches, how many documents one look at a branch takes at least. */
const leastTaken = 16;
const dumpedAtOnce = 500;

/** Reads `read-models.db` on a connection of its own in the process's thread: a look takes microseconds, handing it over would take more. */
export class HistoryReader {
  private readonly database: Sqlite;
  private readonly statements = new Map<string, Statement>();
  private damage: Error | undefined;

  constructor(private readonly path: string) {
    this.database = new Database(path, { readonly: true, fileMustExist: true });
  }

  /** Why it must be thrown away; undefined while it is sound. */
  get failure(): Error | undefined {
    return this.damage;
  }

  checkpoint(generation: number): Checkpoint | undefined {
    return this.guarded(() =>
      checkpointOf(
        this.statement('SELECT checkpoint FROM generations WHERE id = ?').pluck().get(generation) as
          string | null | undefined,
      ),
    );
  }

  blob(key: string): string | undefined {
    return this.guarded(
      () => this.statement('SELECT text FROM blobs WHERE key = ?').pluck().get(key) as string | undefined,
    );
  }

  get(table: HistoryTable, id: string): Stored<Document> | undefined {
    return this.guarded(() => {
      const row = this.statement(`SELECT position, body FROM ${table.name} WHERE id = ?`).get(id) as Row | undefined;
      return row && documentOf(row);
    });
  }

  find(table: HistoryTable, query?: Find): readonly Stored<Document>[] {
    const plan = planFind(table.definition, query);
    const [only] = plan.branches;
    return this.guarded(() =>
      only && plan.branches.length === 1
        ? this.take(table, plan, only, plan.limit)
        : merge(
            plan.branches.map((branch) => this.walk(table, plan, branch)),
            plan,
          ),
    );
  }

  count(table: HistoryTable, where: Where = {}): number {
    return this.guarded(() => {
      if (Object.keys(where).length === 0)
        return Number(this.statement('SELECT documents FROM counts WHERE name = ?').pluck().get(table.name) ?? 0);
      const plan = planCount(table.definition, where);
      const counts = plan.branches.map((branch) => {
        const { text, values } = countSql(table, plan, branch);
        return Number(
          this.statement(text)
            .pluck()
            .get(...values),
        );
      });
      return counts.reduce((sum, count) => sum + count, 0);
    });
  }

  /** In steps, so that other work goes on between them. */
  async *dump(table: HistoryTable): AsyncGenerator<Stored<Document>> {
    const text = `SELECT position, body FROM ${table.name} WHERE id > ? ORDER BY id LIMIT ${dumpedAtOnce}`;
    for (let last = ''; ;) {
      const rows = this.guarded(() => this.statement(text).all(last) as Row[]);
      for (const row of rows) {
        const document = documentOf(row);
        last = document._id;
        yield document;
      }
      if (rows.length < dumpedAtOnce) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Forgets what was prepared for these tables. */
  forget(tables: readonly HistoryTable[]): void {
    for (const text of this.statements.keys())
      if (tables.some(({ name }) => text.includes(` ${name} `))) this.statements.delete(text);
  }

  close(): void {
    this.statements.clear();
    this.database.close();
  }

  private take(table: HistoryTable, plan: FindPlan, branch: Branch, limit: number): readonly Stored<Document>[] {
    const { text, values } = findSql(table, plan, branch, limit);
    return (this.statement(text).all(...values) as Row[]).map(documentOf);
  }

  private *walk(table: HistoryTable, plan: FindPlan, branch: Branch): Generator<Stored<Document>, void, undefined> {
    const readers = plan.key.slice(branch.values.length).map(fieldReader);
    const size = Math.min(plan.limit, Math.max(leastTaken, Math.ceil((2 * plan.limit) / plan.branches.length)));
    for (let from = branch; ;) {
      const documents = this.take(table, plan, from, size);
      yield* documents;
      const last = documents.at(-1);
      if (!last || documents.length < size || readers.length === 0) return;
      from = { values: branch.values, start: { values: readers.map((read) => read(last)), included: false } };
    }
  }

  private statement(text: string): Statement {
    const known = this.statements.get(text);
    if (known) return known;
    const statement = this.database.prepare(text);
    this.statements.set(text, statement);
    return statement;
  }

  private guarded<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (isDamage(error) && !this.damage) {
        this.damage = error as Error;
        writeFileSync(damagedMark(this.path), `${this.damage.message}\n`);
      }
      throw error;
    }
  }
}

function documentOf({ position, body }: Row): Stored<Document> {
  const document = JSON.parse(body) as { -readonly [K in keyof Stored<Document>]: Stored<Document>[K] };
  document._position = position;
  return document;
}
