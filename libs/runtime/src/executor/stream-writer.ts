import type { Append, AppendOutcome, EventStore } from '#event-store';
import { OutcomeUnknown, refuse, StoreUnavailable, type CommandOutcome, type DomainEvent } from '#kernel';
import type { SealedPersonalFields } from '../envelope.js';
import { asError, type RuntimeObserver } from '../observer.js';
import { decideBatch, type Batch, type Told } from './batch.js';
import type { AnyAggregate, FoldedStream } from './folded-stream.js';
import { firstOutcome } from './repeats.js';
import type { ExecutorSettings } from './settings.js';
import { UnfoldableStream, type StreamLoader } from './stream-loader.js';
import type { CommandWork, Work } from './work.js';

/** What a writer shares with all others. */
export interface WriterSurroundings {
  readonly store: EventStore;
  readonly loader: StreamLoader;
  readonly settings: ExecutorSettings;
  readonly observer: RuntimeObserver;
  /** Aborted when the executor closes. */
  readonly closing: AbortSignal;
  /** An event of ours is durable at this position. */
  readonly durable: (position: number) => void;
  /** Nothing waits any more; the writer will not be used again. */
  readonly idle: (writer: StreamWriter) => void;
  /** The stream cannot be folded. */
  readonly park: (stream: string, error: Error) => Error;
}

/**
 * The only one in this process that appends to one stream, while anybody wants something of it. Commands are decided
 * in order of arrival; while an append is under way further ones queue and then share the next append.
 */
export class StreamWriter {
  private readonly queue: Work[] = [];
  private running = false;
  private frozen = false;

  constructor(
    private readonly around: WriterSurroundings,
    readonly aggregate: AnyAggregate,
    readonly stream: string,
    /** Durable and, when the store is exclusive, current; undefined: to be loaded. */
    public folded: FoldedStream | undefined,
  ) {}

