import { expect } from '@jest/globals';
import type { EventEnvelope } from '#kernel';
import type { Process, Reaction } from '#runtime';
import type { Timer } from '#timers';

export interface Reacted {
  /** Exactly these, in order; none: it does nothing. */
  then(...reactions: readonly Reaction[]): void;
  /** The timers that the instance implies from now on: what the sweep re-arms. */
  thenTimers(...timers: readonly Timer[]): void;
}

/**
 * Given these events, when this one comes, then these reactions; for the pure part of a process. All events that belong
 * to the key of the last one are folded; `react` is checked to leave the state alone and to be the same when asked again.
 */
export function reactionsOf<State>(process: Process<State>): {
  readonly given: (...before: readonly EventEnvelope[]) => { readonly when: (envelope: EventEnvelope) => Reacted };
} {
  const fold = (envelopes: readonly EventEnvelope[], key: string): State | undefined => {
    let text: string | undefined;
    for (const envelope of envelopes) {
      const correlation = process.correlate(envelope);
      if (correlation?.key !== key || (correlation.as === 'start') !== (text === undefined)) continue;
      const state = text === undefined ? process.initialState() : (JSON.parse(text) as State);
      text = JSON.stringify(process.evolve(state, envelope));
      if (correlation.as === 'stop' && envelope !== envelopes.at(-1)) text = undefined;
    }
    return text === undefined ? undefined : (JSON.parse(text) as State);
  };
  const given = (...before: readonly EventEnvelope[]) => ({
    when: (envelope: EventEnvelope): Reacted => {
      const correlation = process.correlate(envelope);
      const all = [...before, envelope];
      const state = correlation && fold(all, correlation.key);
      const moved = correlation !== undefined && state !== undefined && moves(process, before, envelope, fold);
      const reactions = moved ? process.react(state, envelope) : [];
      if (moved) {
        expect(state).toEqual(fold(all, correlation.key));
        expect(process.react(state, envelope)).toEqual(reactions);
        expect(JSON.parse(JSON.stringify(reactions))).toEqual(reactions);
      }
      const ended = correlation?.as === 'stop';
      return {
        then: (...expected) => expect(reactions).toEqual(expected),
        thenTimers: (...timers) =>
          expect(state === undefined || ended ? [] : (process.timers?.(state) ?? [])).toEqual(timers),
      };
    },
  });
  return { given };
}

/** A second start and an event for nobody move nothing. */
function moves<State>(
  process: Process<State>,
  before: readonly EventEnvelope[],
  envelope: EventEnvelope,
  fold: (envelopes: readonly EventEnvelope[], key: string) => State | undefined,
): boolean {
  const correlation = process.correlate(envelope);
  if (correlation === undefined) return false;
  const last = before.findLast((each) => process.correlate(each)?.key === correlation.key);
  const stopped = last !== undefined && process.correlate(last)?.as === 'stop';
  const exists = !stopped && fold(before, correlation.key) !== undefined;
  return exists === (correlation.as !== 'start');
}
