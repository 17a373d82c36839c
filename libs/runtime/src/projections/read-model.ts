import { InvalidDocument, NotUnique, type Checkpoint, type Projection, type ProjectionStore } from '#read-store';
import { untilItWorks, type Pauses } from '../backoff.js';
import type { LogEvent } from '../log-event.js';
import type { LogConsumer } from '../log-reading.js';
import { asError, type ParkedEvent, type RuntimeObserver } from '../observer.js';
import { Room } from '../room.js';
import { CarriedDocuments, foldGroup, type FoldedGroup, Wanted } from './fold-group.js';

/** Events folded and written together at most. */
const maxGroup = 1_024;
/** Events that may wait for one read model before the log's reader is held up. */
const maxQueued = 4_096;
/** A checkpoint without any write is kept in memory for so many events; losing it only means folding them again. */
const checkpointEvery = 10_000;

export interface ReadModelSurroundings {
  readonly epoch: string;
  readonly observer: RuntimeObserver;
  readonly pauses: Pauses;
  /** Groups begin no closer to each other while nobody waits for them. Milliseconds; default 0. */
  readonly gatherMs?: number | undefined;
  readonly advanced: (position: number) => void;
  readonly parked: (parked: ParkedEvent) => void;
}

/**
 * One generation of one projection: takes events in order, and writes whatever has come in one go. While a write is
 * under way further events gather, so a slow store gets larger groups rather than a longer queue.
 */
export class ReadModel implements LogConsumer {
  readonly wanted: Wanted;
  parkedAt: ParkedEvent | undefined;
  /** What went wrong last with its store, while it is being tried again. */
  trouble: Error | undefined;
  private queue: LogEvent[] = [];
  private room: Room | undefined;
  private work: Promise<void> | undefined;
  private readonly stopping = new AbortController();
  private applied: number;
  private offered: number;
  private sinceCheckpoint = 0;
  /** Counts how often the queue was dropped: what was taken from it before is not to be kept. */
  private line = 0;
  private unwritten: LogEvent | undefined;
  private carried = new CarriedDocuments();
  private nextAt = -Infinity;
  /** Somebody waits for what comes up to there. */
  private wantedTo = -Infinity;
  private gathering: Room | undefined;

  constructor(
    readonly projection: Projection,
    readonly store: ProjectionStore,
    checkpoint: Checkpoint | undefined,
    private readonly around: ReadModelSurroundings,
    readonly skipped: Set<string>,
  ) {
    this.wanted = new Wanted(projection);
    this.applied = this.offered = checkpoint?.position ?? -Infinity;
  }

  /** Of the last event whose documents can be read. */
  get position(): number {
    return this.applied;
  }

  get offeredTo(): number {
    return this.offered;
  }

  offer(events: readonly LogEvent[]): Promise<void> | undefined {
    const last = events.at(-1);
    if (last === undefined || last.position <= this.offered) return undefined;
    const fresh =
      (events[0]?.position ?? 0) > this.offered ? events : events.filter(({ position }) => position > this.offered);
    this.offered = last.position;
    if (this.parkedAt !== undefined || this.stopping.signal.aborted) return undefined;
    for (const event of fresh) this.queue.push(event);
    this.work ??= this.workOff();
    if (this.queue.length < maxGroup) return undefined;
    this.gathered();
    if (this.queue.length < maxQueued) return undefined;
    return (this.room ??= new Room()).emptied;
  }

  /** Somebody waits until it has come to this position. */
  hurry(position: number): void {
    if (position <= this.wantedTo) return;
    this.wantedTo = position;
    this.gathered();
  }

  /** After everything offered so far is written, or it parked. */
  async settled(): Promise<void> {
    this.hurry(this.offered);
    while (this.work !== undefined) await this.work;
  }

  /** Finishes the group under way; what waits is dropped, it will be read again. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.drop();
    await this.settled();
    if (this.unwritten !== undefined)
      await this.store.apply([], this.checkpointAt(this.unwritten)).catch(() => undefined);
  }

  /** Takes up again where it parked; the events from there on are to be offered anew. */
  resume(): void {
    this.parkedAt = undefined;
    this.offered = this.applied;
  }

