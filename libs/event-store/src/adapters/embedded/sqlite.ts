import type BetterSqlite3 from 'better-sqlite3';
import { StoreUnavailable } from '#kernel';
import { CorruptEvent } from '../../corrupt-event.js';

export type Database = BetterSqlite3.Database;
export type Statement = BetterSqlite3.Statement;
export type OpenDatabase = (path: string, options?: BetterSqlite3.Options) => Database;

const oldest = [22, 13] as const;

/** The engine, imported only where it can run: on an older Node it ends the process without a word. */
export async function loadSqlite(): Promise<OpenDatabase> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    throw new StoreUnavailable(
      `the embedded event store needs Node ${oldest.join('.')}, this is ${process.versions.node}`,
    );
  }
  const { default: Sqlite } = await import('better-sqlite3');
  return (path, options) => new Sqlite(path, options);
}

/** `SQLITE_FULL`, `SQLITE_IOERR_FSYNC` …; undefined for anything that is not the engine's. */
export function sqliteCode(error: unknown): string | undefined {
  // By its shape: the engine's own class of errors is not always the one that this module sees (several realms, threads).
  if (typeof error !== 'object' || error === null || !('code' in error) || typeof error.code !== 'string')
    return undefined;
  return error.code.startsWith('SQLITE_') ? error.code : undefined;
}

/** What the engine says, in the words of the port: a damaged file, or a store that does not answer. */
export function asStoreError(error: unknown, file: string): Error {
  if (error instanceof StoreUnavailable || error instanceof RangeError) return error;
  const code = sqliteCode(error);
  const text = messageOf(error);
  if (code === undefined) return new StoreUnavailable(`${file}: ${text}`, { cause: error });
  if (/^SQLITE_(CORRUPT|NOTADB|FORMAT)/.test(code)) return new CorruptEvent({ file }, `${text} (${code})`);
  return new StoreUnavailable(`${file}: ${text} (${code})`, { cause: error });
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
