import { chmodSync, closeSync, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Vault } from '../vault.port.js';
import { digestWith, newKey, openWith, sealWith, type VaultKey } from './sealing.js';

interface KeyRow {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Keys held open in memory at most; a further one is read again. */
const maxOpenKeys = 50_000;

/**
 * Keys in a file of their own, beside the log and never in it: backing up the log without this file leaves nothing
 * personal to read. Writes are durable before they are answered; a destroyed key is overwritten in the file
 * (`secure_delete`), and no write-ahead log keeps a copy of it.
 */
export class FileVault extends Vault {
  private readonly database: Database.Database;
  private readonly find: Database.Statement<[string], KeyRow>;
  private readonly insert: Database.Statement<[string, string, Buffer, number]>;
  private readonly remove: Database.Statement<[string]>;
  private readonly opened = new Map<string, VaultKey>();

  /** Throws when the file cannot be opened or is no vault. */
  constructor(path: string) {
    super();
    // Before SQLite makes it with the mode that the umask allows; its journal inherits the mode.
    if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600));
    chmodSync(path, 0o600);
    this.database = new Database(path, { timeout: 0 });
    this.database.pragma('journal_mode = DELETE');
    this.database.pragma('synchronous = FULL');
    this.database.pragma('secure_delete = ON');
    this.database.pragma('locking_mode = EXCLUSIVE');
    this.database.exec(
      'CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, id TEXT NOT NULL, bytes BLOB NOT NULL, madeAt INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    );
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
    this.remove.run(keyName);
    this.opened.get(keyName)?.bytes.fill(0);
    this.opened.delete(keyName);
  }

  override async close(): Promise<void> {
    for (const { bytes } of this.opened.values()) bytes.fill(0);
    this.opened.clear();
    this.database.close();
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
