import { MemoryEventStore, MemoryLog } from '#event-store/adapters/memory';
import type { Projection, ReadStore } from '#read-store';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import {
  counterEventsProjection,
  counterExecutor,
  counterTotalsProjection,
  FaultPlan,
  FaultyEventStore,
  FaultyReadStore,
  projectionsOver as runnerOver,
  reachedEnd as reached,
  superstitious,
  totalOf as total,
  turns,
  type Fault,
} from '#specs';

async function dumped(readStore: ReadStore, projection: Projection): Promise<string> {
  const documents = [];
  for await (const document of (await readStore.open(projection)).dump()) documents.push(document);
  return JSON.stringify(documents);
}

describe('a read model', () => {
  it('is caught up after the start, and follows the log from then on', async () => {
    const store = new MemoryEventStore();
    const { add } = counterExecutor(store);
    await add(1);
    await add(2);
    const readStore = createMemoryReadStore();
    const runner = runnerOver(store, readStore, [counterTotalsProjection()]);
    await runner.start();
    expect(await total(readStore)).toBe(3);
    await add(4);
    await reached(runner, 'counterTotals', store);
    expect(await total(readStore)).toBe(7);
    expect(runner.status()).toEqual([
      {
        name: 'counterTotals',
        version: 1,
        state: 'live',
        rebuilding: false,
        position: (await store.head())?.position,
        parked: undefined,
        error: undefined,
      },
    ]);
    await runner.stop();
  });

  it('starts on an empty log', async () => {
    const store = new MemoryEventStore();
    const readStore = createMemoryReadStore();
    const runner = runnerOver(store, readStore, [counterTotalsProjection()]);
    await runner.start();
    await counterExecutor(store).add(1);
    await reached(runner, 'counterTotals', store);
    expect(await total(readStore)).toBe(1);
    await runner.stop();
  });

  it('goes on after a restart from its checkpoint: nothing is folded twice', async () => {
    const store = new MemoryEventStore({ log: new MemoryLog('epoch', 7) });
    const readStore = createMemoryReadStore();
    const { add } = counterExecutor(store);
    await add(1);
    const first = runnerOver(store, readStore, [counterTotalsProjection()]);
    await first.start();
    await first.stop();
    await add(2);
    const seen: number[] = [];
    const projection = counterTotalsProjection();
    const second = runnerOver(store, readStore, [
      {
        ...projection,
        fold: (envelope, documents) => (seen.push(envelope.revision), projection.fold(envelope, documents)),
      },
    ]);
    await second.start();
    expect(seen).toEqual([1]);
    expect(await total(readStore)).toBe(3);
    await second.stop();
  });

  it('sees every event as stored when it takes all, also of contexts it does not know', async () => {
    const store = new MemoryEventStore();
    const readStore = createMemoryReadStore();
    await counterExecutor(store).add(1);
    await store.append([
      {
        stream: 'strange',
        expected: 'noStream',
        events: [{ id: 'e', type: 'elsewhere/Thing@4', data: '{}', metadata: '{}' }],
      },
    ]);
    const runner = runnerOver(store, readStore, [counterEventsProjection(), counterTotalsProjection()]);
    await runner.start();
    expect(await dumped(readStore, counterEventsProjection())).toMatch(/elsewhere\/Thing@4/);
    await runner.stop();
  });

  it('writes what has gathered in one go while its store is slow', async () => {
    const store = new MemoryEventStore();
    const inner = createMemoryReadStore();
    const readStore = new FaultyReadStore(inner, new FaultPlan(['slow'], { repeated: true, calls: ['apply'] }));
    const groups: number[] = [];
    const runner = runnerOver(store, readStore, [counterTotalsProjection()], {
      projected: (_, __, events) => groups.push(events),
    });
    await runner.start();
    const { add } = counterExecutor(store);
    for (let n = 0; n < 30; n += 1) await add(1);
    await reached(runner, 'counterTotals', store);
    expect(groups.reduce((sum, events) => sum + events)).toBe(30);
    expect(groups.length).toBeLessThan(30);
    await runner.stop();
  });
});

