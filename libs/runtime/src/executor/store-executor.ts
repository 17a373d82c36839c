import { LRUCache } from 'lru-cache';
import type { EventStore } from '#event-store';
import {
  StoreUnavailable,
  type AggregateDefinition,
  type CommandContext,
  type CommandOutcome,
  type DomainEvent,
} from '#kernel';
import type { Blobs } from '#read-store';
import type { AnyState } from '../any-state.js';
import { Envelopes } from '../envelope.js';
import { CommandExecutor } from '../executor.port.js';
import { silentObserver, type RuntimeObserver } from '../observer.js';
import type { Vault } from '../vault.port.js';
import type { AnyAggregate, FoldedStream } from './folded-stream.js';
import { defaultExecutorSettings, type ExecutorSettings } from './settings.js';
import { Snapshots } from './snapshots.js';
import { StreamLoader } from './stream-loader.js';
import { StreamWriter, type WriterSurroundings } from './stream-writer.js';
import type { Work } from './work.js';

/** The stream holds something that this program cannot fold: nothing is decided on it until an operator has it retried. */
export class StreamParked extends StoreUnavailable {}

export interface ExecutorPorts {
  readonly store: EventStore;
  readonly vault: Vault;
  /** For snapshots; without it every stream is folded from its start. */
  readonly blobs?: Blobs;
  readonly observer?: RuntimeObserver;
  /** Told of every position at which an event of this executor became durable, before the client is answered. */
  readonly durable?: (position: number) => void;
  readonly settings?: Partial<ExecutorSettings>;
}

/** A parked stream beyond this number is forgotten, and parked again when somebody wants it. */
const maxParked = 1_000;

export class StoreCommandExecutor extends CommandExecutor {
  private readonly settings: ExecutorSettings;
  private readonly envelopes: Envelopes;
  private readonly around: WriterSurroundings;
  private readonly writers = new Map<string, StreamWriter>();
  /**
   * Streams as they were left. A stream keeps its place while a writer has it: a table of thousands in which the same key
   * is deleted and set again and again is searched through all that was deleted.
   */
  private readonly left: LRUCache<string, { readonly aggregate: AnyAggregate; readonly folded: FoldedStream }>;
  private readonly parked = new Map<string, Error>();
  private readonly closing = new AbortController();
  private drained: (() => void) | undefined;
  private accepting = true;

  constructor(ports: ExecutorPorts) {
    super();
    const { store, vault, blobs, observer = silentObserver, durable = () => undefined } = ports;
    const settings = { ...defaultExecutorSettings, ...ports.settings };
    this.settings = settings;
    this.envelopes = new Envelopes(vault);
    // By size, not by number: a cache with a number takes the memory of that many entries at once.
    this.left = new LRUCache({ maxSize: settings.cachedStreams, sizeCalculation: () => 1 });
    this.around = {
      store,
      settings,
      observer,
      durable,
      loader: new StreamLoader(store, new Snapshots(blobs, () => store.epoch), settings),
      closing: this.closing.signal,
      idle: (writer) => {
        this.release(writer);
      },
      park: (stream, error) => this.park(stream, error),
    };
  }

  override execute<S, C, E extends DomainEvent, R extends string, A = undefined>(
    aggregate: AggregateDefinition<S, C, E, R>,
    stream: string,
    command: C,
    context: CommandContext,
    answer?: (state: Readonly<S>, events: readonly E[]) => A,
  ): Promise<CommandOutcome<E, R, A>> {
    return new Promise((resolve, reject) => {
      const sealed = this.envelopes.seal(context);
      // Whoever awaits it later gets the error too; until then it is not to be called unhandled.
      if (sealed instanceof Promise) sealed.catch(() => undefined);
      this.enqueue(aggregate as unknown as AnyAggregate, stream, {
        kind: 'command',
        command,
        context,
        answer: answer as ((state: AnyState, events: readonly DomainEvent[]) => unknown) | undefined,
        sealed,
        conflicts: 0,
        resolve: resolve as (outcome: CommandOutcome<DomainEvent, string, unknown>) => void,
        reject,
      });
    });
  }