  enqueue(work: Work): void {
    if (this.frozen) {
      work.reject(unknownOutcome(this.stream));
    } else if (this.queue.length >= this.around.settings.maxQueue) {
      giveUp(work, { queued: this.queue.length });
    } else {
      this.queue.push(work);
      if (!this.running) void this.run();
    }
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.queue.length > 0) {
      const works = this.queue.splice(0, this.around.settings.maxBatch);
      try {
        await this.carryOut(works);
      } catch (error) {
        this.folded = undefined;
        this.fail(works, error);
      }
      this.takeSnapshot();
    }
    this.running = false;
    this.around.idle(this);
  }

  /** Decides and appends until everyone in the batch has an answer. */
  private async carryOut(batch: readonly Work[]): Promise<void> {
    const { loader, settings, store } = this.around;
    let works = batch;
    for (let round = 0; works.length > 0; round += 1) {
      const sealed = await this.sealAll(works);
      works = works.filter((work) => work.kind === 'look' || sealed.has(work));
      const wasKnown = this.folded !== undefined;
      this.folded ??= await loader.load(this.aggregate, this.stream);
      const decided = decideBatch(this.aggregate, this.stream, this.folded, works, sealed);
      if (decided.spoiltBy !== undefined) {
        const { work, error } = decided.spoiltBy;
        this.folded = undefined;
        work.reject(error);
        works = works.filter((each) => each !== work);
      } else if (decided.events.length > 0) {
        this.queue.unshift(...decided.left);
        works = await this.append(decided, without(works, decided.left));
      } else if (
        store.exclusive ||
        !wasKnown ||
        (await loader.catchUp(this.aggregate, this.stream, this.folded)) === 0
      ) {
        this.tell(decided.told, this.folded);
        return;
      } else if (round > settings.maxRedecisions) {
        for (const work of works) giveUp(work, { attempts: round + 1 });
        return;
      }
    }
  }

  /** Those that are to be decided again. */
  private async append(decided: Batch, works: readonly Work[]): Promise<readonly Work[]> {
    const { base, events, told } = decided;
    const append: Append = { stream: this.stream, expected: base < 0 ? 'noStream' : base, events };
    const outcome = await this.send(append);
    switch (outcome.kind) {
      case 'appended':
        if (this.folded !== undefined) {
          this.folded.position = outcome.position;
          this.around.durable(outcome.position);
          this.around.observer.appended(this.aggregate.name, works.length, events.length);
          this.tell(told, this.folded);
        }
        return [];
      // `repeated` to a first send: another process ran these commands. What it stored, not what was made here, is in the chain.
      case 'repeated':
      case 'conflict':
        this.folded = undefined;
        return this.afterConflict(works);
      case 'unavailable':
        this.folded = undefined;
        for (const work of works) work.reject(new StoreUnavailable(outcome.reason));
        return [];
      case 'unknown':
        await this.freeze(append, works, outcome.reason);
        return [];
    }
  }

  private async send(append: Append): Promise<AppendOutcome> {
    try {
      const [outcome] = await this.around.store.append([append]);
      return outcome ?? { kind: 'unknown', reason: 'the store gave no outcome' };
    } catch (error) {
      // The port forbids it; whatever it was, the append may have landed.
      return { kind: 'unknown', reason: asError(error).message };
    }
  }

  private async afterConflict(works: readonly Work[]): Promise<readonly Work[]> {
    const { settings, observer, closing } = this.around;
    observer.conflict(this.aggregate.name, this.stream);
    const again: Work[] = [];
    let worst = 0;
    for (const work of works) {
      work.conflicts += 1;
      worst = Math.max(worst, work.conflicts);
      if (work.conflicts > settings.maxRedecisions) giveUp(work, { attempts: work.conflicts });
      else again.push(work);
    }
    const bound = settings.conflictPauseMs * 2 ** Math.min(worst - 1, 3);
    if (again.length > 0) await settings.sleep(settings.random() * bound, closing);
    return again;
  }

  /** C3: nobody decides on this stream until the very same append is acknowledged or in conflict. */
  private async freeze(append: Append, works: readonly Work[], reason: string): Promise<void> {
    const { settings, observer, closing, durable } = this.around;
    this.frozen = true;
    this.folded = undefined;
    observer.frozen(this.stream, reason);
    for (const work of [...works, ...this.queue.splice(0)]) work.reject(unknownOutcome(this.stream));
    for (let attempt = 1; ; attempt += 1) {
      const most = Math.min(settings.resendPauseMs * 2 ** Math.min(attempt - 1, 16), settings.maxResendPauseMs);
      await settings.sleep(most * (0.5 + settings.random() / 2), closing);
      if (closing.aborted) return;
      const outcome = await this.send(append);
      // `unavailable` is about this resend only: the first one may still have landed.
      if (outcome.kind === 'unknown' || outcome.kind === 'unavailable') continue;
      if (outcome.kind !== 'conflict') durable(outcome.position);
      this.frozen = false;
      observer.thawed(this.stream, attempt);
      return;
    }
  }

  private tell(told: readonly Told[], folded: FoldedStream): void {
    const { position } = folded;
    for (const each of told) {
      if (each.kind === 'failed') each.work.reject(each.error);
      else if (each.kind === 'seen') (each.work.resolve as (seen: unknown) => void)(each.seen);
      else if (each.kind === 'repeat') this.tellAgain(each.work, each.first);
      else if (each.outcome.kind === 'refused') each.work.resolve(each.outcome);
      // The position of the whole append: the store does not tell that of each event, and waiting for it suffices.
      else each.work.resolve({ ...each.outcome, position });
    }
  }

  private tellAgain(work: CommandWork, first: { readonly first: number; readonly last: number }): void {
    firstOutcome(this.around.loader, this.aggregate, this.stream, work, first).then(work.resolve, (error: unknown) => {
      work.reject(asError(error));
    });
  }

  /** Those whose personal fields could not be sealed fail alone. */
  private async sealAll(works: readonly Work[]): Promise<ReadonlyMap<Work, SealedPersonalFields>> {
    const sealed = new Map<Work, SealedPersonalFields>();
    for (const work of works) {
      if (work.kind === 'look') continue;
      try {
        sealed.set(work, work.sealed instanceof Promise ? await work.sealed : work.sealed);
      } catch (error) {
        work.reject(asError(error));
      }
    }
    return sealed;
  }

  private fail(works: readonly Work[], error: unknown): void {
    const cause = asError(error);
    if (!(cause instanceof UnfoldableStream)) {
      for (const work of works) work.reject(cause);
      return;
    }
    const parked = this.around.park(this.stream, cause);
    for (const work of [...works, ...this.queue.splice(0)]) work.reject(parked);
  }

  /** After everybody was answered; taken between two batches, when the state is exactly what is durable. */
  private takeSnapshot(): void {
    const { loader, observer } = this.around;
    const { folded } = this;
    if (folded === undefined || this.frozen || !loader.snapshots.isDue(this.aggregate, folded)) return;
    // A busy stream waits for a pause, unless the snapshot is long overdue.
    const overdue = folded.revision - folded.snapshotRevision >= 4 * (this.aggregate.snapshot?.everyEvents ?? 1);
    if (this.queue.length > 0 && !overdue) return;
    loader.snapshots.write(this.aggregate, this.stream, folded).catch((error: unknown) => {
      observer.snapshotFailed(this.stream, asError(error));
    });
  }
}

function unknownOutcome(stream: string): OutcomeUnknown {
  return new OutcomeUnknown(`an append to ${stream} may or may not have landed; it is being resent`);
}

/** A look is no command: nothing to refuse, so it fails as unavailable. */
export function giveUp(work: Work, facts: Readonly<Record<string, number>>): void {
  if (work.kind === 'look') work.reject(new StoreUnavailable('the stream is busy'));
  else work.resolve(refuse('busy', facts) satisfies CommandOutcome<DomainEvent, string, unknown>);
}

function without(works: readonly Work[], left: readonly Work[]): readonly Work[] {
  return left.length === 0 ? works : works.slice(0, works.length - left.length);
}
