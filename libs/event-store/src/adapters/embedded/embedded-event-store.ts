import { StoreUnavailable, systemClock, type Clock } from '#kernel';
import { CorruptEvent } from '../../corrupt-event.js';
import type {
  Append,
  AppendOutcome,
  EventStore,
  Head,
  ReadAllOptions,
  ReadStreamOptions,
  RecordedEvent,
  StoreCondition,
  Subscription,
  SubscriptionOptions,
} from '../../port.js';
import { checkAppends, checkRead } from '../../serving/limits.js';
import { Subscriptions } from '../../serving/subscriptions.js';
import { AppendQueue } from './append-queue.js';
import { backUp, type BackupProgress } from './backup.js';
import { rewriteWal } from './files.js';
import { LogConnection } from './log-connection.js';
import type { LogReader } from './log-reader.js';
import { RecentEvents } from './recent-events.js';
import { asStoreError, loadSqlite, type OpenDatabase } from './sqlite.js';
import { decodeOutcomes, encodeAppends } from './worker/protocol.js';
import { WriterThread, type Opened, type WriterEvents } from './writer-thread.js';

export interface EmbeddedEventStoreOptions {
  /** The log's file. Its folder must exist, and this process must own it (see DataFolderLock). */
  readonly path: string;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Events waiting for the disk, beyond which appends are refused as unavailable; default 65,536. */
  readonly maxPendingEvents?: number;
  /** Told what an operator should know: repairs, failures, recoveries. */
  readonly onNotice?: (notice: string) => void;
  /** Milliseconds before the first, the second … attempt to open again after a failure; the last one repeats. */
  readonly retryDelays?: readonly number[];
  /** For tests: another file to run as the writer's thread, and what it is given. */
  readonly worker?: { readonly url: URL; readonly data: unknown };
}

const MAX_PENDING_CHARACTERS = 256 * 1024 * 1024;
const RETRY_DELAYS = [50, 200, 1_000, 5_000];

type State = { readonly kind: 'open' } | { readonly kind: 'recovering' | 'closed'; readonly reason: string };

/** A log in one SQLite file. What follows a failed write is C9. */
export class EmbeddedEventStore implements EventStore {
  readonly exclusive = true;
  private readonly queue: AppendQueue;
  private readonly recent = new RecentEvents();
  private readonly subscriptions: Subscriptions;
  private readonly clock: Clock;
  private state: State = { kind: 'recovering', reason: 'it is being opened' };
  private connection: LogConnection | undefined;
  private writer: WriterThread | undefined;
  private lastHead: Head | undefined;
  private knownEpoch = '';
  private corruption: CorruptEvent | undefined;
  private flushing = false;
  private recovery: Promise<void> | undefined;
  private closing: Promise<void> | undefined;

  private constructor(
    private readonly options: EmbeddedEventStoreOptions,
    private readonly openDatabase: OpenDatabase,
  ) {
    this.clock = options.clock ?? systemClock;
    this.queue = new AppendQueue(options.maxPendingEvents ?? 65_536, MAX_PENDING_CHARACTERS);
    this.subscriptions = new Subscriptions((after = 0, limit) => this.next(after, limit));
  }

  /** Rejects with CorruptEvent for a damaged log, StoreUnavailable for one it cannot use; both name the file. */
  static async open(options: EmbeddedEventStoreOptions): Promise<EmbeddedEventStore> {
    const store = new EmbeddedEventStore(options, await loadSqlite());
    try {
      await store.openWriter(false);
      store.connection = new LogConnection(store.openDatabase, options.path);
    } catch (error) {
      await store.writer?.close(false);
      throw asStoreError(error, options.path);
    }
    store.state = { kind: 'open' };
    return store;
  }

  get epoch(): string {
    return this.knownEpoch;
  }

  async append(batch: readonly Append[]): Promise<readonly AppendOutcome[]> {
    checkAppends(batch);
    if (batch.length === 0) return [];
    const condition = this.condition();
    if (!condition.ready || this.closing !== undefined) {
      const reason = condition.ready ? 'the event store is being closed' : condition.reason;
      return batch.map(() => ({ kind: 'unavailable', reason }));
    }
    const outcomes = this.queue.add(batch);
    if (outcomes === undefined) {
      return batch.map(() => ({ kind: 'unavailable', reason: 'too many events wait for the disk' }));
    }
    this.flushSoon();
    return outcomes;
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    checkRead(options);
    return this.read((reader) => reader.stream(stream, options));
  }

  async readAll(options: ReadAllOptions = {}): Promise<readonly RecordedEvent[]> {
    checkRead(options);
    return this.read((reader) => reader.all(options));
  }

  subscribeToAll(options: SubscriptionOptions): Subscription {
    return this.subscriptions.start(options);
  }

  async head(): Promise<Head | undefined> {
    if (this.state.kind !== 'open') throw new StoreUnavailable(this.state.reason);
    return this.lastHead;
  }

  async headAt(moment: number): Promise<Head | undefined> {
    return this.read((reader) => reader.headAt(moment));
  }

  condition(): StoreCondition {
    if (this.state.kind !== 'open') return { ready: false, reason: this.state.reason };
    return this.corruption === undefined ? { ready: true } : { ready: false, reason: this.corruption.message };
  }

