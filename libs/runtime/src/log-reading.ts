import type { EventStore, RecordedEvent } from '#event-store';
import { untilItWorks, type Pauses } from './backoff.js';
import type { EventCodec } from './codec.js';
import { LogEvent } from './log-event.js';

/** Whoever takes events of the log in order: a read model, a process. */
export interface LogConsumer {
  /** Events that it has had before are ignored. A promise when it has enough for now. */
  offer(events: readonly LogEvent[]): Promise<void> | undefined;
  /** Of the last event offered; -Infinity at the beginning. */
  readonly offeredTo: number;
}

/** A quarter of what the port allows: what is under way stays young, and reading, folding and writing overlap. */
const page = 1_024;

export interface Reading {
  readonly store: EventStore;
  readonly codec: EventCodec;
  readonly pauses: Pauses;
  readonly signal: AbortSignal;
  readonly failed: (error: unknown) => void;
}

/**
 * Reads the log once for all these consumers, from where the hindmost stands, the next page already under way while
 * one is worked on. Ends at the first moment at which `isEnough` agrees; what the caller does in the same turn misses
 * nothing. Answers the position reached.
 */
export async function readLog(
  reading: Reading,
  consumers: readonly LogConsumer[],
  isEnough: (position: number, atEnd: boolean) => boolean,
  progress: (position: number, events: number) => void = () => undefined,
): Promise<number> {
  const { store, codec, pauses, signal, failed } = reading;
  const read = (from: number): Promise<readonly RecordedEvent[] | undefined> => {
    const options = from === -Infinity ? { limit: page } : { after: from, limit: page };
    return untilItWorks(() => store.readAll(options), failed, pauses, signal);
  };
  let position = Math.min(...consumers.map((consumer) => consumer.offeredTo));
  let ahead = read(position);
  while (!signal.aborted) {
    const recorded = (await ahead) ?? [];
    const last = recorded.at(-1);
    if (last !== undefined) position = last.position;
    ahead = read(position);
    if (last !== undefined) {
      await offerAll(
        consumers,
        recorded.map((event) => new LogEvent(event, codec)),
      );
      progress(position, recorded.length);
    }
    // Everything here may be microtasks; requests want their turn between two pages.
    await new Promise((resolve) => setImmediate(resolve));
    if (isEnough(position, last === undefined)) break;
  }
  return position;
}

async function offerAll(consumers: Iterable<LogConsumer>, events: readonly LogEvent[]): Promise<void> {
  const full: Promise<void>[] = [];
  for (const consumer of consumers) {
    const room = consumer.offer(events);
    if (room !== undefined) full.push(room);
  }
  if (full.length > 0) await Promise.all(full);
}

/** Keeps what the feed delivers while the rest of a short read is under way. */
class HeldEvents implements LogConsumer {
  readonly events: LogEvent[] = [];
  readonly offeredTo = -Infinity;

  offer(events: readonly LogEvent[]): undefined {
    this.events.push(...events);
  }
}

/** The live end of the log: one subscription for many consumers, renewed by itself when it breaks. */
export class LogFeed {
  private readonly consumers = new Set<LogConsumer>();
  private subscription: { stop(): Promise<void> } | undefined;
  private fed = -Infinity;

  constructor(
    private readonly reading: Reading,
    private readonly heard: (position: number) => void,
  ) {}

  /** Of the last event given to the consumers. */
  get position(): number {
    return this.fed;
  }

  /** Only of a consumer that has been offered everything up to `position`. */
  join(consumer: LogConsumer): void {
    this.consumers.add(consumer);
  }

  /**
   * Brings consumers that are behind to where the feed is, by a read of their own, and joins them. At the end of that
   * read what the feed delivers is held for them: else a log that grows all the time would stay ahead for ever.
   */
  async bring(consumers: readonly LogConsumer[], progress?: (position: number, events: number) => void): Promise<void> {
    await readLog(this.reading, consumers, (position, atEnd) => atEnd || position >= this.fed, progress);
    const joining = consumers.map((consumer) => ({ consumer, held: new HeldEvents() }));
    for (const { held } of joining) this.consumers.add(held);
    const target = this.fed;
    await readLog(this.reading, consumers, (position) => position >= target, progress);
    for (const { consumer, held } of joining) {
      this.consumers.delete(held);
      void consumer.offer(held.events);
      this.consumers.add(consumer);
    }
  }

  leave(consumer: LogConsumer): void {
    this.consumers.delete(consumer);
  }

  start(after: number): void {
    this.fed = after;
    this.subscribe(0);
  }

  async stop(): Promise<void> {
    await this.subscription?.stop();
  }

  private subscribe(failures: number): void {
    const { store, codec, pauses, signal, failed } = this.reading;
    let heard = failures;
    this.subscription = store.subscribeToAll({
      after: this.fed === -Infinity ? undefined : this.fed,
      onEvents: async (recorded) => {
        heard = 0;
        const last = recorded.at(-1);
        if (last === undefined) return;
        this.fed = last.position;
        this.heard(last.position);
        const events = recorded.map((event) => new LogEvent(event, codec));
        await offerAll(this.consumers, events);
      },
      onEnd: (cause) => {
        if (signal.aborted) return;
        failed(cause);
        const ms = Math.min(pauses.firstMs * 2 ** Math.min(heard, 20), pauses.mostMs);
        void pauses.sleep(ms, signal).then(() => {
          if (!signal.aborted) this.subscribe(heard + 1);
        });
      },
    });
  }
}
