import { expect } from '@jest/globals';
import type { AggregateDefinition, Decision, DomainEvent, Facts } from '#kernel';
import { EventCodec } from '#runtime';

/** What a spec may say after `when`. */
export interface Decided<Event extends DomainEvent, State> {
  /** Exactly these events, in order; none: accepted, and nothing happens. */
  then(...events: readonly Event[]): void;
  /** For events with made-up parts: checks of one's own. Also when refused it is accepted that is expected. */
  thenEvents(check: (events: readonly Event[]) => void): void;
  /** `facts` are compared when given. */
  thenRefused(code: string, facts?: Facts): void;
  /** The state after the decision, folded from all events. */
  thenState(check: (state: Readonly<State>) => void): void;
}

export interface Given<Command, Event extends DomainEvent, State> {
  when(command: Command): Decided<Event, State>;
  /** The state that the given events make. */
  state(check: (state: Readonly<State>) => void): void;
}

/**
 * Given these events, when this command comes, then …; for the decider of one aggregate. Beside what the spec says, each
 * decision is checked to leave the state as it was, to be the same when made again, and to yield events that the
 * catalog can store and `evolve` can fold, twice to the same state.
 */
export function decisionsOf<State, Command, Event extends DomainEvent, Code extends string>(
  aggregate: AggregateDefinition<State, Command, Event, Code>,
): { readonly given: (...events: readonly Event[]) => Given<Command, Event, State> } {
  const codec = new EventCodec([aggregate.catalog]);
  const fold = (events: readonly Event[]): State => {
    // Each fold owns its events, as in the runtime: what `evolve` keeps of them it may change later.
    const stored = events.map((event) => codec.decode(codec.encode(event)) as Event);
    return stored.reduce(aggregate.decider.evolve, aggregate.decider.initialState());
  };
  const foldTwice = (events: readonly Event[]): State => {
    const [state, again] = [fold(events), fold(events)];
    expect(again).toEqual(state);
    return state;
  };
  const decide = (events: readonly Event[], command: Command): Decision<Event, Code> => {
    const state = foldTwice(events);
    const decision = aggregate.decider.decide(command, state);
    expect(state).toEqual(fold(events));
    expect(aggregate.decider.decide(command, fold(events))).toEqual(decision);
    if (decision.kind === 'accepted') foldTwice([...events, ...decision.events]);
    return decision;
  };
  const given = (...events: readonly Event[]): Given<Command, Event, State> => ({
    state: (check) => check(foldTwice(events)),
    when: (command) => {
      const decision = decide(events, command);
      return {
        then: (...expected) => expect(decision).toEqual({ kind: 'accepted', events: expected }),
        thenEvents: (check) => check(acceptedEvents(decision)),
        thenRefused: (code, facts) =>
          expect(decision).toEqual({ kind: 'refused', code, facts: facts ?? (decision as { facts?: Facts }).facts }),
        thenState: (check) => check(fold([...events, ...acceptedEvents(decision)])),
      };
    },
  });
  return { given };
}

function acceptedEvents<Event>(decision: Decision<Event>): readonly Event[] {
  if (decision.kind === 'refused') throw new Error(`refused: ${decision.code} ${JSON.stringify(decision.facts)}`);
  return decision.events;
}