  private async workOff(): Promise<void> {
    // A look at documents in memory costs no more than one at those carried.
    if (this.projection.keeps === 'state') this.carried = new CarriedDocuments();
    let writing: Promise<void> = Promise.resolve();
    for (;;) {
      // Full groups come one behind the other: the next is folded while one is written. Smaller ones gather.
      if (this.queue.length < maxGroup) await writing;
      if (this.queue.length === 0) break;
      if (this.mayGather()) {
        await this.gather();
        continue;
      }
      this.nextAt = performance.now() + (this.around.gatherMs ?? 0);
      const { line, carried } = this;
      const group = this.nextGroup();
      const folded = await this.untilItWorks(() => this.fold(group, carried));
      await writing;
      // Otherwise the group before was not kept, and this one was folded over it.
      if (folded !== undefined && line === this.line) writing = this.kept(group, folded);
    }
    this.work = undefined;
  }

  /** Small groups soon one after the other cost more than a large one, and nobody waits for these. */
  private mayGather(): boolean {
    if (this.around.gatherMs === undefined || this.stopping.signal.aborted) return false;
    return this.queue.length < maxGroup && this.applied >= this.wantedTo && performance.now() < this.nextAt;
  }

  private async gather(): Promise<void> {
    this.gathering = new Room();
    const timer = setTimeout(() => this.gathered(), Math.max(1, this.nextAt - performance.now()));
    await this.gathering.emptied;
    clearTimeout(timer);
  }

  private gathered(): void {
    this.gathering?.empty();
    this.gathering = undefined;
  }

  private nextGroup(): readonly LogEvent[] {
    const all = this.queue.length <= maxGroup;
    const group = all ? this.queue : this.queue.slice(0, maxGroup);
    this.queue = all ? [] : this.queue.slice(maxGroup);
    this.makeRoom();
    return group;
  }

  private async kept(group: readonly LogEvent[], folded: FoldedGroup): Promise<void> {
    await this.untilItWorks(() => this.keep(group, folded));
    this.trouble = undefined;
  }

  private untilItWorks<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    const failed = (error: unknown): void => this.troubled(error);
    return untilItWorks(attempt, failed, this.around.pauses, this.stopping.signal);
  }

  private fold(group: readonly LogEvent[], carried?: CarriedDocuments): Promise<FoldedGroup> {
    return foldGroup(this.projection, this.wanted, this.store, group, this.skipped, carried);
  }

  private async keep(group: readonly LogEvent[], { writes, through, failed }: FoldedGroup): Promise<void> {
    try {
      if (through !== undefined) await this.write(writes, through, group.length);
    } catch (error) {
      if (!isOfTheFold(error)) throw error;
      this.carried = new CarriedDocuments();
      // Nothing was written. One by one, so that what comes before the bad document is kept and its event is named.
      const [only] = group;
      if (group.length === 1 && only !== undefined) this.park(only, error);
      else
        for (const event of group) if (this.parkedAt === undefined) await this.keep([event], await this.fold([event]));
      return;
    }
    if (failed !== undefined) this.park(failed.event, failed.error);
  }

  private park(event: LogEvent, error: unknown): void {
    const { id, position, stream, type } = event.recorded;
    this.parkedAt = {
      name: this.projection.name,
      position,
      eventId: id,
      stream,
      storedType: type,
      error: String(error),
    };
    this.drop();
    this.around.parked(this.parkedAt);
  }

  private async write(
    writes: Parameters<ProjectionStore['apply']>[0],
    through: LogEvent,
    events: number,
  ): Promise<void> {
    this.sinceCheckpoint += events;
    if (writes.length > 0 || this.sinceCheckpoint >= checkpointEvery) {
      await this.store.apply(writes, this.checkpointAt(through));
      this.sinceCheckpoint = 0;
      this.unwritten = undefined;
    } else {
      this.unwritten = through;
    }
    this.applied = through.position;
    this.around.advanced(through.position);
    this.around.observer.projected(this.projection.name, through.position, events);
  }

  private checkpointAt(event: LogEvent): Checkpoint {
    return { epoch: this.around.epoch, position: event.position, hash: event.hash, version: this.projection.version };
  }

  private troubled(error: unknown): void {
    this.trouble = asError(error);
    this.around.observer.interrupted(this.projection.name, this.trouble);
  }

  private drop(): void {
    this.line += 1;
    this.carried = new CarriedDocuments();
    this.queue = [];
    this.makeRoom();
    this.gathered();
  }

  private makeRoom(): void {
    this.room?.empty();
    this.room = undefined;
  }
}

/** The store works; it is the fold's document that it cannot keep, today and tomorrow. */
function isOfTheFold(error: unknown): boolean {
  return error instanceof InvalidDocument || error instanceof NotUnique;
}
