import type { EventStore } from '#event-store';
import { systemClock, type Clock } from '#kernel';
import type { Checkpoint, ProjectionStore, ReadStore } from '#read-store';
import type { Timer, Timers } from '#timers';
import { defaultPauses, type Pauses } from '../backoff.js';
import { EventCodec } from '../codec.js';
import { LogFeed, readLog, type LogConsumer, type Reading } from '../log-reading.js';
import { asError, silentObserver, type ParkedEvent, type RuntimeObserver } from '../observer.js';
import type { Process, RunningProcess } from '../process.port.js';
import { belongs } from '../projections/checkpoints.js';
import { ReadModel } from '../projections/read-model.js';
import { readSkipped, writeSkipped } from '../projections/skipped-events.js';
import { foldedVersion, instancesProjection, noteFoldedVersion } from './instances.js';
import { ProcessLoop } from './process-loop.js';
import { timerContext } from './reactions.js';
import { sweepProcess } from './sweep.js';

export interface ProcessPorts {
  readonly store: EventStore;
  readonly readStore: ReadStore;
  readonly timers: Timers;
  readonly processes: readonly RunningProcess[];
  readonly clock?: Clock;
  readonly observer?: RuntimeObserver;
  readonly pauses?: Pauses;
  /** Instances of one process that are worked on side by side. Default 16. */
  readonly atOnce?: number;
  /** Default: a minute (C15). */
  readonly sweepEveryMs?: number;
}

export interface ProcessStatus {
  readonly name: string;
  readonly version: number;
  readonly state: 'running' | 'parked' | 'interrupted';
  /** Everything up to here is done. */
  readonly position: number | undefined;
  /** Events seen and not done: waiting for others of their instance, or for a retry. */
  readonly outstanding: number;
  readonly parked: ParkedEvent | undefined;
  readonly error: string | undefined;
}

interface Entry {
  readonly running: RunningProcess;
  readonly skipped: Set<string>;
  store: ProjectionStore;
  loop: ProcessLoop;
}

/** Runs all processes from the log, and the timers that they want. */
export class ProcessRunner {
  private readonly entries = new Map<string, Entry>();
  private readonly byTimer = new Map<string, RunningProcess>();
  private readonly closing = new AbortController();
  private readonly observer: RuntimeObserver;
  private readonly pauses: Pauses;
  private readonly clock: Clock;
  private readonly reading: Reading;
  private readonly feed: LogFeed;
  private sweeping: Promise<void> | undefined;

  constructor(private readonly ports: ProcessPorts) {
    const { store, processes, observer = silentObserver, pauses = defaultPauses, clock = systemClock } = ports;
    this.observer = observer;
    this.pauses = pauses;
    this.clock = clock;
    const catalogs = [...new Set(processes.flatMap(({ process }) => process.catalogs))];
    const failed = (error: unknown): void => observer.interrupted('the log', asError(error));
    this.reading = { store, pauses, codec: new EventCodec(catalogs), signal: this.closing.signal, failed };
    this.feed = new LogFeed(this.reading, () => undefined);
    for (const running of processes) {
      for (const kind of Object.keys(running.onTimer ?? {})) {
        if (this.byTimer.has(kind)) throw new Error(`two processes want the timers of kind ${kind}`);
        this.byTimer.set(kind, running);
      }
    }
  }

  /** Fulfilled when every process has seen the log up to its end and the timers run. Throws StoreUnavailable. */
  async start(): Promise<void> {
    for (const running of this.ports.processes) {
      const { process } = running;
      if (this.entries.has(process.name)) throw new Error(`there are two processes ${process.name}`);
      const skipped = await readSkipped(this.ports.readStore.blobs, instancesProjection(process));
      const { store, checkpoint } = await this.open(process);
      this.entries.set(process.name, { running, skipped, store, loop: this.loop(running, store, checkpoint, skipped) });
    }
    const loops = Array.from(this.entries.values(), ({ loop }) => loop);
    if (loops.length > 0) {
      const end = await readLog(this.reading, loops, (_, atEnd) => atEnd);
      for (const loop of loops) this.feed.join(loop);
      this.feed.start(end);
    }
    await this.sweep();
    await this.ports.timers.start((timer) => this.fire(timer));
    void this.sweepAgainAndAgain();
  }

  /** No timer fires and no reaction begins any more; what is under way is finished. */
  async stop(): Promise<void> {
    this.closing.abort();
    await this.ports.timers.stop();
    await this.feed.stop();
    await this.sweeping;
    await Promise.all(Array.from(this.entries.values(), ({ loop }) => loop.stop()));
  }

  /** Re-arms what the instances' states imply and the timers have lost (design §7). */
  sweep(): Promise<void> {
    this.sweeping ??= this.sweepAll().finally(() => {
      this.sweeping = undefined;
    });
    return this.sweeping;
  }

