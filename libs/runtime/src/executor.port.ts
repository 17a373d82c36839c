import type { AggregateDefinition, CommandContext, CommandOutcome, DomainEvent } from '#kernel';

/**
 * Runs commands against streams: folded state cached at a known revision, commands of one stream decided one after
 * the other, appends batched, conflicts reloaded and decided again at most 5 times, then refused as `busy`.
 * An abstract class, so that Nest can inject it by itself.
 */
export abstract class CommandExecutor {
  /**
   * Fulfilled only when the events are durable (a refusal: when everything it was decided upon is).
   * `answer` sees the state right after the events, at the moment of deciding; it must copy what it returns.
   * Throws kernel's OutcomeUnknown and StoreUnavailable, and whatever a broken decider throws (that command alone fails).
   */
  abstract execute<S, C, E extends DomainEvent, R extends string, A = undefined>(
    aggregate: AggregateDefinition<S, C, E, R>,
    stream: string,
    command: C,
    context: CommandContext,
    answer?: (state: Readonly<S>, events: readonly E[]) => A,
  ): Promise<CommandOutcome<E, R, A>>;

  /**
   * Looks at a stream's state, up to date with the log at the time of asking. `look` must copy what it returns
   * and change nothing. Looking at a stream that does not exist shows the initial state.
   */
  abstract look<S, C, E extends DomainEvent, R extends string, T>(
    aggregate: AggregateDefinition<S, C, E, R>,
    stream: string,
    look: (state: Readonly<S>) => T,
  ): Promise<T>;
}
