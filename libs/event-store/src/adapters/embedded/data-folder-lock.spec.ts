import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreUnavailable } from '#kernel';
import { DataFolderLock } from './data-folder-lock.js';

let folder: string;
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'leasebook-lock-')), 'data');
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

/** Another process that holds the folder until it is killed. */
async function holder(): Promise<ChildProcess> {
  const program = `
    const { DataFolderLock } = await import(${JSON.stringify(new URL('./data-folder-lock.ts', import.meta.url).href)});
    await DataFolderLock.acquire(${JSON.stringify(folder)});
    console.log('held');
    setInterval(() => undefined, 1_000);`;
  const child = spawn(process.execPath, [...process.execArgv, '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('a data folder', () => {
  it('is held by one, again after it was released', async () => {
    const lock = await DataFolderLock.acquire(folder);
    await expect(DataFolderLock.acquire(folder)).rejects.toThrow(StoreUnavailable);
    lock.release();
    lock.release();
    (await DataFolderLock.acquire(folder)).release();
  });

  it('says who holds it: process, host and since when', async () => {
    const lock = await DataFolderLock.acquire(folder);
    const { pid, host, since } = JSON.parse(await readFile(join(folder, 'lock.json'), 'utf8'));
    expect([pid, host]).toEqual([process.pid, hostname()]);
    expect(Number.isNaN(Date.parse(since))).toBe(false);
    lock.release();
  });

  it('held by another process is refused with its number, and free at once when that is killed', async () => {
    const child = await holder();
    try {
      await expect(DataFolderLock.acquire(folder)).rejects.toThrow(
        new RegExp(`${folder} is in use by process ${String(child.pid)} on ${hostname()}`),
      );
    } finally {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    (await DataFolderLock.acquire(folder)).release();
  });
});
