import { setImmediate } from 'node:timers/promises';
import { StoreUnavailable, systemClock, type Clock } from '#kernel';
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
import { checkAppends, checkRead, MAX_PAGE_EVENTS } from '../../serving/limits.js';
import { matching } from '../../serving/matching.js';
import { Subscriptions } from '../../serving/subscriptions.js';
import { MemoryLog } from './memory-log.js';

export interface MemoryEventStoreOptions {
  /** Default: a new, empty one. Several stores on one log are several servers, or one before and after a restart. */
  readonly log?: MemoryLog;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** False: plays a store that other servers write to as well. Default: true. */
  readonly exclusive?: boolean;
}

/** Keeps everything in memory and forgets it with the process. For tests and simulations. */
export class MemoryEventStore implements EventStore {
  readonly exclusive: boolean;
  readonly log: MemoryLog;
  private readonly clock: Clock;
  private readonly subscriptions: Subscriptions;
  private readonly stopListening: () => void;
  private closed = false;

  constructor(options: MemoryEventStoreOptions = {}) {
    this.log = options.log ?? new MemoryLog();
    this.clock = options.clock ?? systemClock;
    this.exclusive = options.exclusive ?? true;
    this.subscriptions = new Subscriptions((after, limit) => {
      const from = after === undefined ? 0 : this.log.indexAfter(after);
      return this.log.events.slice(from, from + limit);
    });
    this.stopListening = this.log.listen(() => this.subscriptions.wake());
  }

  get epoch(): string {
    return this.log.epoch;
  }

  async append(batch: readonly Append[]): Promise<readonly AppendOutcome[]> {
    checkAppends(batch);
    // As with a real store, others get their turn before the outcome is known.
    await setImmediate();
    if (this.closed) return batch.map(() => ({ kind: 'unavailable', reason: 'the event store is closed' }));
    const now = this.clock.now();
    const outcomes = batch.map((append) => this.log.append(append, now));
    if (outcomes.some(({ kind }) => kind === 'appended')) this.log.announce();
    return outcomes;
  }

  async readStream(stream: string, options: ReadStreamOptions = {}): Promise<readonly RecordedEvent[]> {
    this.checkOpen();
    checkRead(options);
    const { direction = 'forward', limit = MAX_PAGE_EVENTS } = options;
    const events = this.log.streams.get(stream) ?? [];
    if (direction === 'forward') {
      const from = options.from ?? 0;
      return events.slice(from, from + limit);
    }
    const end = Math.min(options.from ?? Infinity, events.length - 1) + 1;
    return events.slice(Math.max(0, end - limit), end).reverse();
  }

  async readAll(options: ReadAllOptions = {}): Promise<readonly RecordedEvent[]> {
    this.checkOpen();
    checkRead(options);
    const { after, direction = 'forward', limit = MAX_PAGE_EVENTS, filter } = options;
    const { events } = this.log;
    const matches = matching(filter);
    const page: RecordedEvent[] = [];
    const forward = direction === 'forward';
    let index = forward ? 0 : events.length - 1;
    if (after !== undefined) index = forward ? this.log.indexAfter(after) : this.log.indexAfter(after - 1) - 1;
    for (; page.length < limit; index += forward ? 1 : -1) {
      const event = events[index];
      if (event === undefined) break;
      if (matches(event)) page.push(event);
    }
    return page;
  }

  subscribeToAll(options: SubscriptionOptions): Subscription {
    return this.subscriptions.start(options);
  }

  async head(): Promise<Head | undefined> {
    this.checkOpen();
    return headOf(this.log.events.at(-1));
  }

  async headAt(moment: number): Promise<Head | undefined> {
    this.checkOpen();
    const index = this.log.indexRecordedAfter(moment);
    return index === 0 ? undefined : headOf(this.log.events[index - 1]);
  }

  condition(): StoreCondition {
    return this.closed ? { ready: false, reason: 'the event store is closed' } : { ready: true };
  }

  async close(): Promise<void> {
    this.closed = true;
    this.stopListening();
    this.subscriptions.close();
  }

  private checkOpen(): void {
    if (this.closed) throw new StoreUnavailable('the event store is closed');
  }
}

function headOf(event: RecordedEvent | undefined): Head | undefined {
  return event && { position: event.position, recordedAt: event.recordedAt };
}
