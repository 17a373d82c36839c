import { Worker } from 'node:worker_threads';
import { StoreUnavailable } from '#kernel';
import { CorruptEvent } from '../../corrupt-event.js';
import type { FromWriter, ToWriter, WriterSettings } from './worker/protocol.js';

export type Opened = Extract<FromWriter, { kind: 'opened' }>;
export type Failed = Extract<FromWriter, { kind: 'failed' }>;

export interface WriterEvents {
  onOutcomes(outcomes: readonly number[]): void;
  /** A transaction failed, or the thread died of itself. The thread takes nothing more; close it. */
  onFailed(failure: Failed | { readonly kind: 'died'; readonly reason: string }): void;
}

/** The thread that writes. */
export class WriterThread {
  private closed = false;

  private constructor(private readonly worker: Worker) {}

  /** Fulfilled when the log is open. Rejects with CorruptEvent or StoreUnavailable, and leaves no thread behind. */
  static async open(url: URL, settings: WriterSettings, events: WriterEvents): Promise<[WriterThread, Opened]> {
    const worker = new Worker(url, { workerData: settings });
    const writer = new WriterThread(worker);
    const opened = await new Promise<Opened>((resolve, reject) => {
      worker.on('message', (message: FromWriter) => {
        if (message.kind === 'opened') resolve(message);
        else if (message.kind === 'refused') reject(refusal(message));
        else if (message.kind === 'outcomes') events.onOutcomes(message.outcomes);
        else if (message.kind === 'failed') events.onFailed(message);
      });
      const died = (reason: string): void => {
        reject(new StoreUnavailable(reason));
        if (writer.closed) return;
        writer.closed = true;
        events.onFailed({ kind: 'died', reason });
      };
      worker.on('error', (error) =>
        died(`the writer's thread failed: ${error instanceof Error ? error.message : String(error)}`),
      );
      worker.on('exit', (code) => died(`the writer's thread ended (${code})`));
    }).catch(async (error: unknown) => {
      writer.closed = true;
      await worker.terminate();
      throw error;
    });
    return [writer, opened];
  }

  post(message: ToWriter): void {
    this.worker.postMessage(message);
  }

  /** Orderly: finishes what was posted and empties the write-ahead log. Otherwise leaves the files as they are. */
  async close(orderly: boolean): Promise<void> {
    if (!this.closed) {
      this.closed = true;
      await new Promise<void>((resolve) => {
        this.worker.once('exit', () => resolve());
        this.worker.on('message', ({ kind }: FromWriter) => {
          if (kind === 'closed') resolve();
        });
        this.post({ kind: orderly ? 'close' : 'abandon' });
      });
    }
    await this.worker.terminate();
  }
}

function refusal({ reason, damaged }: Extract<FromWriter, { kind: 'refused' }>): Error {
  if (damaged === undefined) return new StoreUnavailable(reason);
  return Object.assign(new CorruptEvent(damaged, ''), { message: reason });
}
