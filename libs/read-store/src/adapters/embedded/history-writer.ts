import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { isDamage } from './history-file.js';
import {
  type HistoryAnswer,
  type HistoryReady,
  type HistoryRequest,
  type HistoryWorkerData,
  toError,
} from './history-protocol.js';

interface Waiting {
  readonly resolve: (value: number | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** The worker that writes, as seen from the process. */
export class HistoryWriter {
  private readonly waiting = new Map<number, Waiting>();
  private asked = 0;
  private ended: Error | undefined;
  private damaged: Error | undefined;

  private constructor(private readonly worker: Worker) {
    worker.on('message', (answer: HistoryAnswer) => this.answered(answer));
    worker.on('error', (error) => this.end(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => this.end(new Error('the worker that writes the read models has ended')));
  }

  /** Rejects when the file cannot be opened. */
  static async open(path: string): Promise<{ writer: HistoryWriter; discarded: string | undefined }> {
    const data: HistoryWorkerData = { path };
    const worker = new Worker(new URL('./history.worker.js', import.meta.url), { workerData: data });
    const [{ discarded }] = (await once(worker, 'message')) as [HistoryReady];
    return { writer: new HistoryWriter(worker), discarded };
  }

  /** Why the file must be thrown away; undefined while it is sound. */
  get damage(): Error | undefined {
    return this.damaged;
  }

  /** Undefined while it works. */
  get failure(): Error | undefined {
    return this.ended;
  }

  ask(request: HistoryRequest): Promise<number | undefined> {
    if (this.ended) return Promise.reject(this.ended);
    const number = this.asked++;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      this.worker.postMessage({ number, request });
    });
  }

  async close(): Promise<void> {
    if (this.ended) return;
    const exited = once(this.worker, 'exit');
    await this.ask({ kind: 'close' });
    await exited;
  }

  /** Stops it wherever it is, as the death of the process would. */
  async kill(): Promise<void> {
    await this.worker.terminate();
  }

  private answered({ number, value, error }: HistoryAnswer): void {
    const waiting = this.waiting.get(number);
    this.waiting.delete(number);
    if (error) {
      const thrown = toError(error);
      if (isDamage(thrown)) this.damaged = thrown;
      waiting?.reject(thrown);
    } else waiting?.resolve(value);
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
