import type { Clock, EventEnvelope } from '#kernel';
import type { Checkpoint, ProjectionStore } from '#read-store';
import type { Timers } from '#timers';
import { untilItWorks, type Pauses } from '../backoff.js';
import { pause } from '../executor/settings.js';
import type { AnyState } from '../any-state.js';
import type { LogEvent } from '../log-event.js';
import type { LogConsumer } from '../log-reading.js';
import { asError, type ParkedEvent, type RuntimeObserver } from '../observer.js';
import type { Correlation, Reaction, RunningProcess } from '../process.port.js';
import { Wanted } from '../projections/fold-group.js';
import { Room } from '../room.js';
import { correlationsOf } from './correlations.js';
import { InstanceStore, unknownInstance, type Instance } from './instance-store.js';
import { instancesVersion, step } from './instances.js';
import { Lanes } from './lanes.js';
import { LowWater } from './low-water.js';
import { carryOut } from './reactions.js';

/** Events taken and not yet done; more hold up the log's reader. */
const maxOutstanding = 4_096;
/** How long `stop` waits for handlers under way; what they still do comes again after the next start. Milliseconds. */
const longestEnd = 5_000;
/** A checkpoint alone is written only every so many events. */
const checkpointEvery = 10_000;

export interface ProcessSurroundings {
  readonly epoch: string;
  readonly timers: Timers;
  readonly clock: Clock;
  readonly observer: RuntimeObserver;
  readonly pauses: Pauses;
  /** Instances whose reactions are carried out side by side. */
  readonly atOnce: number;
}

interface Moved {
  /** Undefined: nothing is kept, or what is kept stays as it is. */
  readonly after: Instance | undefined;
  readonly reactions: readonly Reaction[];
}

/** One event for one instance, on its way through its reactions. */
interface Work {
  readonly event: LogEvent;
  readonly envelope: EventEnvelope;
  readonly correlation: Correlation;
  /** Whether the event concerns other instances too. */
  readonly amongOthers: boolean;
  readonly done: () => void;
  /** Undefined until the instance was loaded and moved. */
  moved: Moved | undefined;
  next: number;
  attempt: number;
}

/**
 * Follows the log for one process, from its checkpoint: moves its instances, carries out what they want, and only then
 * counts an event as done. So after a crash a reaction may come again, and never is one left out.
 */
export class ProcessLoop implements LogConsumer {
  parkedAt: ParkedEvent | undefined;
  trouble: Error | undefined;
  readonly instances: InstanceStore;
  private readonly wanted: Wanted;
  private readonly lanes: Lanes;
  private readonly lowWater = new LowWater();
  private readonly stopping = new AbortController();
  private offered: number;
  private room: Room | undefined;
  private flushing: Promise<void> | undefined;
  private sinceCheckpoint = 0;
  /** Nothing is written before everything up to here is done: a former runner of this process came so far. */
  private writtenTo = -Infinity;
  /** Something was done since the last write of which no instance tells. */
  private doneAlone = false;

  constructor(
    private readonly running: RunningProcess,
    store: ProjectionStore,
    private checkpoint: Checkpoint | undefined,
    private readonly around: ProcessSurroundings,
    private readonly skipped: ReadonlySet<string>,
  ) {
    this.wanted = new Wanted(running.process);
    this.instances = new InstanceStore(running.process, store);
    this.lanes = new Lanes(around.atOnce, around.pauses.sleep, this.stopping.signal);
    this.offered = checkpoint?.position ?? -Infinity;
  }

  get offeredTo(): number {
    return this.offered;
  }

  /** Events that are not done yet. */
  get outstanding(): number {
    return this.lowWater.size;
  }

  /** Everything up to here is done; undefined: nothing yet. */
  get position(): number | undefined {
    return this.lowWater.through?.position ?? this.checkpoint?.position;
  }

  offer(events: readonly LogEvent[]): Promise<void> | undefined {
    for (const event of events) {
      if (event.position <= this.offered) continue;
      this.offered = event.position;
      if (this.parkedAt === undefined) this.take(event);
    }
    this.flushSoon();
    if (this.lowWater.size < maxOutstanding || this.parkedAt !== undefined) return undefined;
    return (this.room ??= new Room()).emptied;
  }

