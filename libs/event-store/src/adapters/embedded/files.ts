import { closeSync, copyFileSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** Moves a finished file to its place so that a power loss leaves the former or the new one, never a part. */
export function renameDurably(from: string, to: string): void {
  sync(from);
  renameSync(from, to);
  sync(dirname(to));
}

/** Removes a database that is not in use, with what belongs to it. */
export function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${path}${suffix}`, { force: true });
}

/**
 * Writes a write-ahead log anew. After a failed fsync the kernel calls its pages clean although they never reached the disk,
 * so that a later fsync of the same file proves nothing; only a file written afresh does.
 */
export function rewriteWal(path: string): void {
  const wal = `${path}-wal`;
  if (!existsSync(wal)) return;
  copyFileSync(wal, `${wal}.new`);
  renameDurably(`${wal}.new`, wal);
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
