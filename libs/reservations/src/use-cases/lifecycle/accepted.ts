import { StoreUnavailable, type CommandAccepted, type CommandOutcome, type DomainEvent } from '#kernel';

/** Of a command that no rule refuses: only a stream that others keep busy does. */
export function accepted<Event extends DomainEvent, Answer>(
  outcome: CommandOutcome<Event, string, Answer>,
  what: string,
): CommandAccepted<Event, Answer> {
  if (outcome.kind === 'accepted') return outcome;
  throw new StoreUnavailable(`${what} was refused: ${outcome.code} ${JSON.stringify(outcome.facts)}`);
}