describe('C8: a checkpoint that does not belong to the log', () => {
  async function afterOneRun(log: MemoryLog): Promise<ReadStore> {
    const readStore = createMemoryReadStore();
    const store = new MemoryEventStore({ log });
    await counterExecutor(store).add(1);
    await counterExecutor(store).add(2);
    const runner = runnerOver(store, readStore, [counterTotalsProjection()]);
    await runner.start();
    await runner.stop();
    return readStore;
  }

  it.each([
    ['another epoch', new MemoryLog('second'), 5],
    ['another event at that position', new MemoryLog('first'), 5],
    ['a shorter log', new MemoryLog('first'), 0],
  ])('(%s) means a rebuild', async (_, other, events) => {
    const readStore = await afterOneRun(new MemoryLog('first'));
    const store = new MemoryEventStore({ log: other });
    for (let n = 0; n < events; n += 1) await counterExecutor(store).add(10);
    const runner = runnerOver(store, readStore, [counterTotalsProjection()]);
    await runner.start();
    expect(await total(readStore)).toBe(events === 0 ? undefined : events * 10);
    await runner.stop();
  });

  it('the same events in another life of the log mean a rebuild', async () => {
    const log = new MemoryLog('first');
    const readStore = await afterOneRun(log);
    const restored = new MemoryLog('second');
    restored.events.push(...log.events);
    const folded: number[] = [];
    const projection = counterTotalsProjection();
    const counting: Projection = {
      ...projection,
      fold: (envelope, documents) => {
        folded.push(envelope.revision);
        return projection.fold(envelope, documents);
      },
    };
    const runner = runnerOver(new MemoryEventStore({ log: restored }), readStore, [counting]);
    await runner.start();
    expect(folded).toEqual([0, 1]);
    await runner.stop();
  });

  it('another version of the fold means a rebuild', async () => {
    const log = new MemoryLog('first');
    const readStore = await afterOneRun(log);
    const store = new MemoryEventStore({ log });
    const projection = counterTotalsProjection();
    const doubled: Projection = {
      ...projection,
      version: 2,
      fold: (envelope, documents) =>
        projection.fold({ ...envelope, event: { ...envelope.event, data: { amount: 100, labels: [] } } }, documents),
    };
    const runner = runnerOver(store, readStore, [doubled]);
    await runner.start();
    expect(await total(readStore)).toBe(200);
    await runner.stop();
  });
});

describe('a rebuild', () => {
  it('beside the live one is invisible until it has reached it; readers never see less', async () => {
    const store = new MemoryEventStore();
    const readStore = createMemoryReadStore();
    const { add } = counterExecutor(store);
    const runner = runnerOver(store, readStore, [counterTotalsProjection(), counterEventsProjection()]);
    await runner.start();
    for (let n = 0; n < 20; n += 1) await add(1);
    await reached(runner, 'counterTotals', store);
    const seen: (number | undefined)[] = [];
    let rebuilding = true as boolean;
    const progress: number[] = [];
    const rebuilt = runner.rebuild(undefined, (events) => progress.push(events)).finally(() => (rebuilding = false));
    expect(runner.status().map((status) => status.rebuilding)).toEqual([true, true]);
    while (rebuilding) {
      if (seen.length > 70) throw new Error('the rebuild does not come to an end');
      await add(1);
      seen.push(await total(readStore));
    }
    await rebuilt;
    await reached(runner, 'counterTotals', store);
    expect(seen).toEqual([...seen].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(Math.min(...seen.map((value) => value ?? 0))).toBeGreaterThanOrEqual(20);
    expect(progress.length).toBeGreaterThan(0);
    await add(1);
    await reached(runner, 'counterTotals', store);
    expect(await total(readStore)).toBe(seen.length + 21);
    await runner.stop();
  });

  it('that parks leaves the former one live', async () => {
    const store = new MemoryEventStore();
    const readStore = createMemoryReadStore();
    const repair = { repaired: true };
    const runner = runnerOver(store, readStore, [superstitious(repair)]);
    await runner.start();
    const { add } = counterExecutor(store);
    await add(13);
    await reached(runner, 'counterTotals', store);
    repair.repaired = false;
    await expect(runner.rebuild()).rejects.toThrow('thirteen');
    repair.repaired = true;
    await add(1);
    await reached(runner, 'counterTotals', store);
    expect(await total(readStore)).toBe(14);
    expect(runner.status()).toMatchObject([{ state: 'live', rebuilding: false }]);
    await runner.stop();
  });
});

describe('faults', () => {
  it.each<Fault>(['before', 'after', 'timeout', 'slow'])(
    'of the read store (%s) at every call delay, and change nothing',
    async (fault) => {
      const store = new MemoryEventStore();
      const inner = createMemoryReadStore();
      const plan = new FaultPlan([fault, 'none', 'none', fault, 'none'], {
        repeated: true,
        calls: ['apply', 'getMany'],
      });
      const interrupted: string[] = [];
      const runner = runnerOver(store, new FaultyReadStore(inner, plan), [counterTotalsProjection()], {
        interrupted: (name) => interrupted.push(name),
      });
      const { add } = counterExecutor(store);
      await add(1);
      await runner.start();
      for (let n = 0; n < 10; n += 1) await add(1);
      await reached(runner, 'counterTotals', store);
      expect(await total(inner)).toBe(11);
      expect(interrupted.length > 0).toBe(fault !== 'slow');
      expect(runner.status()).toMatchObject([{ state: 'live', error: undefined }]);
      await runner.stop();
    },
  );

  it('of the log: reading is tried again, a broken subscription renewed, no event missed or folded twice', async () => {
    const inner = new MemoryEventStore();
    const plan = new FaultPlan(['before', 'none', 'after', 'none', 'none'], {
      repeated: true,
      calls: ['readAll', 'deliver'],
    });
    const readStore = createMemoryReadStore();
    const { add } = counterExecutor(inner);
    await add(1);
    const runner = runnerOver(new FaultyEventStore(inner, plan), readStore, [counterTotalsProjection()]);
    await runner.start();
    for (let n = 0; n < 20; n += 1) {
      await add(1);
      await turns(2);
    }
    await reached(runner, 'counterTotals', inner);
    expect(await total(readStore)).toBe(21);
    expect(plan.met.filter(({ call }) => call === 'deliver').length).toBeGreaterThan(1);
    await runner.stop();
  });
});
