import type { EventFilter, RecordedEvent } from '../port.js';

/** User id of the actor, as the kernel's StoredMetadata has it; null where the metadata says none. */
export function actorOf(metadata: string): string | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(metadata);
  } catch {
    return null;
  }
  if (typeof parsed !== 'object' || parsed === null || !('actor' in parsed)) return null;
  const { actor } = parsed;
  if (typeof actor !== 'object' || actor === null || !('user' in actor)) return null;
  return typeof actor.user === 'string' ? actor.user : null;
}

export type EventPredicate = (event: RecordedEvent) => boolean;

/** What a filter asks for, as a predicate; cheap conditions first. */
export function matching(filter: EventFilter | undefined): EventPredicate {
  if (filter === undefined) return () => true;
  const types = filter.types && new Set(filter.types);
  const streams = filter.streams && new Set(filter.streams);
  const { streamPrefix, actor, recordedFrom = -Infinity, recordedBefore = Infinity } = filter;
  return (event) =>
    event.recordedAt >= recordedFrom &&
    event.recordedAt < recordedBefore &&
    (types === undefined || types.has(event.type)) &&
    (streams === undefined || streams.has(event.stream)) &&
    (streamPrefix === undefined || event.stream.startsWith(streamPrefix)) &&
    (actor === undefined || actorOf(event.metadata) === actor);
}
