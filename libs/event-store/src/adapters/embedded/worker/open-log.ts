import { existsSync, statSync } from 'node:fs';
import { CorruptEvent } from '../../../corrupt-event.js';
import type { Head } from '../../../port.js';
import { LogReader } from '../log-reader.js';
import { checkFile, checkFormat, createLog, readEpoch, writeEpoch } from '../schema.js';
import type { Database, OpenDatabase } from '../sqlite.js';
import { checkLog } from './start-check.js';
import { inspectWal } from './wal-inspection.js';

export interface OpenedLog {
  readonly database: Database;
  readonly epoch: string;
  readonly head: Head | undefined;
  /** What an operator should know. */
  readonly notices: readonly string[];
}

/** Opens the log for writing, or makes an empty one. Throws for anything that is not a whole log of this format. */
export function openLog(open: OpenDatabase, path: string): OpenedLog {
  checkFile(path);
  if (!existsSync(path)) createLog(open, path);
  const wal = inspectWal(`${path}-wal`);
  const lost = wal.kind === 'damaged' || wal.kind === 'torn' ? wal : undefined;
  checkUntouched(open, path, lost !== undefined);
  const database = open(path, { fileMustExist: true, timeout: 5_000 });
  try {
    configure(database);
    const notices: string[] = [];
    if (lost !== undefined) {
      writeEpoch(database);
      notices.push(
        lost.kind === 'torn'
          ? `${path}-wal ends in a change that is not whole (frame ${lost.frame}). What came before was kept; since it cannot be known whether that change was acknowledged, the log begins a new epoch.`
          : `${path}-wal does not fit its checksums from frame ${lost.frame} on. What came before is whole and was kept; the log begins a new epoch.`,
      );
    }
    emptyWal(database);
    checkLength(database, path);
    return { database, epoch: readEpoch(database, path), head: new LogReader(database, path).head(), notices };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Checks through a connection that cannot write: what is refused stays as it was found. */
function checkUntouched(open: OpenDatabase, path: string, full: boolean): void {
  const database = open(path, { readonly: true, timeout: 5_000 });
  try {
    database.pragma('cell_size_check = ON');
    checkFormat(database, path);
    checkLog(database, path, full);
  } finally {
    database.close();
  }
}

function configure(database: Database): void {
  database.pragma('journal_mode = WAL');
  // An fsync before each commit returns.
  database.pragma('synchronous = FULL');
  // The writer does it itself, since the engine does not say when its own one fails.
  database.pragma('wal_autocheckpoint = 0');
  database.pragma('journal_size_limit = 67108864');
  database.pragma('cache_size = -32768');
  database.pragma('temp_store = MEMORY');
  database.pragma('cell_size_check = ON');
}

/** Moves what the write-ahead log holds to its place. Throws when that fails; false when a reader holds it up. */
export function emptyWal(database: Database, mode: 'PASSIVE' | 'TRUNCATE' = 'TRUNCATE'): boolean {
  const [result] = database.pragma(`wal_checkpoint(${mode})`) as { busy: number; log: number; checkpointed: number }[];
  return result?.busy === 0 && result.log === result.checkpointed;
}

function checkLength(database: Database, path: string): void {
  const pages = database.pragma('page_count', { simple: true }) as number;
  const bytes = pages * (database.pragma('page_size', { simple: true }) as number);
  const { size } = statSync(path);
  if (inspectWal(`${path}-wal`).kind === 'none' && size < bytes) {
    throw new CorruptEvent({ file: path }, `it has ${size} of ${bytes} bytes`);
  }
}

/** Writes and removes as much as a busy second does: proof that the disk takes it again. The space stays reserved in the file. */
export function probe(database: Database): void {
  const write = database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('probe', ?)");
  write.run('x'.repeat(256 * 1024));
  database.prepare("DELETE FROM meta WHERE key = 'probe'").run();
}