  /** Tries again from the parked event. */
  async retry(name: string): Promise<void> {
    const entry = this.entry(name);
    if (entry.loop.parkedAt === undefined) return;
    this.feed.leave(entry.loop);
    await entry.loop.stop();
    const loop = this.loop(entry.running, entry.store, await entry.store.checkpoint(), entry.skipped);
    entry.loop = loop;
    this.observer.resumed(name);
    await this.feed.bring([loop]);
  }

  /** Leaves the parked event out for good, and goes on. */
  async skip(name: string): Promise<void> {
    const { loop, skipped, running } = this.entry(name);
    if (loop.parkedAt === undefined) return;
    skipped.add(loop.parkedAt.eventId);
    await writeSkipped(this.ports.readStore.blobs, instancesProjection(running.process), skipped);
    await this.retry(name);
  }

  status(): readonly ProcessStatus[] {
    return Array.from(this.entries.values(), ({ running: { process }, loop }) => ({
      name: process.name,
      version: process.version,
      state: loop.parkedAt !== undefined ? 'parked' : loop.trouble !== undefined ? 'interrupted' : 'running',
      position: loop.position,
      outstanding: loop.outstanding,
      parked: loop.parkedAt,
      error: loop.parkedAt?.error ?? loop.trouble?.message,
    }));
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new Error(`there is no process ${name}`);
    return entry;
  }

  private loop(
    running: RunningProcess,
    store: ProjectionStore,
    checkpoint: Checkpoint | undefined,
    skipped: ReadonlySet<string>,
  ): ProcessLoop {
    const { timers, atOnce = 16 } = this.ports;
    const { clock, observer, pauses } = this;
    const around = { epoch: this.ports.store.epoch, timers, clock, observer, pauses, atOnce };
    return new ProcessLoop(running, store, checkpoint, around, skipped);
  }

  /**
   * The instances and how far the process has reacted. Another version: they are folded anew up to there, without
   * reacting. Another log: nothing is known, so all is reacted to again, which the deciders recognise.
   */
  private async open(
    process: Process,
  ): Promise<{ readonly store: ProjectionStore; readonly checkpoint: Checkpoint | undefined }> {
    const { readStore, store: log } = this.ports;
    const { blobs } = readStore;
    const shape = instancesProjection(process);
    const store = await readStore.open(shape);
    const reacted = await store.checkpoint();
    const known = reacted !== undefined && (await belongs(reacted, shape.version, log));
    if (known && (await foldedVersion(process, blobs)) === process.version) return { store, checkpoint: reacted };
    if (reacted === undefined) {
      await noteFoldedVersion(process, blobs);
      return { store, checkpoint: undefined };
    }
    const beside = await readStore.openBeside(shape);
    const checkpoint = known ? await this.foldAnew(process, beside, reacted.position) : undefined;
    await readStore.swap(shape, beside);
    await noteFoldedVersion(process, blobs);
    return { store: beside, checkpoint };
  }

  private async foldAnew(process: Process, beside: ProjectionStore, upTo: number): Promise<Checkpoint | undefined> {
    const { observer, pauses } = this;
    const projection = instancesProjection(process);
    const around = {
      epoch: this.ports.store.epoch,
      observer,
      pauses,
      advanced: () => undefined,
      parked: () => undefined,
    };
    const model = new ReadModel(projection, beside, undefined, around, new Set());
    const bounded: LogConsumer = {
      get offeredTo() {
        return model.offeredTo;
      },
      offer: (events) => model.offer(events.filter(({ position }) => position <= upTo)),
    };
    await readLog(this.reading, [bounded], (position, atEnd) => atEnd || position >= upTo);
    await model.settled();
    await model.stop();
    if (model.parkedAt !== undefined) throw new Error(`${process.name} cannot be folded anew: ${model.parkedAt.error}`);
    return beside.checkpoint();
  }

  /** Rejecting makes the timers try again. */
  private async fire(timer: Timer): Promise<void> {
    const running = this.byTimer.get(timer.kind);
    const handle = running?.onTimer?.[timer.kind];
    if (running === undefined || handle === undefined) {
      this.observer.interrupted('timers', new Error(`nobody wants the timer ${timer.id} of kind ${timer.kind}`));
      return;
    }
    await handle(timer, timerContext(running.process.name, timer, this.clock));
  }

  private async sweepAll(): Promise<void> {
    for (const { running } of this.entries.values()) {
      try {
        await sweepProcess(running.process, this.ports.readStore, this.ports.timers);
      } catch (error) {
        this.observer.interrupted(`sweep of ${running.process.name}`, asError(error));
      }
    }
  }

  private async sweepAgainAndAgain(): Promise<void> {
    const { sweepEveryMs = 60_000 } = this.ports;
    for (;;) {
      await this.pauses.sleep(sweepEveryMs, this.closing.signal);
      if (this.closing.signal.aborted) return;
      await this.sweep();
    }
  }
}
