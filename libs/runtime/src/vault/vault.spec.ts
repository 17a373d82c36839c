import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Vault } from '../vault.port.js';
import { FileVault } from './file-vault.js';
import { MemoryVault } from './memory-vault.js';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'leasebook-vault-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe.each([
  ['in memory', (): Vault => new MemoryVault()],
  ['in a file', (): Vault => new FileVault(join(folder, 'keys.db'))],
])('a vault %s', (_, make) => {
  let vault: Vault;
  beforeEach(() => (vault = make()));
  afterEach(() => vault.close());

  it('opens what it sealed, and seals the same text differently each time', async () => {
    const sealed = await vault.seal('actor:ada', 'Ada Lovelace ✓');
    expect(sealed).toMatch(/^[0-9a-f]{16}\.[\w-]+$/);
    expect(sealed).not.toContain('Ada');
    expect(await vault.open('actor:ada', sealed)).toBe('Ada Lovelace ✓');
    expect(await vault.seal('actor:ada', 'Ada Lovelace ✓')).not.toBe(sealed);
    expect(await vault.open('actor:ada', await vault.seal('actor:ada', ''))).toBe('');
  });

  it('opens nothing under another name, nothing changed, nothing else', async () => {
    const sealed = await vault.seal('actor:ada', 'secret');
    await vault.seal('actor:eve', 'x');
    const changed = sealed.slice(0, -2) + (sealed.endsWith('AA') ? 'BB' : 'AA');
    expect(await vault.open('actor:eve', sealed)).toBeUndefined();
    expect(await vault.open('actor:nobody', sealed)).toBeUndefined();
    expect(await vault.open('actor:ada', changed)).toBeUndefined();
    for (const text of ['', '.', 'abc', sealed.split('.')[0]!])
      expect(await vault.open('actor:ada', text)).toBeUndefined();
  });

  it('after a key is destroyed nothing sealed with it opens, also with the new key of that name', async () => {
    const sealed = await vault.seal('actor:ada', 'secret');
    await vault.destroy('actor:ada');
    expect(await vault.open('actor:ada', sealed)).toBeUndefined();
    const again = await vault.seal('actor:ada', 'anew');
    expect(await vault.open('actor:ada', sealed)).toBeUndefined();
    expect(await vault.open('actor:ada', again)).toBe('anew');
  });

  it('digests the same text to the same digest, per purpose', async () => {
    const digest = await vault.digest('tokens', 'abc');
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(await vault.digest('tokens', 'abc')).toBe(digest);
    expect(await vault.digest('passwords', 'abc')).not.toBe(digest);
    expect(await vault.digest('tokens', 'abd')).not.toBe(digest);
  });

  it('keeps one secret per purpose, and a caller cannot change it', async () => {
    const secret = await vault.secret('tokens');
    expect(secret).toHaveLength(32);
    const copy = Buffer.from(secret);
    secret.fill(0);
    expect(await vault.secret('tokens')).toEqual(copy);
    expect(await vault.secret('other')).not.toEqual(copy);
  });
});

describe('a vault in a file', () => {
  const path = (): string => join(folder, 'keys.db');

  it('keeps its keys over a restart, readable by its owner only', async () => {
    const first = new FileVault(path());
    const sealed = await first.seal('actor:ada', 'Ada');
    const [digest, secret] = [await first.digest('tokens', 'abc'), await first.secret('tokens')];
    await first.close();
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    const second = new FileVault(path());
    expect(await second.open('actor:ada', sealed)).toBe('Ada');
    expect(await second.digest('tokens', 'abc')).toBe(digest);
    expect(await second.secret('tokens')).toEqual(secret);
    await second.close();
  });

  it('overwrites a destroyed key on the disk', async () => {
    const vault = new FileVault(path());
    const secret = await vault.secret('doomed');
    await vault.seal('actor:ada', 'Ada');
    expect(readFileSync(path()).includes(secret)).toBe(true);
    await vault.destroy('secret:doomed');
    expect(readFileSync(path()).includes(secret)).toBe(false);
    await vault.close();
    expect(readFileSync(path()).includes(secret)).toBe(false);
    const again = new FileVault(path());
    expect(await again.secret('doomed')).not.toEqual(secret);
    await again.close();
  });

  it('leaves a destroyed key in no other file either, and not in what a stop or a crash leaves behind', async () => {
    const filesWith = (key: Buffer, where = folder): readonly string[] =>
      readdirSync(where).filter((file) => readFileSync(join(where, file)).includes(key));
    const vault = new FileVault(path());
    const doomed = await vault.secret('doomed');
    // Several pages, and a journal that holds more of them than the next change needs.
    for (let n = 0; n < 300; n += 1) await vault.seal(`actor:${String(n)}`, 'x');
    const crashed = mkdtempSync(join(tmpdir(), 'leasebook-vault-'));
    await vault.seal('actor:last', 'x');
    cpSync(folder, crashed, { recursive: true });
    await vault.destroy('secret:doomed');
    expect(filesWith(doomed)).toEqual([]);
    await vault.close();
    expect(filesWith(doomed)).toEqual([]);

    const again = new FileVault(join(crashed, 'keys.db'));
    await again.destroy('secret:doomed');
    expect(filesWith(doomed, crashed)).toEqual([]);
    await again.close();
    rmSync(crashed, { recursive: true });
  });

  it('is opened by one process at a time', async () => {
    const vault = new FileVault(path());
    await vault.secret('x');
    expect(() => new FileVault(path())).toThrow(/locked/);
    await vault.close();
  });
});
