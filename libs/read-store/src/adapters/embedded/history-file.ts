import Database from 'better-sqlite3';
import { existsSync, rmSync } from 'node:fs';
import { metaTables, schemaVersion } from './history-schema.js';

export type Sqlite = Database.Database;

/** Left beside a file that proved damaged while it was in use: the next start throws both away. */
export const damagedMark = (path: string): string => `${path}.damaged`;

/** SQLite's name of a failure; empty for anything else. Not asked by class: the addon keeps one class for all realms of a process. */
export const sqliteCode = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(sqliteCode(error));

/**
 * Opens the file for writing, and makes it where there is none. A damaged one, or one of another version, is thrown
 * away: all of it can be rebuilt from the log.
 */
export function openHistoryFile(path: string): { readonly database: Sqlite; readonly discarded?: string } {
  const marked = existsSync(damagedMark(path));
  if (marked) discard(path);
  try {
    const database = open(path);
    return { database, ...(marked && { discarded: 'it was found damaged while it was in use' }) };
  } catch (error) {
    if (!isDamage(error) && !(error instanceof OtherVersion)) throw error;
    discard(path);
    return { database: open(path), discarded: (error as Error).message };
  }
}

class OtherVersion extends Error {}

function open(path: string): Sqlite {
  const database = new Database(path);
  try {
    database.pragma('journal_mode = WAL');
    // A power cut may take the last transactions, each with its checkpoint: the projection folds them once more.
    // So no commit waits for the disk; only the log's own file must (C9).
    database.pragma('synchronous = NORMAL');
    database.pragma('journal_size_limit = 67108864');
    database.pragma('cache_size = -16000');
    // In pages, 32 MB: what a rebuild writes again and again goes into the file once.
    database.pragma('wal_autocheckpoint = 8000');
    const version = Number(database.pragma('user_version', { simple: true }));
    const isNew = database.prepare("SELECT count(*) FROM sqlite_master WHERE type = 'table'").pluck().get() === 0;
    if (!isNew && version !== schemaVersion)
      throw new OtherVersion(`its layout has version ${version}, not ${schemaVersion}`);
    database.exec(metaTables);
    database.pragma(`user_version = ${schemaVersion}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function discard(path: string): void {
  for (const file of [path, `${path}-wal`, `${path}-shm`, damagedMark(path)]) rmSync(file, { force: true });
}
