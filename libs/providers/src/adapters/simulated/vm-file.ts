import { existsSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { ProviderError } from '../../port.js';
import type { Kept, KeptKind, KeptRows, SimulatedJournal } from './simulated-journal.js';

const format = 1;

/** Table and columns by kind. */
const tables = {
  vms: ['vms', 'vmId', 'vm'],
  guests: ['guests', 'id', 'guest'],
  images: ['images', 'requestId', 'image'],
} as const satisfies Record<KeptKind, readonly [table: string, key: string, value: string]>;

interface Statements {
  readonly insert: Database.Statement<[string, string]>;
  readonly remove: Database.Statement<[string]>;
}

/**
 * The simulated machines in an SQLite file, so that they are there again after a restart. What is `written` survives the end of the process,
 * kill -9 included. It is not synced to the disk: after a power failure a simulated machine may be lost, or the whole
 * file, which is then set aside. All changes of one turn of the event loop are one transaction.
 */
export class VmFile implements SimulatedJournal {
  private readonly changed = new Map<
    string,
    { readonly kind: KeptKind; readonly id: string; readonly value: unknown }
  >();
  private readonly statements: Readonly<Record<KeptKind, Statements>>;
  private readonly begin: Database.Statement<[]>;
  private readonly commit: Database.Statement<[]>;
  private nextWrite: Promise<void> | undefined;

  private constructor(private readonly database: Database.Database) {
    const prepared = (kind: KeptKind): Statements => {
      const [table, key, value] = tables[kind];
      return {
        insert: database.prepare(`INSERT OR REPLACE INTO ${table} (${key}, ${value}) VALUES (?, ?)`),
        remove: database.prepare(`DELETE FROM ${table} WHERE ${key} = ?`),
      };
    };
    this.statements = { vms: prepared('vms'), guests: prepared('guests'), images: prepared('images') };
    this.begin = database.prepare('BEGIN');
    this.commit = database.prepare('COMMIT');
  }

  /** Throws where another process has the file open, or it cannot be made. */
  static open(path: string, notice: (text: string) => void): { readonly journal: VmFile; readonly rows: KeptRows } {
    try {
      return VmFile.read(path);
    } catch (error) {
      if (!isDamage(error)) throw error;
      setAside(path);
      notice(`${path} could not be read and was set aside: the simulated machines of before are gone`);
      return VmFile.read(path);
    }
  }

  note<Kind extends KeptKind>(kind: Kind, id: string, value: Kept[Kind] | undefined): void {
    this.changed.set(`${kind}\n${id}`, { kind, id, value });
    void this.soon().catch(() => undefined);
  }

  written(): Promise<void> {
    return this.changed.size === 0 ? Promise.resolve() : this.soon();
  }

  async close(): Promise<void> {
    if (!this.database.open) return;
    try {
      this.write();
    } finally {
      this.database.close();
    }
  }

  private soon(): Promise<void> {
    this.nextWrite ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.nextWrite = undefined;
        try {
          this.write();
          resolve();
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          reject(new ProviderError('retry', `the state file was not written: ${reason}`));
        }
      });
    });
    return this.nextWrite;
  }

  /** What was not written stays noted. */
  private write(): void {
    if (this.changed.size === 0) return;
    this.begin.run();
    try {
      for (const { kind, id, value } of this.changed.values()) {
        const { insert, remove } = this.statements[kind];
        if (value === undefined) remove.run(id);
        else insert.run(id, JSON.stringify(value));
      }
      this.commit.run();
    } catch (error) {
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
    this.changed.clear();
  }

  private static read(path: string): { readonly journal: VmFile; readonly rows: KeptRows } {
    const database = new Database(path, { timeout: 0 });
    try {
      database.pragma('locking_mode = EXCLUSIVE');
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = OFF');
      const found = database.pragma('user_version', { simple: true });
      if (found !== 0 && found !== format) throw new UnknownFormat(`format ${String(found)}`);
      for (const [table, key, value] of Object.values(tables)) {
        database.exec(
          `CREATE TABLE IF NOT EXISTS ${table} (${key} TEXT PRIMARY KEY, ${value} TEXT NOT NULL) STRICT, WITHOUT ROWID`,
        );
      }
      database.pragma(`user_version = ${format}`);
      const rowsOf = <Kind extends KeptKind>(kind: Kind): Kept[Kind][] => {
        const [table, , value] = tables[kind];
        const rows = database.prepare<[], { value: string }>(`SELECT ${value} AS value FROM ${table}`).all();
        return rows.map((row) => JSON.parse(row.value) as Kept[Kind]);
      };
      const rows = { vms: rowsOf('vms'), guests: rowsOf('guests'), images: rowsOf('images') };
      return { journal: new VmFile(database), rows };
    } catch (error) {
      database.close();
      throw error;
    }
  }
}

class UnknownFormat extends Error {}

function isDamage(error: unknown): boolean {
  // By the code: where modules are loaded anew, SQLite's errors are of the class that was loaded first.
  const { code } = error as { readonly code?: unknown };
  return (
    /^SQLITE_(NOTADB|CORRUPT)/.test(String(code)) || error instanceof UnknownFormat || error instanceof SyntaxError
  );
}

function setAside(path: string): void {
  renameSync(path, `${path}.damaged`);
  for (const beside of [`${path}-wal`, `${path}-shm`]) if (existsSync(beside)) rmSync(beside);
}
