import type { EventEnvelope } from '#kernel';
import { running, type Correlation, type Process, type RunningProcess } from '#runtime';
import { counterCatalog } from './counter.js';

export interface Mention {
  readonly stream: string;
  readonly revision: number;
  readonly key: string;
  /** How often it was mentioned until now, while it was kept. */
  readonly times: number;
}

const ways: Readonly<Record<string, Correlation['as']>> = { '+': 'start', '=': 'continue', '-': 'stop', '!': 'alone' };

/**
 * Watches what the labels of an addition mention, several instances at once: `+x` starts the instance x, `=x` goes on
 * with it, `-x` stops it, `!x` is reacted to alone. Every mention is to be written down by the handler `mention`.
 */
export function counterMentions(changes: Partial<Process<{ times: number }>> = {}): Process<{ times: number }> {
  return {
    name: 'counterMentions',
    version: 1,
    catalogs: [counterCatalog],
    events: ['specs/Added'],
    correlate: ({ event }) =>
      labelsOf(event.data).flatMap((label) => {
        const as = ways[label.charAt(0)];
        return as === undefined ? [] : [{ key: label.slice(1), as }];
      }),
    initialState: () => ({ times: 0 }),
    evolve: (state) => ({ times: state.times + 1 }),
    react: ({ times }, { stream, revision }: EventEnvelope, key) => [
      { kind: 'do', name: 'mention', input: { stream, revision, key, times } },
    ],
    onFailure: () => ({ kind: 'retry', afterMs: 1 }),
    ...changes,
  };
}

function labelsOf(data: unknown): readonly string[] {
  return (data as { readonly labels: readonly string[] }).labels;
}

export type Mentions = (Mention & { readonly commandId: string })[];

/** The process above with a notebook; `fail` is asked before each mention. */
export function notedCounterMentions(
  mentions: Mentions,
  changes: Partial<Process<{ times: number }>> = {},
  fail: (mention: Mention) => Promise<void> | void = () => undefined,
): RunningProcess {
  return running(counterMentions(changes), {
    handlers: {
      mention: async (input, { commandId }) => {
        const mention = input as unknown as Mention;
        await fail(mention);
        mentions.push({ ...mention, commandId });
      },
    },
  });
}

/** `revision key times` of each mention, in order. */
export const mentioned = (mentions: Mentions): string[] =>
  mentions.map(({ revision, key, times }) => `${String(revision)} ${key} ${String(times)}`);
