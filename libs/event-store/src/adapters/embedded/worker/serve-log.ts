import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import { CorruptEvent } from '../../../corrupt-event.js';
import type { Append } from '../../../port.js';
import { asStoreError, type Database, type OpenDatabase } from '../sqlite.js';
import { LogWriter, WriteFailed } from './log-writer.js';
import { emptyWal, openLog, probe } from './open-log.js';
import { decodeAppends, encodeOutcome, type FromWriter, type ToWriter, type WriterSettings } from './protocol.js';

/** Events of one transaction: bounds how long one waits for the others. */
const MAX_EVENTS_PER_COMMIT = 4_096;
/** The write-ahead log is emptied when it has about so many bytes and nobody waits … */
const WAL_BYTES_WHEN_IDLE = 4 * 1024 * 1024;
/** … or so many and somebody does. */
const WAL_BYTES_AT_MOST = 32 * 1024 * 1024;
/** What a commit writes besides the events: pages of indexes. A rough figure, only for the two bounds above. */
const WAL_BYTES_PER_COMMIT = 32 * 1024;

export type MakeWriter = (database: Database, path: string) => LogWriter;

/** The writer's thread: opens the log, then serves its port until it is told to close or something fails. */
export function serveLog(
  port: MessagePort,
  settings: WriterSettings,
  open: OpenDatabase,
  makeWriter: MakeWriter = (database, path) => new LogWriter(database, path),
): void {
  const post = (message: FromWriter): void => port.postMessage(message);
  try {
    const { database, epoch, head, notices } = openLog(open, settings.path);
    new LogServer(port, database, makeWriter(database, settings.path), post).start(settings.probe);
    post({ kind: 'opened', epoch, head, notices });
  } catch (thrown) {
    const error = asStoreError(thrown, settings.path);
    const damaged = error instanceof CorruptEvent ? error.place : undefined;
    post({ kind: 'refused', reason: error.message, damaged });
  }
}

class LogServer {
  private walBytes = 0;
  private failed = false;
  private readonly waiting: ToWriter[] = [];

  constructor(
    private readonly port: MessagePort,
    private readonly database: Database,
    private readonly writer: LogWriter,
    private readonly post: (message: FromWriter) => void,
  ) {}

  start(withProbe: boolean): void {
    if (withProbe) {
      try {
        probe(this.database);
      } catch (error) {
        this.database.close();
        throw error;
      }
    }
    this.port.on('message', (message: ToWriter) => {
      this.waiting.push(message);
      this.work();
    });
  }

  /** Group commit: all that arrived while the last transaction was on its way to the disk goes into the next one. */
  private work(): void {
    for (;;) {
      this.receive();
      const next = this.waiting[0];
      if (next === undefined) {
        this.tidy(WAL_BYTES_WHEN_IDLE);
        return;
      }
      if (next.kind === 'append') this.commitGroup();
      else {
        this.waiting.shift();
        this.close(next.kind === 'close');
        return;
      }
      this.tidy(WAL_BYTES_AT_MOST);
    }
  }

  private receive(): void {
    for (let more = receiveMessageOnPort(this.port); more !== undefined; more = receiveMessageOnPort(this.port)) {
      this.waiting.push(more.message as ToWriter);
    }
  }

  private commitGroup(): void {
    const appends: Append[] = [];
    let [events, now] = [0, 0];
    for (
      let next = this.waiting[0];
      next?.kind === 'append' && events < MAX_EVENTS_PER_COMMIT;
      next = this.waiting[0]
    ) {
      this.waiting.shift();
      const added = decodeAppends(next.appends);
      appends.push(...added);
      for (const append of added) events += append.events.length;
      now = Math.max(now, next.now);
    }
    if (this.failed) return;
    try {
      const outcomes: number[] = [];
      for (const outcome of this.writer.write(appends, now)) encodeOutcome(outcome, outcomes);
      this.post({ kind: 'outcomes', outcomes });
    } catch (error) {
      this.fail(appends.length, error);
    }
    this.walBytes += WAL_BYTES_PER_COMMIT;
    for (const append of appends) {
      for (const { data, metadata } of append.events) this.walBytes += 2 * (data.length + metadata.length);
    }
  }

  private tidy(bound: number): void {
    if (this.failed || this.walBytes < bound) return;
    try {
      // Where a reader holds it up it is tried again after the next commits.
      this.walBytes = emptyWal(this.database, 'PASSIVE') ? 0 : bound / 2;
    } catch (error) {
      this.fail(0, error);
    }
  }

  private fail(appends: number, error: unknown): void {
    this.failed = true;
    const cause = error instanceof WriteFailed ? error.cause : error;
    const mayHaveLanded = error instanceof WriteFailed && error.mayHaveLanded;
    const reason = asStoreError(cause, this.database.name).message;
    this.post({ kind: 'failed', appends, mayHaveLanded, reason });
  }

  private close(orderly: boolean): void {
    let failure: string | undefined;
    try {
      if (orderly && !this.failed) emptyWal(this.database);
      this.database.close();
    } catch (error) {
      failure = asStoreError(error, this.database.name).message;
    }
    this.post({ kind: 'closed', failure });
    this.port.close();
  }
}
