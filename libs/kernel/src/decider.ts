import type { Decision } from './decision.js';

/** `type` is the name in code, unique in its context; the stored name adds context and version (see EventCatalog). */
export interface DomainEvent<Type extends string = string, Data = unknown> {
  readonly type: Type;
  readonly data: Data;
}

/**
 * The rules of one stream. Both functions are pure: time, ids and dice arrive inside the command.
 *
 * `decide` must leave the state as it is. `evolve` owns the state that it is given: it may change it in place and
 * return it (that keeps folding O(1) for large states), and whoever passed it in must not use it again.
 */
export interface Decider<State, Command, Event extends DomainEvent, Code extends string = string> {
  readonly initialState: () => State;
  readonly decide: (command: Command, state: Readonly<State>) => Decision<Event, Code>;
  readonly evolve: (state: State, event: Event) => State;
}

/** Lifts a stored payload by one version: from the version in its key to the next. */
export type Upcaster = (data: never) => unknown;

/** The events of a context (or of one aggregate) and their stored, versioned names. */
export interface EventCatalog<Event extends DomainEvent = DomainEvent> {
  /** `inventory`, `identity` … first part of the stored name. */
  readonly context: string;
  /** The version now written, by event type: stored as `context/Type@version`. */
  readonly versions: Readonly<Record<Event['type'], number>>;
  /** By stored name (`inventory/HypervisorRegistered@1`): the step to the next version. */
  readonly upcasters?: Readonly<Record<string, Upcaster>>;
}

/** The part of the state that a long stream keeps beside the log so that loading it is bounded. Disposable. */
export interface SnapshotFormat<State> {
  /** Raise it whenever `State` or `evolve` changes: older snapshots are then ignored. */
  readonly version: number;
  /** A snapshot is written when so many events came since the last one. */
  readonly everyEvents: number;
  readonly write: (state: Readonly<State>) => unknown;
  readonly read: (stored: never) => State;
}

/** A kind of stream: what decides on it, and how its events are stored. */
export interface AggregateDefinition<State, Command, Event extends DomainEvent, Code extends string = string> {
  /** `hostAggregates`, `hypervisor` … the stream's name or the part before its first dash. */
  readonly name: string;
  readonly decider: Decider<State, Command, Event, Code>;
  readonly catalog: EventCatalog<Event>;
  readonly snapshot?: SnapshotFormat<State>;
}

/** Closes a union: the compiler refuses it while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`);
}
