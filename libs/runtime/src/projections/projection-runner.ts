import type { EventStore } from '#event-store';
import type { Projection, ProjectionStore, ReadStore } from '#read-store';
import { defaultPauses, type Pauses } from '../backoff.js';
import { EventCodec } from '../codec.js';
import type { LogHead } from '../log-head.js';
import { LogFeed, readLog, type Reading } from '../log-reading.js';
import { asError, silentObserver, type ParkedEvent, type RuntimeObserver } from '../observer.js';
import { belongs } from './checkpoints.js';
import { PositionGate } from './position-gate.js';
import { ReadModel } from './read-model.js';
import { readSkipped, writeSkipped } from './skipped-events.js';

export interface ProjectionPorts {
  readonly store: EventStore;
  readonly readStore: ReadStore;
  readonly projections: readonly Projection[];
  readonly head: LogHead;
  readonly observer?: RuntimeObserver;
  readonly pauses?: Pauses;
  /** A read model that has so many events to read, and few behind it, is built anew beside (and again when that is interrupted). */
  readonly longLog?: number;
  /**
   * Under load what grows on disk is written once in so many milliseconds, unless somebody waits for it. Default: as
   * soon as the write before has ended.
   */
  readonly gatherMs?: number;
}

const defaultLongLog = 50_000;

/** Long work says how far it is: events read so far, and the position reached. */
export type Progress = (events: number, position: number) => void;

export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  /** `parked`: an event could not be folded, an operator decides. `interrupted`: its store does not answer, it tries again. */
  readonly state: 'live' | 'catching-up' | 'parked' | 'interrupted';
  readonly rebuilding: boolean;
  /** Of the last event in its documents. */
  readonly position: number | undefined;
  readonly parked: ParkedEvent | undefined;
  readonly error: string | undefined;
}

interface Entry {
  readonly projection: Projection;
  readonly gate: PositionGate;
  live: ReadModel;
  rebuilding: boolean;
}

/** Keeps all read models at the end of the log: caught up by one shared read, then fed by one subscription. */
export class ProjectionRunner {
  private readonly entries = new Map<string, Entry>();
  private readonly closing = new AbortController();
  private readonly observer: RuntimeObserver;
  private readonly pauses: Pauses;
  private readonly reading: Reading;
  private readonly feed: LogFeed;
  private caughtUp = false;

  constructor(private readonly ports: ProjectionPorts) {
    const { store, projections, head, observer = silentObserver, pauses = defaultPauses } = ports;
    this.observer = observer;
    this.pauses = pauses;
    const catalogs = [...new Set(projections.flatMap((projection) => projection.catalogs))];
    this.reading = {
      store,
      pauses,
      codec: new EventCodec(catalogs),
      signal: this.closing.signal,
      failed: (error) => observer.interrupted('the log', asError(error)),
    };
    this.feed = new LogFeed(this.reading, (position) => head.advance(position));
  }

  /** Fulfilled when every read model has reached the end of the log (or is parked). Throws StoreUnavailable. */
  async start(progress?: Progress): Promise<void> {
    await this.ports.head.start();
    const fresh = new Map<Entry, ReadModel>();
    for (const projection of this.ports.projections) {
      const { entry, beside } = await this.open(projection);
      this.entries.set(projection.name, entry);
      if (beside !== undefined) fresh.set(entry, beside);
    }
    const models = Array.from(this.entries.values(), (entry) => fresh.get(entry) ?? entry.live);
    const counted = counting(progress);
    // Once more after the first time: what came while the backlog was written is short.
    let end = -Infinity;
    while (models.length > 0) {
      const reached = await readLog(this.reading, models, (_, atEnd) => atEnd, counted);
      await Promise.all(models.map((model) => model.settled()));
      if (reached === end || this.closing.signal.aborted) break;
      end = reached;
    }
    for (const [entry, beside] of fresh) {
      await beside.store.makeSearchable();
      await this.swapIn(entry, beside);
    }
    for (const { live } of this.entries.values()) this.feed.join(live);
    this.feed.start(end);
    this.caughtUp = true;
  }

  /** Finishes what is under way and makes the read store durable. */
  async stop(): Promise<void> {
    this.closing.abort();
    await this.feed.stop();
    await Promise.all(Array.from(this.entries.values(), ({ live }) => live.stop()));
    await this.ports.readStore.flush();
  }

  /**
   * Builds these read models anew beside the live ones (one read of the log for all of them) and swaps each in when it
   * has reached the live one. Readers see the former one until then.
   */
  async rebuild(names: readonly string[] = [...this.entries.keys()], progress?: Progress): Promise<void> {
    const entries = names.map((name) => this.entry(name));
    if (entries.some(({ rebuilding }) => rebuilding)) throw new Error('a rebuild of this read model is under way');
    for (const entry of entries) entry.rebuilding = true;
    const built = new Map<Entry, ReadModel>();
    try {
      for (const entry of entries)
        built.set(entry, await this.openBeside(entry.projection, entry.gate, entry.live.skipped));
      const models = [...built.values()];
      await this.feed.bring(models, counting(progress));
      for (const [entry, model] of built) {
        await this.swapWhenReached(entry, model);
        built.delete(entry);
      }
      await this.ports.readStore.flush();
    } finally {
      for (const entry of entries) entry.rebuilding = false;
      for (const model of built.values()) await this.giveUp(model);
    }
  }

