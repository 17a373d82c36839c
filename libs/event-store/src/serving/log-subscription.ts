import { setImmediate } from 'node:timers/promises';
import { StoreUnavailable } from '#kernel';
import type { RecordedEvent, Subscription, SubscriptionOptions } from '../port.js';
import { MAX_SUBSCRIPTION_BATCH_EVENTS } from './limits.js';

/** The next events after a position (exclusive; undefined: from the beginning), at most `limit`; none: all was read. */
export type NextEvents = (
  after: number | undefined,
  limit: number,
) => readonly RecordedEvent[] | Promise<readonly RecordedEvent[]>;

/**
 * Catch-up and live as one loop: read what comes next; when there is nothing, sleep until woken. Since the only state is
 * the position, nothing can be lost, repeated or reordered where catching up ends.
 */
export class LogSubscription implements Subscription {
  private position: number | undefined;
  private stopped = false;
  private failure: Error | undefined;
  private wakeUp: (() => void) | undefined;
  private woken = false;
  private readonly finished: Promise<void>;

  constructor(
    private readonly options: SubscriptionOptions,
    private readonly next: NextEvents,
    private readonly onFinished: (subscription: LogSubscription) => void,
  ) {
    this.position = options.after;
    this.finished = this.run();
  }

  /** There may be more now. */
  wake(): void {
    this.woken = true;
    this.wakeUp?.();
  }

  /** Ends it from the store's side: the subscriber is told why. */
  fail(cause: Error): void {
    this.failure ??= cause;
    this.wake();
  }

  /** Fulfilled when a running handler has finished; so not to be awaited inside one. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    await this.finished;
  }

  private async run(): Promise<void> {
    await Promise.resolve();
    try {
      await this.deliver();
    } catch (error) {
      this.failure ??= error instanceof Error ? error : new StoreUnavailable(String(error));
    }
    this.onFinished(this);
    if (!this.stopped && this.failure !== undefined) this.options.onEnd?.(this.failure);
  }

  private async deliver(): Promise<void> {
    let caughtUp = false;
    while (this.isRunning()) {
      this.woken = false;
      const read = this.next(this.position, MAX_SUBSCRIPTION_BATCH_EVENTS);
      const events = Array.isArray(read) ? (read as readonly RecordedEvent[]) : await read;
      if (!this.isRunning()) return;
      const last = events.at(-1);
      if (last !== undefined) {
        caughtUp = false;
        await this.options.onEvents(events);
        this.position = last.position;
        // A long catch-up leaves turns to everybody else.
        if (events.length === MAX_SUBSCRIPTION_BATCH_EVENTS) await setImmediate();
        continue;
      }
      if (!caughtUp) {
        caughtUp = true;
        this.options.onCaughtUp?.();
      }
      await this.sleep();
    }
  }

  private isRunning(): boolean {
    return !this.stopped && this.failure === undefined;
  }

  private async sleep(): Promise<void> {
    if (this.woken) return;
    await new Promise<void>((resolve) => (this.wakeUp = resolve));
    this.wakeUp = undefined;
  }
}
