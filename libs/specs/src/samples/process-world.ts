import type { EventStore } from '#event-store';
import { MemoryEventStore } from '#event-store/adapters/memory';
import type { ReadStore } from '#read-store';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { observing, ProcessRunner, type RunningProcess, type RuntimeObserver } from '#runtime';
import type { Timers } from '#timers';
import { createMemoryTimers } from '#timers/adapters/memory';
import { turns } from '../faults/fault-plan.js';
import { VirtualClock } from '../virtual-clock.js';
import type { Note } from './counter-alarm.js';

const pauses = {
  firstMs: 1,
  mostMs: 1,
  sleep: (ms: number) => (ms >= 60_000 ? new Promise<void>(() => undefined) : turns(1)),
};

/** All ports in memory: what outlives a restart of the process. */
export interface World {
  readonly store: EventStore;
  readonly readStore: ReadStore;
  readonly timers: Timers;
  readonly clock: VirtualClock;
}

export function world(parts: Partial<World> = {}): World {
  const clock = parts.clock ?? new VirtualClock(0);
  return {
    store: new MemoryEventStore(),
    readStore: createMemoryReadStore(),
    timers: createMemoryTimers(clock),
    clock,
    ...parts,
  };
}

export function processesIn(
  the: World,
  processes: readonly RunningProcess[],
  observer: Partial<RuntimeObserver> = {},
  atOnce = 16,
): ProcessRunner {
  return new ProcessRunner({ ...the, processes, observer: observing(observer), pauses, atOnce });
}

/** Until every process has done everything the log holds. */
export async function allDone(runner: ProcessRunner, store: EventStore): Promise<void> {
  const head = await store.head();
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (
      runner
        .status()
        .every(({ position, outstanding }) => outstanding === 0 && (position ?? -1) >= (head?.position ?? -1))
    )
      return;
    await turns(1);
  }
  throw new Error('the process does not come to the end of the log');
}

export type Notes = { readonly note: Note; readonly commandId: string }[];
/** `stream/revision` of each note, in order. */
export const places = (notes: Notes): string[] => notes.map(({ note }) => `${note.stream}/${note.revision}`);
