import { randomUUID } from 'node:crypto';
import type { Append, AppendOutcome, RecordedEvent } from '../../port.js';
import { firstRevision } from '../../serving/limits.js';

/** What would be on the disk: it outlives the stores that are opened on it, so a restart or a second server can be tried. */
export class MemoryLog {
  readonly events: RecordedEvent[] = [];
  readonly streams = new Map<string, RecordedEvent[]>();
  private readonly listeners = new Set<() => void>();

  /** @param positionStep Larger than 1: gaps between positions, as a store in a cluster has them. */
  constructor(
    readonly epoch: string = randomUUID(),
    private readonly positionStep = 1,
  ) {}

  append(append: Append, now: number): AppendOutcome {
    const stored = this.streams.get(append.stream) ?? [];
    const first = firstRevision(append.expected);
    const there = stored.slice(first, first + append.events.length);
    if (there.length === append.events.length && there.every(({ id }, index) => id === append.events[index]?.id)) {
      return acknowledge('repeated', there);
    }
    if (stored.length !== first) {
      return { kind: 'conflict', actual: stored.length === 0 ? 'noStream' : stored.length - 1 };
    }
    const recordedAt = Math.max(now, this.events.at(-1)?.recordedAt ?? 0);
    const added = append.events.map(({ id, type, data, metadata }, index) => ({
      id,
      type,
      data,
      metadata,
      stream: append.stream,
      revision: first + index,
      position: (this.events.length + index + 1) * this.positionStep,
      recordedAt,
    }));
    stored.push(...added);
    this.events.push(...added);
    this.streams.set(append.stream, stored);
    return acknowledge('appended', added);
  }

  /** Index of the first event behind a position. */
  indexAfter(position: number): number {
    return this.firstIndex((event) => event.position > position);
  }

  /** Index of the first event recorded later than a moment. */
  indexRecordedAfter(moment: number): number {
    return this.firstIndex((event) => event.recordedAt > moment);
  }

  /** Calls back after each append, until the returned function is called. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  announce(): void {
    for (const listener of this.listeners) listener();
  }

  private firstIndex(isBehind: (event: RecordedEvent) => boolean): number {
    let [from, to] = [0, this.events.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const event = this.events[middle];
      if (event !== undefined && isBehind(event)) to = middle;
      else from = middle + 1;
    }
    return from;
  }
}

function acknowledge(kind: 'appended' | 'repeated', events: readonly RecordedEvent[]): AppendOutcome {
  const [first, last] = [events[0], events.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('an append has at least one event');
  const { revision, position, recordedAt } = last;
  return { kind, revision, position, firstPosition: first.position, recordedAt };
}
