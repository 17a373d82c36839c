import type { CommandContext, EventCatalog, EventEnvelope, Json } from '#kernel';
import type { Timer } from '#timers';

/**
 * How an event concerns an instance. `start` is strict: a second start of the same key is reported and skipped.
 * `alone` reacts from the initial state and keeps no instance: nothing is folded, and one kept under that key is neither
 * read nor changed. What is kept tells that an event was done before a restart, so an `alone` reaction comes again until
 * the checkpoint has passed its event.
 */
export interface Correlation {
  /** What has the same key is done one after the other, in the order of the log. */
  readonly key: string;
  readonly as: 'start' | 'continue' | 'stop' | 'alone';
}

/** What a process wants done: pure data, carried out by the runtime at least once, in order. */
export type Reaction =
  /**
   * Goes to the handler registered under `name`; the context's command id derives from process, event and index, and
   * from the key too where the event concerns several instances.
   */
  | { readonly kind: 'do'; readonly name: string; readonly input: Json }
  | { readonly kind: 'schedule'; readonly timer: Timer }
  | { readonly kind: 'cancel'; readonly timerId: string };

export type FailureAnswer =
  { readonly kind: 'retry'; readonly afterMs: number } | { readonly kind: 'skip' } | { readonly kind: 'stop' };

/** The pure part, in a `.saga.ts` file: events in, reactions out. */
export interface Process<State = unknown> {
  readonly name: string;
  /** Raise it when the fold changes: the instances are rebuilt from the log, without reacting again. */
  readonly version: number;
  readonly catalogs: readonly EventCatalog[];
  /** `context/Type` names. */
  readonly events: readonly string[];
  /**
   * Whom the event concerns: nobody, one instance, or several side by side, none of them twice in different ways. The
   * event is done when it is done for all of them.
   */
  readonly correlate: (envelope: EventEnvelope) => Correlation | readonly Correlation[] | undefined;
  readonly initialState: () => State;
  /** `key`: which of the instances that the event concerns this is. */
  readonly evolve: (state: State, envelope: EventEnvelope, key: string) => State;
  readonly react: (state: Readonly<State>, envelope: EventEnvelope, key: string) => readonly Reaction[];
  /** Timers the state implies: what the sweep re-arms (design §7). */
  readonly timers?: (state: Readonly<State>) => readonly Timer[];
  readonly onFailure: (error: Error, attempt: number) => FailureAnswer;
}

/** The I/O part: what carries out a `do` reaction. Rejecting asks the process's `onFailure`. */
export type ReactionHandler = (input: Json, context: CommandContext) => Promise<void>;

export interface RunningProcess {
  readonly process: Process;
  readonly handlers: Readonly<Record<string, ReactionHandler>>;
  /** By timer kind. */
  readonly onTimer?: Readonly<Record<string, (timer: Timer, context: CommandContext) => Promise<void>>>;
}

/** A process of any state, with what carries it out. */
export function running<State>(
  process: Process<State>,
  parts: Pick<RunningProcess, 'handlers' | 'onTimer'>,
): RunningProcess {
  return { process: process as unknown as Process, ...parts };
}
