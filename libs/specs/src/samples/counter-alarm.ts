import type { EventEnvelope, Json } from '#kernel';
import { running, type Process, type RunningProcess } from '#runtime';
import type { Timer } from '#timers';
import { counterCatalog } from './counter.js';

export interface AlarmState {
  additions: number;
  /** Milliseconds since 1970; undefined: no alarm wanted. */
  alarmAt: number | undefined;
}

function alarmTimer(stream: string, dueAt: number): Timer {
  return { id: `alarm.${stream}.${String(dueAt)}`, dueAt, kind: 'counter-alarm', payload: { stream } };
}

function amountOf({ event }: EventEnvelope): number {
  return (event.data as { amount: number }).amount;
}

/**
 * Watches each counter: its first addition starts an instance, an addition of 7 asks for an alarm, emptying ends it.
 * Every addition is to be written down by the handler `note`.
 */
export function counterAlarm(changes: Partial<Process<AlarmState>> = {}): Process<AlarmState> {
  return {
    name: 'counterAlarm',
    version: 1,
    catalogs: [counterCatalog],
    events: ['specs/Added', 'specs/Emptied'],
    correlate: ({ stream, revision, event }) => {
      if (event.type === 'Emptied') return { key: stream, as: 'stop' };
      return { key: stream, as: revision === 0 ? 'start' : 'continue' };
    },
    initialState: () => ({ additions: 0, alarmAt: undefined }),
    evolve: (state, envelope) => {
      if (envelope.event.type !== 'Added') return state;
      state.additions += 1;
      if (amountOf(envelope) === 7) state.alarmAt = 70_000;
      return state;
    },
    react: (state, envelope) => {
      const { stream, revision, event } = envelope;
      if (event.type === 'Emptied') {
        return state.alarmAt === undefined ? [] : [{ kind: 'cancel', timerId: alarmTimer(stream, state.alarmAt).id }];
      }
      const note = { kind: 'do' as const, name: 'note', input: { stream, revision, amount: amountOf(envelope) } };
      const schedule = { kind: 'schedule' as const, timer: alarmTimer(stream, 70_000) };
      return amountOf(envelope) === 7 ? [note, schedule] : [note];
    },
    timers: (state) => (state.alarmAt === undefined ? [] : [alarmTimer('counter-a', state.alarmAt)]),
    onFailure: (_, attempt) => (attempt < 4 ? { kind: 'retry', afterMs: 1 } : { kind: 'skip' }),
    ...changes,
  };
}

export interface Note {
  readonly [name: string]: Json;
  readonly stream: string;
  readonly revision: number;
  readonly amount: number;
}

/** The process above with a notebook; `fail` is asked before each note. */
export function notedCounterAlarm(
  notes: { readonly note: Note; readonly commandId: string }[],
  changes: Partial<Process<AlarmState>> = {},
  fail: (note: Note) => Promise<void> | void = () => undefined,
): RunningProcess {
  return running(counterAlarm(changes), {
    handlers: {
      note: async (input, { commandId }) => {
        await fail(input as Note);
        notes.push({ note: input as Note, commandId });
      },
    },
    onTimer: {
      'counter-alarm': async (timer, { commandId }) => {
        const { stream } = timer.payload as { stream: string };
        notes.push({ note: { stream, revision: -1, amount: -1 }, commandId });
      },
    },
  });
}