  /** Ends what is under way and writes how far it came. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.makeRoom();
    const ended = new AbortController();
    await Promise.race([this.lanes.stop(), pause(longestEnd, ended.signal)]);
    ended.abort();
    await this.flushing;
    await this.write().catch(() => undefined);
  }

  private take(event: LogEvent): void {
    this.sinceCheckpoint += 1;
    let envelope: EventEnvelope | undefined;
    let correlations: readonly Correlation[] = [];
    try {
      if (!this.skipped.has(event.recorded.id)) envelope = this.wanted.envelope(event);
      if (envelope !== undefined) correlations = correlationsOf(this.running.process, envelope);
    } catch (error) {
      this.park(event, error);
      return;
    }
    if (envelope === undefined || correlations.length === 0) {
      this.lowWater.pass(event);
      return;
    }
    const { done } = this.lowWater.begin(event, correlations.length);
    const amongOthers = correlations.length > 1;
    for (const correlation of correlations) {
      const work: Work = { event, envelope, correlation, amongOthers, done, moved: undefined, next: 0, attempt: 0 };
      this.lanes.add(correlation.key, () => this.proceed(work));
    }
  }

  /** True: done, or parked. A number: pause for so long, then call again. */
  private async proceed(work: Work): Promise<true | number> {
    const { pauses, observer } = this.around;
    const { key, as } = work.correlation;
    if (work.moved === undefined) {
      let instance: Instance;
      try {
        instance = as === 'alone' ? unknownInstance : await this.instances.find(key);
        this.trouble = undefined;
      } catch (error) {
        this.trouble = asError(error);
        observer.interrupted(this.running.process.name, this.trouble);
        return pauses.firstMs;
      }
      // It was done before a restart, only the checkpoint was behind.
      if (instance.position >= work.event.position) return this.finish(work, undefined);
      try {
        work.moved = this.move(work, instance);
      } catch (error) {
        this.park(work.event, error);
        return true;
      }
    }
    return this.react(work, work.moved);
  }

  private move({ event, envelope, correlation }: Work, instance: Instance): Moved {
    const { process } = this.running;
    const { key, as } = correlation;
    if (as === 'alone')
      return { after: undefined, reactions: process.react(process.initialState() as AnyState, envelope, key) };
    const moved = step(process, { key, as }, instance.text, envelope);
    if (moved.kind === 'started-twice') this.around.observer.startedTwice(process.name, key, event.recorded.id);
    if (moved.kind !== 'moved') return { after: undefined, reactions: [] };
    const reactions = process.react(moved.state, envelope, key);
    const text = moved.ends ? undefined : JSON.stringify(moved.state);
    return { after: { text, position: event.position }, reactions };
  }

  private async react(work: Work, { after, reactions }: Moved): Promise<true | number> {
    const { timers, clock, observer } = this.around;
    const { process } = this.running;
    const key = work.amongOthers ? work.correlation.key : undefined;
    for (; work.next < reactions.length; work.next += 1, work.attempt = 0) {
      const reaction = reactions[work.next];
      if (reaction === undefined || this.stopping.signal.aborted) return true;
      work.attempt += 1;
      try {
        await carryOut(this.running, reaction, work.envelope, { index: work.next, key }, timers, clock);
      } catch (thrown) {
        const error = asError(thrown);
        const answer = process.onFailure(error, work.attempt);
        observer.reactionFailed(process.name, work.event.recorded.id, error, work.attempt, answer);
        if (answer.kind === 'retry') return answer.afterMs;
        if (answer.kind === 'stop') {
          this.park(work.event, error);
          return true;
        }
      }
    }
    return this.finish(work, after);
  }

  private finish(work: Work, after: Instance | undefined): true {
    if (after !== undefined) this.instances.set(work.correlation.key, after);
    if (work.correlation.as === 'alone') this.doneAlone = true;
    work.done();
    this.flushSoon();
    if (this.lowWater.size < maxOutstanding / 2) this.makeRoom();
    return true;
  }

  /** Nothing further is done until an operator has it tried again from the checkpoint, or the event left out. */
  private park(event: LogEvent, error: unknown): void {
    if (this.parkedAt !== undefined) return;
    const { id, position, stream, type } = event.recorded;
    this.parkedAt = {
      name: this.running.process.name,
      position,
      eventId: id,
      stream,
      storedType: type,
      error: String(error),
    };
    void this.lanes.stop();
    this.makeRoom();
    this.around.observer.processParked(this.parkedAt);
  }

  private flushSoon(): void {
    if (this.flushing !== undefined || !this.worthWriting()) return;
    this.flushing = this.flush().finally(() => {
      this.flushing = undefined;
    });
  }

  private async flush(): Promise<void> {
    const { pauses, observer } = this.around;
    while (this.worthWriting() && !this.stopping.signal.aborted) {
      await untilItWorks(
        () => this.write(),
        (error) => {
          this.trouble = asError(error);
          observer.interrupted(this.running.process.name, this.trouble);
        },
        pauses,
        this.stopping.signal,
      );
      this.trouble = undefined;
    }
  }

  private worthWriting(): boolean {
    const { through } = this.lowWater;
    if ((this.position ?? -Infinity) < this.writtenTo) return false;
    if (through === undefined && this.checkpoint === undefined) return false;
    if (this.instances.unwritten > 0 || this.sinceCheckpoint >= checkpointEvery) return true;
    return this.doneAlone && through !== undefined && through.position !== this.checkpoint?.position;
  }

  private async write(): Promise<void> {
    const { through } = this.lowWater;
    const { epoch } = this.around;
    const version = instancesVersion;
    const checkpoint =
      through === undefined ? this.checkpoint : { epoch, position: through.position, hash: through.hash, version };
    if (checkpoint === undefined) return;
    this.sinceCheckpoint = 0;
    this.doneAlone = false;
    this.writtenTo = await this.instances.flush(checkpoint);
    if (this.writtenTo === checkpoint.position) this.checkpoint = checkpoint;
  }

  private makeRoom(): void {
    this.room?.empty();
    this.room = undefined;
  }
}
