import { randomUUID } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { StoreUnavailable } from '#kernel';
import { CorruptEvent } from '../../corrupt-event.js';
import { renameDurably, removeDatabase } from './files.js';
import { asStoreError, loadSqlite, type Database, type OpenDatabase } from './sqlite.js';

/** Raised with every change of the tables. */
export const LOG_FORMAT = 1;
const APPLICATION_ID = 0x4c424b31;

/**
 * Streams, types, categories and actors are stored once and referred to by number: small indexes make cheap appends.
 * A category is a stream's name up to its first dash. `label.events` counts its events, to check the indexes against.
 * Positions have no gaps and time follows them, so the time needs no index of its own: it is found by bisection.
 */
const tables = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE stream (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE label (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, events INTEGER NOT NULL, UNIQUE (kind, name)
  ) STRICT;
  CREATE TABLE event (
    position INTEGER PRIMARY KEY, stream INTEGER NOT NULL, revision INTEGER NOT NULL, recorded_at INTEGER NOT NULL,
    checksum INTEGER NOT NULL, type INTEGER NOT NULL, category INTEGER NOT NULL, actor INTEGER,
    id TEXT NOT NULL, data TEXT NOT NULL, metadata TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX event_by_stream ON event (stream, revision);
  CREATE INDEX event_by_type ON event (type);
  CREATE INDEX event_by_category ON event (category);
  CREATE INDEX event_by_actor ON event (actor) WHERE actor IS NOT NULL;
`;

/** Makes an empty log beside its place and moves it there whole: a file of that name is always a complete log. */
export function createLog(open: OpenDatabase, path: string): void {
  const unfinished = `${path}.new`;
  removeDatabase(unfinished);
  const database = open(unfinished);
  try {
    database.pragma('synchronous = FULL');
    database.pragma(`application_id = ${String(APPLICATION_ID)}`);
    database.pragma(`user_version = ${String(LOG_FORMAT)}`);
    database.pragma('journal_mode = WAL');
    database.transaction(() => {
      database.exec(tables);
      writeEpoch(database);
    })();
  } finally {
    database.close();
  }
  renameDurably(unfinished, path);
}

/** Throws for a file that is not there whole, not a log, or a log of another format. */
export function checkFile(path: string): void {
  const wal = `${path}-wal`;
  const walBytes = existsSync(wal) ? statSync(wal).size : 0;
  if (!existsSync(path)) {
    if (walBytes > 0)
      throw new CorruptEvent({ file: path }, `the file is gone, its write-ahead log ${wal} is still there`);
    return;
  }
  if (statSync(path).size === 0) throw new CorruptEvent({ file: path }, 'the file is empty');
}

export function checkFormat(database: Database, path: string): void {
  if (database.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
    throw new StoreUnavailable(`${path} is not a log of Leasebook`);
  }
  const format = database.pragma('user_version', { simple: true });
  if (format === LOG_FORMAT) return;
  throw new StoreUnavailable(
    `${path} has format ${String(format)}, this version of Leasebook reads and writes format ${LOG_FORMAT}: use the version that wrote it`,
  );
}

export function readEpoch(database: Database, path: string): string {
  const epoch = database.prepare("SELECT value FROM meta WHERE key = 'epoch'").pluck().get();
  if (typeof epoch !== 'string' || !/^[0-9a-f-]{36}$/.test(epoch))
    throw new CorruptEvent({ file: path }, 'its epoch is missing');
  return epoch;
}

/** Begins a new life of the log: whatever was derived from the former one is to be rebuilt (C8). */
export function writeEpoch(database: Database): string {
  const epoch = randomUUID();
  database.prepare("INSERT OR REPLACE INTO meta (key, value) VALUES ('epoch', ?)").run(epoch);
  return epoch;
}

/**
 * After a restore: the log in this file, which nobody may have open, becomes another one than the log it was copied from.
 * Returns the new epoch.
 */
export async function beginNewEpoch(path: string): Promise<string> {
  checkFile(path);
  const database = (await loadSqlite())(path, { fileMustExist: true });
  try {
    checkFormat(database, path);
    return writeEpoch(database);
  } catch (error) {
    throw asStoreError(error, path);
  } finally {
    database.close();
  }
}
