import type { CommandContext, EventCatalog, EventEnvelope, Json } from '#kernel';
import type { Timer } from '#timers';

/** How an event concerns a process: `start` is strict (a second start of the same key is reported and skipped). */
export interface Correlation {
  readonly key: string;
  readonly as: 'start' | 'continue' | 'stop';
}

/** What a process wants done: pure data, carried out by the runtime at least once, in order. */
export type Reaction =
  /** Goes to the handler registered under `name`; the context's command id derives from process, event and index. */
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
  readonly correlate: (envelope: EventEnvelope) => Correlation | undefined;
  readonly initialState: () => State;
  readonly evolve: (state: State, envelope: EventEnvelope) => State;
  readonly react: (state: Readonly<State>, envelope: EventEnvelope) => readonly Reaction[];
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
