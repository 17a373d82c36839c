import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import type { SimulatedProvider } from './index.js';
import { configured, create, open } from './vm-file.fixture.js';

const call = (requestId = 'r') => ({ requestId, timeoutMs: 60_000 });
const listed = async (provider: SimulatedProvider) =>
  (await provider.listVms('alma-9', call())).vms.map(({ vmId }) => vmId).sort();
const guests = async (provider: SimulatedProvider) =>
  (await provider.listGuests('kvm-1', call())).guests.map(({ uuid }) => uuid).sort();

describe('a simulated provider with a state file', () => {
  let folder = '';
  let file = '';
  const opened: SimulatedProvider[] = [];
  const reopened = async (onNotice?: (text: string) => void) => {
    await opened.at(-1)?.close();
    opened.push(open(file, onNotice));
    return opened.at(-1)!;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'leasebook-vms-'));
    file = join(folder, 'vms.db');
  });
  afterEach(async () => {
    for (const provider of opened.splice(0)) await provider.close();
    await rm(folder, { recursive: true });
  });

  it('has the same VMs after a restart, with all that was done to them', async () => {
    const first = await reopened();
    for (const vmId of ['a', 'b', 'c']) await create(first, vmId);
    await first.snapshotVm('a', 's', call('snapshot'));
    await first.addDisk('a', 8, call('disk'));
    await first.revertVm('a', 's', call('revert'));
    await first.destroyVm('b', call());
    first.control.setPower('c', 'off');
    const before = { a: structuredClone(first.control.vm('a')), c: structuredClone(first.control.vm('c')) };
    const ip = (await first.inspectVm('a', call()))?.ip;

    const second = await reopened();
    expect(await listed(second)).toEqual(['a', 'c']);
    expect({ a: second.control.vm('a'), c: second.control.vm('c') }).toEqual(before);
    expect(await second.inspectVm('a', call())).toMatchObject({ reachable: true, hostName: 'name-a', ip });
    expect(await second.inspectVm('b', call())).toBeNull();
    expect(await guests(second)).toEqual(['a', 'c', 'configured']);
  });

  it('has the same guests after a restart, whoever put them there', async () => {
    const first = await reopened();
    const boot = (uuid: string, flavorId: string) => first.control.putGuest('kvm-1', { ...configured, uuid, flavorId });
    for (const uuid of ['x', 'y', 'z']) boot(uuid, `flavor-of-${uuid}`);
    await create(first, 'a');
    await first.destroyGuest('kvm-1', 'configured', call());
    await first.destroyGuest('kvm-1', 'x', call());
    first.control.removeGuest('kvm-1', 'y');
    const second = await reopened();
    expect(await guests(second)).toEqual(['a', 'z']);
    expect((await second.listGuests('kvm-1', call())).guests).toContainEqual({
      ...{ ...configured, uuid: 'z' },
      flavorId: 'flavor-of-z',
    });
    await second.destroyGuest('kvm-1', 'a', call());
    second.control.putGuest('kvm-1', configured);
    const third = await reopened();
    expect(await guests(third)).toEqual(['configured', 'z']);
    expect(await listed(third)).toEqual([]);
  });

  it('has the images that were made before the restart', async () => {
    const first = await reopened();
    const image = (provider: SimulatedProvider) =>
      provider.imageGuest('kvm-1', 'configured', 'before-end', call('image'));
    const { imageId } = await image(first);
    const second = await reopened();
    await second.destroyGuest('kvm-1', 'configured', call());
    expect(await image(second)).toEqual({ imageId });
    expect(second.control.images('kvm-1', 'configured')).toEqual([{ imageId, name: 'before-end' }]);
  });

  it('reads a file that knows nothing but VMs', async () => {
    await create(await reopened(), 'a');
    await opened.at(-1)?.close();
    new Database(file).exec('DROP TABLE guests; DROP TABLE images').close();
    const notices: string[] = [];
    expect(await guests(await reopened((text) => notices.push(text)))).toEqual(['a', 'configured']);
    expect(notices).toEqual([]);
  });

  it('recognises requests of before the restart', async () => {
    const first = await reopened();
    await create(first, 'a');
    await first.addDisk('a', 8, call('disk'));
    const second = await reopened();
    await create(second, 'a');
    await second.addDisk('a', 8, call('disk'));
    expect(second.control.vm('a').disks).toEqual([8]);
    expect(await listed(second)).toEqual(['a']);
  });

  it('has written what it acknowledges, while it goes on', async () => {
    const provider = await reopened();
    await Promise.all(Array.from({ length: 50 }, (_, n) => create(provider, `vm-${n}`)));
    await provider.destroyVm('vm-7', call());
    // What the operating system has of the file now is what a killed process leaves.
    const copy = join(folder, 'copy.db');
    for (const suffix of ['', '-wal']) copyFileSync(`${file}${suffix}`, `${copy}${suffix}`);
    const left = open(copy);
    opened.unshift(left);
    expect(await listed(left)).toEqual(await listed(provider));
    expect(await listed(left)).toHaveLength(49);
  });

  it('does not acknowledge what it could not write, and writes it with the next change', async () => {
    const provider = await reopened();
    await create(provider, 'a');
    const refuse = "CREATE TRIGGER refuse BEFORE INSERT ON vms BEGIN SELECT RAISE(FAIL, 'disk full'); END";
    await provider.close();
    new Database(file).exec(refuse).close();
    const broken = open(file);
    opened.push(broken);
    await expect(create(broken, 'b')).rejects.toMatchObject({ name: 'ProviderError', kind: 'retry' });
    await expect(create(broken, 'b')).rejects.toMatchObject({ kind: 'retry' });
    await expect(broken.close()).rejects.toThrow('disk full');
    new Database(file).exec('DROP TRIGGER refuse').close();
    expect(await listed(await reopened())).toEqual(['a']);
  });

  it.each([
    [
      'no database',
      () => writeFileSync(file, 'not a database, but some text that is long enough to be one'.repeat(20)),
    ],
    ['damaged', () => truncateSync(file, 5000)],
    ['of another format', () => new Database(file).exec('PRAGMA user_version = 99').close()],
  ])('sets a file aside that is %s, and says so', async (_, damage) => {
    const provider = await reopened();
    for (let n = 0; n < 40; n += 1) await create(provider, `vm-${n}`);
    await provider.close();
    damage();
    const notices: string[] = [];
    const fresh = await reopened((text) => notices.push(text));
    expect(notices).toEqual([expect.stringContaining('set aside')]);
    expect(existsSync(`${file}.damaged`)).toBe(true);
    expect(await listed(fresh)).toEqual([]);
    await create(fresh, 'a');
    expect(await listed(await reopened())).toEqual(['a']);
  });

  it('refuses a file that another provider has open', async () => {
    await reopened();
    expect(() => open(file)).toThrow('locked');
  });

  it('has what it acknowledged when its process was killed', async () => {
    for (const lines of [1, 300, 900]) {
      const said = await createAndKill(file, lines);
      const provider = await reopened();
      const there = new Set(await listed(provider));
      expect(said.filter((line) => line.startsWith('+')).length).toBeGreaterThan(0);
      const ended = new Set(said.filter((line) => /^[?-]/.test(line)).map((line) => line.slice(1)));
      for (const line of said) {
        const vmId = line.slice(1);
        if (line.startsWith('+') && !ended.has(vmId)) expect(there).toContain(vmId);
        if (line.startsWith('-')) expect(there).not.toContain(vmId);
      }
      for (const vmId of there) await provider.destroyVm(vmId, call());
      await provider.close();
    }
  });
});

/** Starts a process that creates VMs, kills it with SIGKILL after so many lines, and answers what it had said. */
async function createAndKill(file: string, lines: number): Promise<string[]> {
  const fixture = new URL('./vm-file.fixture.ts', import.meta.url).href;
  const root = new URL('../../../../../', import.meta.url);
  const program = `const { createForEver } = await import(${JSON.stringify(fixture)}); await createForEver(${JSON.stringify(file)});`;
  const hook = new URL('test/typescript.mjs', root).href;
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', hook, '--input-type=module', '-e', program],
    { cwd: fileURLToPath(root), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (said.split('\n').length > lines) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  return said.split('\n').slice(0, -1);
}
