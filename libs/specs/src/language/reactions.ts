import { expect } from '@jest/globals';
import type { EventEnvelope } from '#kernel';
import { correlationsOf, type Correlation, type Process, type Reaction } from '#runtime';
import type { Timer } from '#timers';

export interface Reacted {
  /** Exactly these, in order; none: it does nothing. An event that concerns several: one's after the other's, as they are named. */
  then(...reactions: readonly Reaction[]): void;
  /** The timers that the instances concerned imply from now on: what the sweep re-arms. */
  thenTimers(...timers: readonly Timer[]): void;
}

/**
 * Given these events, when this one comes, then these reactions; for the pure part of a process. All events that belong
 * to a key of the last one are folded; `react` is checked to leave the state alone and to be the same when asked again.
 */
export function reactionsOf<State>(process: Process<State>): {
  readonly given: (...before: readonly EventEnvelope[]) => { readonly when: (envelope: EventEnvelope) => Reacted };
} {
  const given = (...before: readonly EventEnvelope[]) => ({
    when: (envelope: EventEnvelope): Reacted => {
      const concerned = correlationsOf(process, envelope).map((each) => reactionOf(process, before, envelope, each));
      return {
        then: (...expected) => expect(concerned.flatMap(({ reactions }) => reactions)).toEqual(expected),
        thenTimers: (...expected) => expect(concerned.flatMap(({ timers }) => timers)).toEqual(expected),
      };
    },
  });
  return { given };
}

interface Concerned {
  readonly reactions: readonly Reaction[];
  readonly timers: readonly Timer[];
}

function reactionOf<State>(
  process: Process<State>,
  before: readonly EventEnvelope[],
  envelope: EventEnvelope,
  { key, as }: Correlation,
): Concerned {
  const kept = (envelopes: readonly EventEnvelope[], ends: boolean) => fold(process, envelopes, key, ends);
  const after = (): State | undefined =>
    as === 'alone' ? process.initialState() : kept([...before, envelope], as !== 'stop');
  // A second start and an event for nobody move nothing.
  const moves = as === 'alone' || (kept(before, true) === undefined) === (as === 'start');
  const state = after();
  if (!moves || state === undefined) return { reactions: [], timers: timersOf(process, kept(before, true)) };
  const reactions = process.react(state, envelope, key);
  expect(state).toEqual(after());
  expect(process.react(state, envelope, key)).toEqual(reactions);
  expect(JSON.parse(JSON.stringify(reactions))).toEqual(reactions);
  return { reactions, timers: as === 'stop' || as === 'alone' ? [] : timersOf(process, state) };
}

function timersOf<State>(process: Process<State>, state: State | undefined): readonly Timer[] {
  return state === undefined ? [] : (process.timers?.(state) ?? []);
}

/** The instance after these events. `ends`: whether the last of them, when it stops the instance, takes it away. */
function fold<State>(
  process: Process<State>,
  envelopes: readonly EventEnvelope[],
  key: string,
  ends: boolean,
): State | undefined {
  let text: string | undefined;
  for (const envelope of envelopes) {
    const as = correlationsOf(process, envelope).find((each) => each.key === key)?.as;
    if (as === undefined || as === 'alone' || (as === 'start') !== (text === undefined)) continue;
    const state = text === undefined ? process.initialState() : (JSON.parse(text) as State);
    text = JSON.stringify(process.evolve(state, envelope, key));
    if (as === 'stop' && (ends || envelope !== envelopes.at(-1))) text = undefined;
  }
  return text === undefined ? undefined : (JSON.parse(text) as State);
}
