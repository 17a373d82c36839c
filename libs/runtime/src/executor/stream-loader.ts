import type { EventStore, RecordedEvent } from '#event-store';
import type { AnyAggregate } from './folded-stream.js';
import { FoldedStream } from './folded-stream.js';
import { RememberedCommands } from './remembered-commands.js';
import type { ExecutorSettings } from './settings.js';
import type { Snapshots } from './snapshots.js';

/** The port's bound on a page. */
const page = 4_096;

/** The stream holds something that cannot be folded (unknown event, missing upcasting step, `evolve` threw). */
export class UnfoldableStream extends Error {
  override readonly name = 'UnfoldableStream';
}

/** Folds streams from the store: whole, the tail that is missing, or up to a revision. Throws StoreUnavailable, UnfoldableStream. */
export class StreamLoader {
  constructor(
    private readonly store: EventStore,
    readonly snapshots: Snapshots,
    private readonly settings: Pick<ExecutorSettings, 'rememberForMs' | 'rememberAtMost'>,
  ) {}

  async load(aggregate: AnyAggregate, stream: string, upTo = Infinity): Promise<FoldedStream> {
    const folded = this.empty(aggregate);
    const snapshot = await this.snapshots.find(aggregate, stream);
    if (snapshot !== undefined && snapshot.revision <= upTo) {
      const events = await this.store.readStream(stream, { from: snapshot.revision, limit: page });
      if (this.snapshots.restore(aggregate, snapshot, events[0], folded)) {
        foldPage(aggregate, stream, folded, events.slice(1), upTo);
        return events.length < page ? folded : this.foldFrom(aggregate, stream, folded, upTo);
      }
    }
    return this.foldFrom(aggregate, stream, folded, upTo);
  }

  /** How many events were missing. When it throws, the folded stream is to be thrown away. */
  async catchUp(aggregate: AnyAggregate, stream: string, folded: FoldedStream): Promise<number> {
    const before = folded.revision;
    await this.foldFrom(aggregate, stream, folded, Infinity);
    return folded.revision - before;
  }

  async read(stream: string, first: number, last: number): Promise<readonly RecordedEvent[]> {
    return this.store.readStream(stream, { from: first, limit: last - first + 1 });
  }

  private async foldFrom(
    aggregate: AnyAggregate,
    stream: string,
    folded: FoldedStream,
    upTo: number,
  ): Promise<FoldedStream> {
    while (folded.revision < upTo) {
      const events = await this.store.readStream(stream, { from: folded.revision + 1, limit: page });
      foldPage(aggregate, stream, folded, events, upTo);
      if (events.length < page) break;
    }
    return folded;
  }

  private empty(aggregate: AnyAggregate): FoldedStream {
    const { rememberForMs, rememberAtMost } = this.settings;
    return new FoldedStream(aggregate.decider.initialState(), new RememberedCommands(rememberForMs, rememberAtMost));
  }
}

function foldPage(
  aggregate: AnyAggregate,
  stream: string,
  folded: FoldedStream,
  events: readonly RecordedEvent[],
  upTo: number,
): void {
  const wanted = upTo === Infinity ? events : events.filter((event) => event.revision <= upTo);
  try {
    folded.fold(aggregate, wanted);
  } catch (error) {
    throw new UnfoldableStream(`${stream} after revision ${String(folded.revision)}: ${String(error)}`, {
      cause: error,
    });
  }
}
