import sortedBTree from 'sorted-btree';
import type { FireTimer, Timer, Timers } from '../../port.js';
import { assertTimer, defaultConcurrency, retryAfterMs, stopWaitMs } from '../../timer-rules.js';
import { type Scheduler, systemScheduler } from './scheduler.js';

const BTree = sortedBTree.default;

/** The wall clock is looked at this often while something waits: it may have been set. Also keeps waits far below setTimeout's 24.8 days. */
const defaultLookEveryMs = 1000;
/** After so many starts the event loop gets its turn, whatever else is overdue. */
const startsPerTurn = 1000;

interface Entry<Handle> {
  readonly timer: Timer;
  readonly dueAt: number;
  readonly order: number;
  failures: number;
  /** Waits out the time until the next try, which no jump of the wall clock lengthens. */
  retry: Handle | undefined;
}

/**
 * Timers in memory, ordered by time: nothing survives the process, and the sweep arms them again from the log (design
 * §7). Adding and taking one is O(log n); one wait is armed for all of them.
 */
export class InProcessTimers<Handle = unknown> implements Timers {
  /** Armed, firing or waiting for a retry. */
  private readonly entries = new Map<string, Entry<Handle>>();
  /** Those that start as soon as their time has come. */
  private readonly queue = new BTree<Entry<Handle>, undefined>(
    undefined,
    (a, b) => a.dueAt - b.dueAt || a.order - b.order,
    64,
  );
  private readonly firing = new Set<Promise<void>>();
  private added = 0;
  private run: { readonly fire: FireTimer; readonly concurrency: number } | undefined;
  private wait: { readonly handle: Handle; readonly until: number } | undefined;
  private startsThisTurn = 0;

  constructor(
    private readonly scheduler: Scheduler<Handle>,
    private readonly lookEveryMs: number,
  ) {}

  async schedule(timers: readonly Timer[]): Promise<void> {
    for (const timer of timers) assertTimer(timer);
    let earliest = Infinity;
    for (const timer of timers) {
      if (this.entries.has(timer.id)) continue;
      const entry: Entry<Handle> = { timer, dueAt: timer.dueAt, order: this.added++, failures: 0, retry: undefined };
      this.entries.set(timer.id, entry);
      this.queue.set(entry, undefined);
      if (timer.dueAt < earliest) earliest = timer.dueAt;
    }
    if (!this.wait || earliest < this.wait.until) this.startDue();
  }

  async cancel(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const entry = this.entries.get(id);
      if (!entry) continue;
      this.entries.delete(id);
      this.queue.delete(entry);
      this.endRetry(entry);
    }
  }

  async pending(ids: readonly string[]): Promise<ReadonlySet<string>> {
    return new Set(ids.filter((id) => this.entries.has(id)));
  }

  async count(): Promise<number> {
    return this.entries.size;
  }

  async start(
    fire: FireTimer,
    { concurrency = defaultConcurrency }: { readonly concurrency?: number } = {},
  ): Promise<void> {
    if (this.run) throw new Error('the timers were started already');
    if (!Number.isInteger(concurrency) || concurrency < 1)
      throw new RangeError(`${concurrency} timers at a time is none`);
    this.run = { fire, concurrency };
    for (const entry of this.entries.values()) if (entry.retry !== undefined) this.tryAgain(entry);
    this.startDue();
  }

  async stop(): Promise<void> {
    this.run = undefined;
    this.endWait();
    if (this.firing.size === 0) return;
    let handle: Handle | undefined;
    const longest = new Promise<void>((resolve) => (handle = this.scheduler.setTimeout(resolve, stopWaitMs)));
    await Promise.race([Promise.all(this.firing), longest]);
    if (handle !== undefined) this.scheduler.clearTimeout(handle);
  }

  condition(): { readonly ready: true } | { readonly ready: false; readonly reason: string } {
    return this.run ? { ready: true } : { ready: false, reason: 'the timers are stopped' };
  }

  private startDue(): void {
    if (!this.run) return;
    const now = this.scheduler.now();
    let next = this.queue.minKey();
    while (
      next &&
      next.dueAt <= now &&
      this.firing.size < this.run.concurrency &&
      this.startsThisTurn < startsPerTurn
    ) {
      this.queue.delete(next);
      this.startsThisTurn++;
      this.fire(next, this.run.fire);
      next = this.queue.minKey();
    }
    // With all places taken, the end of one of them comes back here.
    if (next && this.firing.size < this.run.concurrency) this.waitUntil(next.dueAt, now);
    else this.endWait();
  }

  private waitUntil(dueAt: number, now: number): void {
    const ms = Math.min(Math.max(dueAt - now, 0), this.lookEveryMs);
    const until = now + ms;
    if (this.wait && this.wait.until <= until) return;
    this.endWait();
    const handle = this.scheduler.setTimeout(() => {
      this.wait = undefined;
      this.startsThisTurn = 0;
      this.startDue();
    }, ms);
    this.wait = { handle, until };
  }

  private endWait(): void {
    if (this.wait) this.scheduler.clearTimeout(this.wait.handle);
    this.wait = undefined;
  }

  private fire(entry: Entry<Handle>, fire: FireTimer): void {
    const ended = (async () => fire(entry.timer))().then(
      () => {
        if (this.entries.get(entry.timer.id) === entry) this.entries.delete(entry.timer.id);
      },
      () => this.failed(entry),
    );
    const done = ended.then(() => {
      this.firing.delete(done);
      this.startDue();
    });
    this.firing.add(done);
  }

  private failed(entry: Entry<Handle>): void {
    if (this.entries.get(entry.timer.id) !== entry) return;
    entry.failures++;
    entry.retry = this.scheduler.setTimeout(() => {
      this.tryAgain(entry);
      this.startDue();
    }, retryAfterMs(entry.failures));
  }

  private tryAgain(entry: Entry<Handle>): void {
    this.endRetry(entry);
    this.queue.set(entry, undefined);
  }

  private endRetry(entry: Entry<Handle>): void {
    if (entry.retry !== undefined) this.scheduler.clearTimeout(entry.retry);
    entry.retry = undefined;
  }
}

/** Both are given in tests only. `lookEveryMs`: see above. */
export function createInProcessTimers<Handle>(
  scheduler?: Scheduler<Handle>,
  lookEveryMs: number = defaultLookEveryMs,
): Timers {
  return scheduler
    ? new InProcessTimers(scheduler, lookEveryMs)
    : new InProcessTimers(systemScheduler, defaultLookEveryMs);
}
