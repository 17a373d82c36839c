import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { StoreUnavailable } from '#kernel';
import { asStoreError, loadSqlite, sqliteCode, type Database } from './sqlite.js';

/** Who holds a data folder, as `lock.json` in it says. For people; the lock itself is the kernel's, on `lock.db`. */
export interface FolderHolder {
  readonly pid: number;
  readonly host: string;
  /** RFC 3339. */
  readonly since: string;
}

/**
 * One process owns a data folder (C9). The lock is one of the kernel's on a file, so it ends with the process, however that
 * ends, and never has to be cleared by hand. Local file systems only.
 */
export class DataFolderLock {
  private constructor(
    readonly folder: string,
    private readonly database: Database,
  ) {}

  /** Makes the folder where it is missing. Rejects with StoreUnavailable, naming the holder, when another one has it. */
  static async acquire(folder: string): Promise<DataFolderLock> {
    const open = await loadSqlite();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, 'lock.db');
    let database: Database | undefined;
    try {
      database = open(file, { timeout: 0 });
      database.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      database?.close();
      if (sqliteCode(error)?.startsWith('SQLITE_BUSY') !== true) throw asStoreError(error, file);
      throw new StoreUnavailable(
        `the data folder ${folder} is in use by ${describeHolder(folder)}; one server owns a data folder`,
      );
    }
    const holder: FolderHolder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
    writeFileSync(holderFile(folder), `${JSON.stringify(holder)}\n`);
    return new DataFolderLock(folder, database);
  }

  release(): void {
    if (!this.database.open) return;
    rmSync(holderFile(this.folder), { force: true });
    this.database.close();
  }
}

const holderFile = (folder: string): string => join(folder, 'lock.json');

function describeHolder(folder: string): string {
  try {
    const { pid, host, since } = JSON.parse(readFileSync(holderFile(folder), 'utf8')) as FolderHolder;
    return `process ${pid} on ${host} since ${since}`;
  } catch {
    // It has just taken the lock, or is about to give it back.
    return 'another process';
  }
}
