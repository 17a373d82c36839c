import { chainHash, type NewEvent } from '#event-store';
import type { CommandOutcome, DomainEvent } from '#kernel';
import { eventId } from '../derived-ids.js';
import { metadataText, type SealedPersonalFields } from '../envelope.js';
import { asError } from '../observer.js';
import { codecOf, type AnyAggregate, type FoldedStream } from './folded-stream.js';
import type { RememberedCommand } from './remembered-commands.js';
import { maxEventsPerAppend } from './settings.js';
import type { CommandWork, Work } from './work.js';

/** What to tell each one once the batch is durable. */
export type Told =
  | {
      readonly work: CommandWork;
      readonly kind: 'outcome';
      readonly outcome: CommandOutcome<DomainEvent, string, unknown>;
    }
  | { readonly work: CommandWork; readonly kind: 'repeat'; readonly first: RememberedCommand }
  | { readonly work: Work; readonly kind: 'seen'; readonly seen: unknown }
  | { readonly work: Work; readonly kind: 'failed'; readonly error: Error };

export interface Batch {
  /** Revision before its first event: the expected one. */
  readonly base: number;
  readonly events: NewEvent[];
  readonly told: Told[];
  /** What no longer fitted into one append. */
  readonly left: readonly Work[];
  /** `evolve` or an answer threw: the folded stream is spoilt; this one fails alone, the others are decided anew. */
  readonly spoiltBy: { readonly work: Work; readonly error: Error } | undefined;
}

/** Decides in order, each on the state that the ones before have made. Moves the folded stream on, ahead of the log. */
export function decideBatch(
  aggregate: AnyAggregate,
  stream: string,
  folded: FoldedStream,
  works: readonly Work[],
  sealed: ReadonlyMap<Work, SealedPersonalFields>,
): Batch {
  const base = folded.revision;
  const events: NewEvent[] = [];
  const told: Told[] = [];
  for (const [index, work] of works.entries()) {
    const wanted = work.kind === 'look' ? look(work, folded) : decide(aggregate, folded, work);
    if (Array.isArray(wanted)) {
      if (events.length + wanted.length > maxEventsPerAppend) {
        return { base, events, told, left: works.slice(index), spoiltBy: undefined };
      }
      const personal = sealed.get(work) ?? { name: null, client: null };
      try {
        told.push(accept(aggregate, stream, folded, work as CommandWork, wanted, personal, events));
      } catch (error) {
        return { base, events, told, left: [], spoiltBy: { work, error: asError(error) } };
      }
    } else {
      told.push(wanted);
    }
  }
  return { base, events, told, left: [], spoiltBy: undefined };
}

interface EncodedEvent {
  readonly type: string;
  readonly data: string;
  readonly event: DomainEvent;
}

function look(work: Work & { kind: 'look' }, folded: FoldedStream): Told {
  try {
    return { work, kind: 'seen', seen: work.look(folded.state) };
  } catch (error) {
    return { work, kind: 'failed', error: asError(error) };
  }
}

/** The encoded events to append, or what is to be told without any. Leaves the state as it is. */
function decide(aggregate: AnyAggregate, folded: FoldedStream, work: CommandWork): Told | EncodedEvent[] {
  if (work.context.repeatable) {
    const first = folded.remembered.get(work.context.commandId);
    if (first !== undefined) return { work, kind: 'repeat', first };
  }
  try {
    const decision = aggregate.decider.decide(work.command, folded.state);
    if (decision.kind === 'refused') return { work, kind: 'outcome', outcome: decision };
    if (decision.events.length > maxEventsPerAppend) {
      throw new RangeError(
        `one decision of ${String(decision.events.length)} events; at most ${String(maxEventsPerAppend)} fit into an append`,
      );
    }
    const codec = codecOf(aggregate);
    return decision.events.map((event) => ({ ...codec.encode(event), event }));
  } catch (error) {
    return { work, kind: 'failed', error: asError(error) };
  }
}

/**
 * The state and the client each get events of their own, parsed from the bytes that will be stored: what is folded now
 * is what a reload will fold, and an `evolve` that keeps and later changes a part of an event changes nobody else's.
 */
function accept(
  aggregate: AnyAggregate,
  stream: string,
  folded: FoldedStream,
  work: CommandWork,
  encoded: readonly EncodedEvent[],
  personal: SealedPersonalFields,
  into: NewEvent[],
): Told {
  const { context } = work;
  for (const [index, { type, data, event }] of encoded.entries()) {
    const metadata = metadataText(context, personal, folded.hash);
    const fresh = { id: eventId(context.commandId, event.type, index), type, data, metadata };
    folded.state = aggregate.decider.evolve(folded.state, { type: event.type, data: JSON.parse(data) as unknown });
    folded.revision += 1;
    folded.hash = chainHash({ ...fresh, stream, revision: folded.revision });
    if (context.repeatable) folded.remembered.note(context.commandId, folded.revision, context.time);
    into.push(fresh);
  }
  const events = encoded.map(({ data, event }) => ({ type: event.type, data: JSON.parse(data) as unknown }));
  const answer = work.answer?.(folded.state, events);
  const outcome = {
    kind: 'accepted',
    events,
    answer,
    revision: folded.revision,
    position: folded.position,
    repeated: false,
  } as const;
  return { work, kind: 'outcome', outcome };
}
