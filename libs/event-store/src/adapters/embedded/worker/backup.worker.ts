import { parentPort, workerData } from 'node:worker_threads';
import type { FromBackup } from '../backup.js';
import { asStoreError, loadSqlite, type OpenDatabase } from '../sqlite.js';
import { checkLog } from './start-check.js';

/** In one read transaction: a single moment of the log, however much is appended meanwhile. */
async function copy(open: OpenDatabase, from: string, to: string, post: (message: FromBackup) => void): Promise<void> {
  const source = open(from, { readonly: true, fileMustExist: true, timeout: 5_000 });
  try {
    await source.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        post({ kind: 'progress', progress: { copied: totalPages - remainingPages, total: totalPages } });
        return 0x7fffffff;
      },
    });
  } finally {
    source.close();
  }
  const copied = open(to, { fileMustExist: true });
  try {
    checkLog(copied, to, false);
  } finally {
    copied.close();
  }
}

const port = parentPort;
if (port !== null) {
  const { from, to } = workerData as { readonly from: string; readonly to: string };
  try {
    await copy(await loadSqlite(), from, to, (message) => port.postMessage(message));
  } catch (error) {
    port.postMessage({ kind: 'failed', reason: asStoreError(error, to).message } satisfies FromBackup);
  }
}
