import { MemoryEventStore } from '#event-store/adapters/memory';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { counterEventsProjection, counterExecutor, counterTotalsProjection, reachedEnd, totalOf, turns } from '#specs';
import { LogHead } from '../log-head.js';
import { observing } from '../observer.js';
import { ProjectionRunner } from './projection-runner.js';

/** Longer than any test: what waits for it to pass does not come. */
const gatherMs = 3_600_000;

describe('a read model on disk under load', () => {
  const world = async () => {
    const store = new MemoryEventStore();
    const readStore = createMemoryReadStore();
    const { add } = counterExecutor(store);
    const groups: number[] = [];
    const runner = new ProjectionRunner({
      store,
      readStore,
      projections: [counterTotalsProjection(), counterEventsProjection()],
      head: new LogHead(store),
      gatherMs,
      observer: observing({ projected: (name, _, events) => name === 'counterEvents' && groups.push(events) }),
    });
    await runner.start();
    const addAll = async (count: number) => {
      for (let n = 0; n < count; n += 1) await add(n % 2 === 0 ? 1 : -1);
      await reachedEnd(runner, 'counterTotals', store);
      await turns(50);
    };
    const head = async () => (await store.head())?.position ?? -1;
    return { readStore, runner, groups, add, addAll, head, gate: runner.gate('counterEvents') };
  };

  it('takes a single event at once, and then gathers what nobody waits for', async () => {
    const { readStore, runner, groups, addAll } = await world();
    await addAll(1);
    expect(groups).toEqual([1]);
    await addAll(30);
    expect(groups).toEqual([1]);
    expect(await totalOf(readStore)).toBe(1);
    await runner.stop();
  });

  it('writes at once what somebody waits for, also when it is yet to come', async () => {
    const { runner, groups, add, addAll, gate, head } = await world();
    await addAll(1);
    await addAll(30);
    const never = new AbortController().signal;
    expect(await gate.wait(await head(), never)).toBe(true);
    expect(groups).toEqual([1, 30]);
    const coming = gate.wait((await head()) + 1, never);
    await add(1);
    expect(await coming).toBe(true);
    await addAll(5);
    expect(groups).toEqual([1, 30, 1]);
    await runner.stop();
  });

  it('writes a full group by itself', async () => {
    const { runner, groups, addAll } = await world();
    await addAll(1);
    await addAll(1_100);
    expect(groups[1]).toBeGreaterThanOrEqual(1_024);
    await runner.stop();
  });

  it('does not hold a rebuild up, nor the stop, and leaves nothing out', async () => {
    const { readStore, runner, addAll, head, gate } = await world();
    await addAll(1);
    await addAll(30);
    await runner.rebuild(['counterEvents']);
    expect(gate.has(await head())).toBe(true);
    await addAll(30);
    await runner.stop();
    const documents = [];
    for await (const document of (await readStore.open(counterEventsProjection())).dump()) documents.push(document);
    expect(documents.length).toBeGreaterThanOrEqual(31);
  });
});
