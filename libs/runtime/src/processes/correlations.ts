import type { EventEnvelope } from '#kernel';
import type { Correlation, Process } from '../process.port.js';

/** Whom an event concerns, each key once. Throws where one key is answered in two ways. */
export function correlationsOf<State>(process: Process<State>, envelope: EventEnvelope): readonly Correlation[] {
  const answer = process.correlate(envelope);
  if (answer === undefined) return [];
  if (!isSeveral(answer)) return [answer];
  const byKey = new Map<string, Correlation>();
  for (const correlation of answer) {
    const { key, as } = correlation;
    const before = byKey.get(key);
    if (before === undefined) byKey.set(key, correlation);
    else if (before.as !== as)
      throw new Error(`${process.name}: ${envelope.event.type} concerns ${key} both as ${before.as} and as ${as}`);
  }
  return [...byKey.values()];
}

function isSeveral(answer: Correlation | readonly Correlation[]): answer is readonly Correlation[] {
  return Array.isArray(answer);
}
