import { LogReader } from './log-reader.js';
import type { Database, OpenDatabase } from './sqlite.js';

/** A connection that only reads, and the reader on it. */
export class LogConnection {
  readonly reader: LogReader;
  private readonly database: Database;

  constructor(open: OpenDatabase, path: string) {
    this.database = open(path, { readonly: true, fileMustExist: true, timeout: 5_000 });
    try {
      this.database.pragma('cache_size = -16384');
      this.database.pragma('cell_size_check = ON');
      this.reader = new LogReader(this.database, path);
    } catch (error) {
      this.database.close();
      throw error;
    }
  }

  close(): void {
    this.database.close();
  }
}
