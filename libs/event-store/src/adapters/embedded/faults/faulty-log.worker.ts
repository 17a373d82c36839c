import { parentPort, workerData } from 'node:worker_threads';
import { loadSqlite, type Database } from '../sqlite.js';
import { LogWriter } from '../worker/log-writer.js';
import type { WriterSettings } from '../worker/protocol.js';
import { serveLog } from '../worker/serve-log.js';
import { FaultSwitch } from './fault-switch.js';

const settings = workerData as WriterSettings;
const faults = new FaultSwitch(settings.testing as SharedArrayBuffer);

function bound(database: Database): void {
  database.pragma(`max_page_count = ${String(faults.maxPages === 0 ? 0xfffffffe : faults.maxPages)}`);
}

class FaultyWriter extends LogWriter {
  protected override commit(): void {
    faults.passGate();
    if (faults.mode === 'thread-dies') process.exit(1);
    if (faults.mode !== 'commit-lost') super.commit();
    if (faults.mode === 'none') return;
    throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR_FSYNC' });
  }

  override write(...args: Parameters<LogWriter['write']>): ReturnType<LogWriter['write']> {
    bound(this.database);
    return super.write(...args);
  }
}

const open = await loadSqlite();
if (parentPort !== null) {
  serveLog(
    parentPort,
    settings,
    (path, options) => {
      const database = open(path, options);
      if (options?.readonly !== true) bound(database);
      return database;
    },
    (database, path) => new FaultyWriter(database, path),
  );
}
