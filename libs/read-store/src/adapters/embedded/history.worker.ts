import { writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { HistoryDatabase } from './history-database.js';
import { damagedMark, isDamage, openHistoryFile } from './history-file.js';
import type {
  HistoryAnswer,
  HistoryReady,
  HistoryRequest,
  HistoryWorkerData,
  NumberedRequest,
} from './history-protocol.js';

/** All writes to `read-models.db`: here, so that neither inserting nor SQLite's own checkpoints hold up the event loop. */
const { path } = workerData as HistoryWorkerData;
const { database, discarded } = openHistoryFile(path);
const history = new HistoryDatabase(database);
const removals: Generator<void, void, undefined>[] = history
  .leftovers()
  .map((generation) => history.removal(generation));

function answer(request: HistoryRequest): number | undefined {
  switch (request.kind) {
    case 'live':
      return history.live(request.shape);
    case 'beside':
      return history.beside(request.shape);
    case 'replace':
      history.replace(request.shape, request.generation);
      return undefined;
    case 'remove':
      history.close(request.generation);
      removals.push(history.removal(request.generation));
      setImmediate(goOnRemoving);
      return undefined;
    case 'addIndex':
      return Number(history.addIndex(request.generation));
    case 'forget':
      history.forget(request.name);
      return undefined;
    case 'apply':
      history.apply(request.generation, request.rows, request.checkpoint);
      return undefined;
    case 'putBlob':
      history.putBlob(request.key, request.text);
      return undefined;
    case 'deleteBlob':
      history.deleteBlob(request.key);
      return undefined;
    case 'close':
      removals.length = 0;
      database.close();
      return undefined;
  }
}

/** A step, then whatever was asked meanwhile, then the next. What a stop or a failure leaves is removed at the next start. */
function goOnRemoving(): void {
  const [removal] = removals;
  if (!removal) return;
  try {
    if (removal.next().done === true) removals.shift();
  } catch {
    removals.shift();
  }
  setImmediate(goOnRemoving);
}

parentPort?.on('message', ({ number, request }: NumberedRequest) => {
  let reply: HistoryAnswer;
  try {
    reply = { number, value: answer(request) };
  } catch (thrown) {
    const { name, message } = thrown as Error;
    if (isDamage(thrown)) writeFileSync(damagedMark(path), `${message}\n`);
    reply = { number, error: { name, message, code: (thrown as { code?: string }).code } };
  }
  parentPort?.postMessage(reply);
  if (request.kind === 'close') parentPort?.close();
});
parentPort?.postMessage({ ready: true, discarded } satisfies HistoryReady);
setImmediate(goOnRemoving);
