import { chmodSync, closeSync, existsSync, fdatasyncSync, fstatSync, openSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Vault } from '../vault.port.js';
import { digestWith, newKey, openWith, sealWith, type VaultKey } from './sealing.js';

interface KeyRow {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Keys held open in memory at most; a further one is read again. */
const maxOpenKeys = 50_000;
const zeros = Buffer.alloc(65_536);

/**
 * Keys in a file of their own, beside the log and never in it: backing up the log without this file leaves nothing
 * personal to read. Writes are durable before they are answered; a destroyed key is overwritten in the file
 * (`secure_delete`) and in the journal beside it, which keeps pages as they were before a change.
 */
export class FileVault extends Vault {
  private readonly database: Database.Database;
  private readonly find: Database.Statement<[string], KeyRow>;
  private readonly insert: Database.Statement<[string, string, Buffer, number]>;
  private readonly remove: Database.Statement<[string]>;
  private readonly opened = new Map<string, VaultKey>();
  private readonly journal: string;

  /** Throws when the file cannot be opened or is no vault. */
  constructor(path: string) {
    super();
    // Before SQLite makes it with the mode that the umask allows; its journal inherits the mode.
    if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600));
    chmodSync(path, 0o600);
    this.journal = `${path}-journal`;
    this.database = new Database(path, { timeout: 0 });
    this.database.pragma('journal_mode = DELETE');
    this.database.pragma('synchronous = FULL');
    this.database.pragma('secure_delete = ON');
    this.database.pragma('locking_mode = EXCLUSIVE');
    this.database.exec(
      'CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, id TEXT NOT NULL, bytes BLOB NOT NULL, madeAt INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    );
    // What an unfinished change left has been rolled back by now; what a crash left is not needed.
    this.eraseJournal();
    this.find = this.database.prepare('SELECT id, bytes FROM keys WHERE name = ?');
    this.insert = this.database.prepare('INSERT INTO keys (name, id, bytes, madeAt) VALUES (?, ?, ?, ?)');
    this.remove = this.database.prepare('DELETE FROM keys WHERE name = ?');
  }

  override async seal(keyName: string, clear: string): Promise<string> {
    return sealWith(this.made(keyName), keyName, clear);
  }

  override async open(keyName: string, sealed: string): Promise<string | undefined> {
    const key = this.known(keyName);
    return key && openWith(key, keyName, sealed);
  }

  override async digest(purpose: string, text: string): Promise<string> {
    return digestWith(this.made(`digest:${purpose}`).bytes, text);
  }

  override async secret(purpose: string): Promise<Buffer> {
    return Buffer.from(this.made(`secret:${purpose}`).bytes);
  }

  override async destroy(keyName: string): Promise<void> {
    if (this.remove.run(keyName).changes > 0) this.eraseJournal();
    this.opened.get(keyName)?.bytes.fill(0);
    this.opened.delete(keyName);
  }

  override async close(): Promise<void> {
    for (const { bytes } of this.opened.values()) bytes.fill(0);
    this.opened.clear();
    try {
      // Closing unlinks it, which leaves its bytes on the disk.
      this.eraseJournal();
    } finally {
      this.database.close();
    }
  }

  /** Between two changes SQLite only marks its journal as void. */
  private eraseJournal(): void {
    if (!existsSync(this.journal)) return;
    const file = openSync(this.journal, 'r+');
    try {
      const { size } = fstatSync(file);
      for (let at = 0; at < size; at += zeros.length) writeSync(file, zeros, 0, Math.min(zeros.length, size - at), at);
      fdatasyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  private known(name: string): VaultKey | undefined {
    const open = this.opened.get(name);
    if (open !== undefined) return open;
    const row = this.find.get(name);
    return row && this.remember(name, row);
  }

  private made(name: string): VaultKey {
    const known = this.known(name);
    if (known !== undefined) return known;
    const key = newKey();
    this.insert.run(name, key.id, key.bytes, Date.now());
    return this.remember(name, key);
  }

  private remember(name: string, key: VaultKey): VaultKey {
    if (this.opened.size >= maxOpenKeys) this.opened.clear();
    this.opened.set(name, key);
    return key;
  }
}