  override look<S, C, E extends DomainEvent, R extends string, T>(
    aggregate: AggregateDefinition<S, C, E, R>,
    stream: string,
    look: (state: Readonly<S>) => T,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const known = this.atRest(aggregate as unknown as AnyAggregate, stream);
      if (known !== undefined) {
        resolve(look(known.state as Readonly<S>));
        return;
      }
      this.enqueue(aggregate as unknown as AnyAggregate, stream, {
        kind: 'look',
        look: look as (state: AnyState) => unknown,
        conflicts: 0,
        resolve: resolve as (seen: unknown) => void,
        reject,
      });
    });
  }

  /** Streams that wait for an operator, and why. */
  parkedStreams(): readonly { readonly stream: string; readonly error: string }[] {
    return Array.from(this.parked, ([stream, error]) => ({ stream, error: error.message }));
  }

  /** Lets a parked stream be loaded again at its next command. */
  retryStream(stream: string): void {
    this.parked.delete(stream);
  }

  /** To be called when a person's key was destroyed: texts sealed with it are not used again (C20). */
  forgetSealedTexts(): void {
    this.envelopes.forget();
  }

  /** Takes nothing new, and waits (bounded) until everybody who waits is answered. Frozen streams are left as they are. */
  async close(): Promise<void> {
    const finished = new Promise<void>((resolve) => {
      this.drained = resolve;
    });
    this.accepting = false;
    if (this.writers.size > 0)
      await Promise.race([finished, this.settings.sleep(this.settings.closeWithinMs, this.closing.signal)]);
    this.closing.abort();
  }

  private enqueue(aggregate: AnyAggregate, stream: string, work: Work): void {
    const parked = this.parked.get(stream);
    if (!this.accepting) work.reject(new StoreUnavailable('the server is stopping'));
    else if (parked !== undefined) work.reject(parked);
    else this.writer(aggregate, stream).enqueue(work);
  }

  /** What is known to be current and durable without asking anybody: nobody else writes, and nothing is under way. */
  private atRest(aggregate: AnyAggregate, stream: string): FoldedStream | undefined {
    if (!this.around.store.exclusive || !this.accepting || this.writers.has(stream)) return undefined;
    const cached = this.left.get(stream);
    return cached?.aggregate === aggregate ? cached.folded : undefined;
  }

  private writer(aggregate: AnyAggregate, stream: string): StreamWriter {
    let writer = this.writers.get(stream);
    if (writer === undefined) {
      if (stream !== aggregate.name && !stream.startsWith(`${aggregate.name}-`)) {
        throw new Error(`${stream} is no stream of ${aggregate.name}`);
      }
      if (!stream.isWellFormed()) throw new Error('the name of a stream holds half a surrogate pair');
      const cached = this.left.get(stream);
      const folded = cached?.aggregate === aggregate ? cached.folded : undefined;
      writer = new StreamWriter(this.around, aggregate, stream, folded);
      this.writers.set(stream, writer);
    }
    if (writer.aggregate !== aggregate)
      throw new Error(`${stream} is in use with another definition of ${aggregate.name}`);
    return writer;
  }

  private release(writer: StreamWriter): void {
    const { stream, aggregate, folded } = writer;
    this.writers.delete(stream);
    if (folded === undefined) this.left.delete(stream);
    else this.left.set(stream, { aggregate, folded });
    if (this.writers.size === 0) this.drained?.();
  }

  private park(stream: string, cause: Error): Error {
    const error = new StreamParked(cause.message, { cause });
    this.parked.set(stream, error);
    const oldest = this.parked.keys().next();
    if (this.parked.size > maxParked && oldest.done !== true) this.parked.delete(oldest.value);
    this.around.observer.streamParked(stream, cause);
    return error;
  }
}
