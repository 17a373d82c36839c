import type { EventStore } from '#event-store';
import type { CommandContext } from '#kernel';
import { MemoryVault, observing, StoreCommandExecutor, type ExecutorSettings, type RuntimeObserver } from '#runtime';
import { turns } from '../faults/fault-plan.js';
import { counter, sampleContext, type CounterCommand, type CounterState } from './counter.js';

export const counterStream = 'counter-a';

const total = (state: Readonly<CounterState>): number => state.total;

/** An executor that never really pauses, and short ways to use it on the sample counter. */
export function counterExecutor(
  store: EventStore,
  observer: Partial<RuntimeObserver> = {},
  settings: Partial<ExecutorSettings> = {},
) {
  const executor = new StoreCommandExecutor({
    store,
    vault: new MemoryVault(),
    observer: observing(observer),
    settings: { sleep: () => turns(1), random: () => 0.5, ...settings },
  });
  const run = (command: CounterCommand, context?: Partial<CommandContext>, on = counterStream) =>
    executor.execute(counter, on, command, sampleContext(context), total);
  const add = (amount: number, context?: Partial<CommandContext>) => run({ kind: 'add', amount }, context);
  return { executor, run, add, look: () => executor.look(counter, counterStream, total) };
}

/** What the log holds of a stream: data parsed, in order. */
export async function storedData(store: EventStore, stream: string = counterStream): Promise<unknown[]> {
  return (await store.readStream(stream)).map((event) => JSON.parse(event.data) as unknown);
}
