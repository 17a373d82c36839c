import { existsSync, renameSync, rmSync } from 'node:fs';
import Database from 'better-sqlite3';
import { ProviderError } from '../../port.js';
import type { SimulatedVm } from './simulated-vm.js';
import type { VmJournal } from './simulated-vms.js';

const format = 1;

/**
 * VMs in an SQLite file, so that they are there again after a restart. What is `written` survives the end of the process,
 * kill -9 included. It is not synced to the disk: after a power failure a simulated machine may be lost, or the whole
 * file, which is then set aside. All changes of one turn of the event loop are one transaction.
 */
export class VmFile implements VmJournal {
  private readonly changed = new Map<string, SimulatedVm | undefined>();
  private readonly insert: Database.Statement<[string, string]>;
  private readonly remove: Database.Statement<[string]>;
  private readonly begin: Database.Statement<[]>;
  private readonly commit: Database.Statement<[]>;
  private nextWrite: Promise<void> | undefined;

  private constructor(private readonly database: Database.Database) {
    this.insert = database.prepare('INSERT OR REPLACE INTO vms (vmId, vm) VALUES (?, ?)');
    this.remove = database.prepare('DELETE FROM vms WHERE vmId = ?');
    this.begin = database.prepare('BEGIN');
    this.commit = database.prepare('COMMIT');
  }

  /** Throws where another process has the file open, or it cannot be made. */
  static open(path: string, notice: (text: string) => void): { readonly journal: VmFile; readonly vms: SimulatedVm[] } {
    try {
      return VmFile.read(path);
    } catch (error) {
      if (!isDamage(error)) throw error;
      setAside(path);
      notice(`${path} could not be read and was set aside: the simulated machines of before are gone`);
      return VmFile.read(path);
    }
  }

  note(vmId: string, vm: SimulatedVm | undefined): void {
    this.changed.set(vmId, vm);
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
      for (const [vmId, vm] of this.changed) {
        if (vm === undefined) this.remove.run(vmId);
        else this.insert.run(vmId, JSON.stringify(vm));
      }
      this.commit.run();
    } catch (error) {
      if (this.database.inTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
    this.changed.clear();
  }

  private static read(path: string): { readonly journal: VmFile; readonly vms: SimulatedVm[] } {
    const database = new Database(path, { timeout: 0 });
    try {
      database.pragma('locking_mode = EXCLUSIVE');
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = OFF');
      const found = database.pragma('user_version', { simple: true });
      if (found !== 0 && found !== format) throw new UnknownFormat(`format ${String(found)}`);
      database.exec('CREATE TABLE IF NOT EXISTS vms (vmId TEXT PRIMARY KEY, vm TEXT NOT NULL) STRICT, WITHOUT ROWID');
      database.pragma(`user_version = ${format}`);
      const rows = database.prepare<[], { vm: string }>('SELECT vm FROM vms').all();
      return { journal: new VmFile(database), vms: rows.map(({ vm }) => JSON.parse(vm) as SimulatedVm) };
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