  /**
   * Copies the log as it is at some moment of the call to another file, which must not exist yet; appends go on meanwhile.
   * The copy has the same epoch: whoever restores it begins a new one.
   */
  async backup(path: string, onProgress?: (progress: BackupProgress) => void): Promise<void> {
    if (this.state.kind !== 'open') throw new StoreUnavailable(this.state.reason);
    await backUp(this.options.path, path, onProgress);
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    const wasOpen = this.state.kind === 'open';
    this.subscriptions.close();
    if (wasOpen) this.flush();
    await this.recovery;
    const orderly = this.state.kind === 'open';
    // The reader goes first, so that the writer is the last one and can empty the write-ahead log.
    if (orderly) this.connection?.close();
    await this.writer?.close(orderly);
    this.connection?.close();
    this.state = { kind: 'closed', reason: 'the event store is closed' };
    this.settleAll(0, 'unavailable', 'the event store is closed');
  }

  private flushSoon(): void {
    if (this.flushing) return;
    this.flushing = true;
    // At the end of the turn, so that one message carries all appends of the turn.
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.flushing = false;
    if (this.state.kind !== 'open') return;
    const unsent = this.queue.takeUnsent();
    if (unsent.length === 0) return;
    this.writer?.post({ kind: 'append', now: this.clock.now(), appends: encodeAppends(unsent) });
  }

  private readonly onWriter: WriterEvents = {
    onOutcomes: (flat) => {
      this.queue.settle(decodeOutcomes(flat), (append, outcome) => {
        if (outcome.kind !== 'appended') return;
        this.recent.add(append, outcome);
        this.lastHead = { position: outcome.position, recordedAt: outcome.recordedAt };
      });
      this.subscriptions.wake();
    },
    onFailed: (failure) => {
      if (this.state.kind !== 'open') return;
      const { reason } = failure;
      this.state = { kind: 'recovering', reason: `the event store is being reopened after a failure: ${reason}` };
      if (failure.kind === 'died') this.settleAll(this.queue.sentAppends, 'unknown', reason);
      else this.settleAll(failure.appends, failure.mayHaveLanded ? 'unknown' : 'unavailable', reason);
      this.options.onNotice?.(`writing to ${this.options.path} failed: ${reason}`);
      this.recovery = this.recover();
    },
  };

  private settleAll(count: number, kind: 'unknown' | 'unavailable', reason: string): void {
    this.queue.settleAll({ first: { kind, reason }, count, rest: { kind: 'unavailable', reason } });
  }

  /** C9: close, write the write-ahead log anew, open, check, prove that the disk takes something; only then go on. */
  private async recover(): Promise<void> {
    const delays = this.options.retryDelays ?? RETRY_DELAYS;
    // While a reader is open the writer is not the last one to close, so closing moves nothing to its place unchecked.
    await this.writer?.close(false);
    for (let attempt = 0; this.closing === undefined; attempt += 1) {
      await this.pause(delays[Math.min(attempt, delays.length - 1)] ?? 0);
      try {
        this.connection?.close();
        rewriteWal(this.options.path);
        this.connection = new LogConnection(this.openDatabase, this.options.path);
        await this.openWriter(true);
        this.state = { kind: 'open' };
        this.options.onNotice?.(`${this.options.path} was reopened and checked after a failure`);
        this.subscriptions.wake();
        return;
      } catch (error) {
        const { message } = asStoreError(error, this.options.path);
        this.state = { kind: 'recovering', reason: `the event store cannot be reopened after a failure: ${message}` };
      }
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    const until = performance.now() + milliseconds;
    while (this.closing === undefined && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(50, milliseconds)));
    }
  }

  private async openWriter(probe: boolean): Promise<void> {
    const { path, worker } = this.options;
    const url = worker?.url ?? new URL('./worker/log.worker.js', import.meta.url);
    const [writer, opened] = await WriterThread.open(url, { path, probe, testing: worker?.data }, this.onWriter);
    this.writer = writer;
    this.accept(opened);
  }

  private accept({ epoch, head, notices }: Opened): void {
    this.knownEpoch = epoch;
    this.lastHead = head;
    // After a failure there may be events that nobody was told of: subscribers find them in the file.
    this.recent.clear();
    for (const notice of notices) this.options.onNotice?.(notice);
  }

  private async read<Result>(question: (reader: LogReader) => Result | Promise<Result>): Promise<Result> {
    if (this.state.kind !== 'open') throw new StoreUnavailable(this.state.reason);
    if (this.connection === undefined) throw new StoreUnavailable('the event store is closed');
    try {
      return await question(this.connection.reader);
    } catch (thrown) {
      const error = asStoreError(thrown, this.options.path);
      // Nothing more is built upon a damaged log; what can be read of it stays readable.
      if (error instanceof CorruptEvent) this.corruption ??= error;
      throw error;
    }
  }

  private next(after: number, limit: number): readonly RecordedEvent[] | Promise<readonly RecordedEvent[]> {
    if (this.state.kind === 'recovering') return this.afterRecovery(after, limit);
    if (after >= (this.lastHead?.position ?? 0)) return [];
    return this.recent.after(after, limit) ?? this.read((reader) => reader.batch(after, limit));
  }

  private async afterRecovery(after: number, limit: number): Promise<readonly RecordedEvent[]> {
    await this.recovery;
    return this.state.kind === 'open' ? this.next(after, limit) : [];
  }
}
