import { StoreUnavailable, type CommandOutcome, type DomainEvent } from '#kernel';
import { codecOf, type AnyAggregate } from './folded-stream.js';
import type { StreamLoader } from './stream-loader.js';
import type { CommandWork } from './work.js';

/**
 * The first outcome of a command that came again (C2): its events as they stand in the log, and the answer taken from
 * the state as it was right after them. Rare, so it reads and folds anew.
 */
export async function firstOutcome(
  loader: StreamLoader,
  aggregate: AnyAggregate,
  stream: string,
  work: CommandWork,
  at: { readonly first: number; readonly last: number },
): Promise<CommandOutcome<DomainEvent, string, unknown>> {
  const recorded = await loader.read(stream, at.first, at.last);
  const codec = codecOf(aggregate);
  const events = recorded.map((event) => codec.decode(event));
  if (events.length !== at.last - at.first + 1)
    throw new StoreUnavailable(`${stream}: the first outcome cannot be read back`);
  let answer: unknown;
  if (work.answer !== undefined) {
    const then = await loader.load(aggregate, stream, at.last);
    answer = work.answer(then.state, events);
  }
  return { kind: 'accepted', events, answer, revision: at.last, position: recorded.at(-1)?.position, repeated: true };
}