  /** Tries the parked event again (after a repair of the program or the data that it met). */
  async retry(name: string): Promise<void> {
    const entry = this.entry(name);
    const model = entry.live;
    if (model.parkedAt === undefined) return;
    this.feed.leave(model);
    model.resume();
    this.observer.resumed(name);
    entry.gate.unblock();
    await this.feed.bring([model]);
    await model.settled();
  }

  /** Leaves the parked event out, in this version of the fold for good, and goes on. */
  async skip(name: string): Promise<void> {
    const { live } = this.entry(name);
    if (live.parkedAt === undefined) return;
    live.skipped.add(live.parkedAt.eventId);
    await writeSkipped(this.ports.readStore.blobs, live.projection, live.skipped);
    await this.retry(name);
  }

  status(): readonly ProjectionStatus[] {
    return Array.from(this.entries.values(), ({ projection, live, gate, rebuilding }) => ({
      name: projection.name,
      version: projection.version,
      state: this.stateOf(live),
      rebuilding,
      position: gate.position === -Infinity ? undefined : gate.position,
      parked: live.parkedAt,
      error: live.parkedAt?.error ?? live.trouble?.message,
    }));
  }

  /** How far a read model has come, to be waited for. Throws for a name that is not run here. */
  gate(name: string): PositionGate {
    return this.entry(name).gate;
  }

  private stateOf(live: ReadModel): ProjectionStatus['state'] {
    if (live.parkedAt !== undefined) return 'parked';
    if (live.trouble !== undefined) return 'interrupted';
    return this.caughtUp ? 'live' : 'catching-up';
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new Error(`there is no read model ${name}`);
    return entry;
  }

  private async open(
    projection: Projection,
  ): Promise<{ readonly entry: Entry; readonly beside: ReadModel | undefined }> {
    const { store, readStore, head, longLog = defaultLongLog } = this.ports;
    const gate = new PositionGate((position) => this.entries.get(projection.name)?.live.hurry(position));
    const documents = await readStore.open(projection);
    const checkpoint = await documents.checkpoint();
    const skipped = await readSkipped(readStore.blobs, projection);
    const mismatch = checkpoint !== undefined && !(await belongs(checkpoint, projection.version, store));
    const live = this.model(projection, documents, mismatch ? undefined : checkpoint, gate, skipped);
    if (!mismatch && checkpoint !== undefined) gate.advance(checkpoint.position);
    // Most of a long log is folded faster into a generation that nobody searches yet.
    const end = head.latestKnown ?? 0;
    const unread = end - (checkpoint?.position ?? 0);
    const anew = mismatch || (unread >= longLog && unread > 0.75 * end);
    const beside = anew ? await this.openBeside(projection, gate, skipped) : undefined;
    return { entry: { projection, gate, live, rebuilding: false }, beside };
  }

  private async openBeside(projection: Projection, gate: PositionGate, skipped: Set<string>): Promise<ReadModel> {
    return this.model(projection, await this.ports.readStore.openBeside(projection), undefined, gate, skipped);
  }

  private model(
    projection: Projection,
    documents: ProjectionStore,
    checkpoint: Awaited<ReturnType<ProjectionStore['checkpoint']>>,
    gate: PositionGate,
    skipped: Set<string>,
  ): ReadModel {
    // Only the live generation is what readers see: the one beside reports when it is swapped in.
    const isLive = (): boolean => this.entries.get(projection.name)?.live === model;
    const model: ReadModel = new ReadModel(
      projection,
      documents,
      checkpoint,
      {
        epoch: this.ports.store.epoch,
        observer: this.observer,
        pauses: this.pauses,
        gatherMs: projection.keeps === 'history' ? this.ports.gatherMs : undefined,
        advanced: (position) => {
          if (isLive()) gate.advance(position);
        },
        parked: (parked) => {
          if (isLive()) gate.block();
          this.observer.projectionParked(parked);
        },
      },
      skipped,
    );
    return model;
  }

  private async swapWhenReached(entry: Entry, model: ReadModel): Promise<void> {
    const { live } = entry;
    await model.settled();
    await model.store.makeSearchable();
    // The live one is held still, so that the new one can reach it; both are at most one group apart.
    this.feed.leave(live);
    await live.settled();
    const reached = await this.comeTo(model, live.position);
    if (!reached) {
      await this.feed.bring([live]);
      throw new Error(
        `the rebuilt ${entry.projection.name} stopped at ${model.parkedAt?.error ?? 'the end of the server'}; the former one stays`,
      );
    }
    await live.stop();
    await this.swapIn(entry, model);
  }

  private async comeTo(model: ReadModel, position: number): Promise<boolean> {
    while (model.position < position) {
      if (model.parkedAt !== undefined || this.closing.signal.aborted) return false;
      await model.settled();
      if (model.position < position) await new Promise((resolve) => setImmediate(resolve));
    }
    return true;
  }

  private async swapIn(entry: Entry, model: ReadModel): Promise<void> {
    await this.ports.readStore.swap(entry.projection, model.store);
    entry.live = model;
    entry.gate.unblock();
    entry.gate.advance(model.position);
    if (model.parkedAt !== undefined) entry.gate.block();
  }

  private async giveUp(model: ReadModel): Promise<void> {
    this.feed.leave(model);
    await model.stop();
    await this.ports.readStore.discard(model.store);
  }
}

function counting(progress: Progress | undefined): (position: number, events: number) => void {
  let total = 0;
  return (position, events) => {
    total += events;
    progress?.(total, position);
  };
}
