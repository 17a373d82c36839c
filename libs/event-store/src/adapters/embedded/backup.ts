import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '#kernel';
import { removeDatabase, renameDurably } from './files.js';

/** Pages of the file. */
export interface BackupProgress {
  readonly copied: number;
  readonly total: number;
}

export type FromBackup =
  | { readonly kind: 'progress'; readonly progress: BackupProgress }
  | { readonly kind: 'failed'; readonly reason: string };

/** Copies a log that may be written to meanwhile, in a thread of its own; the target appears only when it is whole and on the disk. */
export async function backUp(from: string, to: string, onProgress?: (progress: BackupProgress) => void): Promise<void> {
  if (existsSync(to)) throw new StoreUnavailable(`${to} exists already: a backup overwrites nothing`);
  const unfinished = `${to}.unfinished`;
  removeDatabase(unfinished);
  try {
    await copy(from, unfinished, onProgress);
    renameDurably(unfinished, to);
  } finally {
    removeDatabase(unfinished);
  }
}

function copy(from: string, to: string, onProgress?: (progress: BackupProgress) => void): Promise<void> {
  const worker = new Worker(new URL('./worker/backup.worker.js', import.meta.url), { workerData: { from, to } });
  return new Promise((resolve, reject) => {
    let failure: string | undefined;
    worker.on('message', (message: FromBackup) => {
      if (message.kind === 'progress') onProgress?.(message.progress);
      else failure = message.reason;
    });
    worker.on('error', (error) => (failure = error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => {
      if (failure === undefined) resolve();
      else reject(new StoreUnavailable(`the backup to ${to} failed: ${failure}`));
    });
  });
}
