import type { EventStore } from '#event-store';
import type { Projection, ReadStore } from '#read-store';
import { LogHead, observing, ProjectionRunner, type RuntimeObserver } from '#runtime';
import { turns } from '../faults/fault-plan.js';
import { counterTotals, counterTotalsProjection, type CounterTotal } from './counter-totals.js';

const pauses = { firstMs: 1, mostMs: 1, sleep: () => turns(1) };

export function projectionsOver(
  store: EventStore,
  readStore: ReadStore,
  projections: readonly Projection[],
  observer: Partial<RuntimeObserver> = {},
): ProjectionRunner {
  return new ProjectionRunner({
    store,
    readStore,
    projections,
    head: new LogHead(store),
    observer: observing(observer),
    pauses,
  });
}

export async function totalOf(readStore: ReadStore, of = 'counter-a'): Promise<number | undefined> {
  return (await readStore.collection<CounterTotal>({ ...counterTotals }).get(of))?.total;
}

/** Until the read model has come to the end of the log. */
export async function reachedEnd(runner: ProjectionRunner, name: string, store: EventStore): Promise<void> {
  const head = await store.head();
  for (let turn = 0; !runner.gate(name).has(head?.position ?? -1); turn += 1) {
    if (turn > 1_000) throw new Error(`${name} does not come to the end of the log`);
    await turns(1);
  }
}

/** A fold that throws at amount 13, until it is repaired. */
export function superstitious(state: { repaired: boolean }): Projection {
  const { fold, ...rest } = counterTotalsProjection();
  return {
    ...rest,
    fold: (envelope, documents) => {
      const { amount } = envelope.event.data as { amount?: number };
      if (amount === 13 && !state.repaired) throw new Error('thirteen!');
      return fold(envelope, documents);
    },
  };
}
