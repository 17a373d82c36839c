import { type EventStore } from '#event-store';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { OutcomeUnknown, StoreUnavailable } from '#kernel';
import {
  counterExecutor as executorOver,
  counterStream as stream,
  FaultPlan,
  FaultyEventStore,
  storedData as stored,
  turns,
  type Fault,
} from '#specs';
import { StreamParked } from './store-executor.js';

/** An exclusive memory store behind a script of faults of `append`. */
function faulty(...script: Fault[]) {
  const store = new MemoryEventStore();
  const plan = new FaultPlan(script, { calls: ['append'] });
  return { store, plan, faulty: new FaultyEventStore(store, plan) };
}

describe('a conflict', () => {
  it('is decided again on the reloaded stream', async () => {
    const store = new MemoryEventStore();
    const [one, two] = [executorOver(store), executorOver(store)];
    await one.add(60);
    await two.add(30);
    expect(await one.add(10)).toMatchObject({ kind: 'accepted', answer: 100, revision: 2 });
    expect(await two.add(1)).toEqual({ kind: 'refused', code: 'too-much', facts: { total: 100 } });
  });

  it('six in a row are refused as busy, and nothing is stored', async () => {
    const inner = new MemoryEventStore();
    let conflicts = 0;
    const store = Object.create(inner, {
      append: { value: () => Promise.resolve([{ kind: 'conflict', actual: 7 }]) },
    }) as EventStore;
    const { add } = executorOver(store, { conflict: () => (conflicts += 1) });
    expect(await add(1)).toEqual({ kind: 'refused', code: 'busy', facts: { attempts: 6 } });
    expect(conflicts).toBe(6);
    expect(await stored(inner)).toEqual([]);
  });

  it('between two processes with 64 commands each: every acknowledged one is in the log once, and the limit holds', async () => {
    const store = new MemoryEventStore({ exclusive: false });
    const [one, two] = [executorOver(store), executorOver(store)];
    const outcomes = await Promise.all([...Array(128).keys()].map((n) => (n % 2 ? one : two).add(1)));
    const accepted = outcomes.filter((outcome) => outcome.kind === 'accepted');
    const ids = (await store.readStream(stream)).map((event) => event.id);
    expect(ids).toHaveLength(accepted.length);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeLessThanOrEqual(100);
  });
});

describe('where other processes write too', () => {
  it('a refusal is decided on the log, not on what this process remembers', async () => {
    const store = new MemoryEventStore({ exclusive: false });
    const [one, two] = [executorOver(store), executorOver(store)];
    await one.add(95);
    await two.run({ kind: 'empty' });
    expect(await one.add(10)).toMatchObject({ kind: 'accepted', answer: 10 });
  });

  it('looking reads the tail first', async () => {
    const store = new MemoryEventStore({ exclusive: false });
    const [one, two] = [executorOver(store), executorOver(store)];
    await one.add(1);
    await two.add(2);
    expect(await one.look()).toBe(3);
  });

  it('a repeat that another process ran first is recognised', async () => {
    const store = new MemoryEventStore({ exclusive: false });
    const [one, two] = [executorOver(store), executorOver(store)];
    await two.look();
    const context = { commandId: '5f0e0a52-0000-4000-8000-000000000001', repeatable: true };
    await one.add(1, context);
    await one.add(2);
    expect(await two.add(1, context)).toMatchObject({ kind: 'accepted', repeated: true, revision: 0, answer: 1 });
  });
});

describe('an append with unknown outcome (C3)', () => {
  it.each(['after', 'timeout'] as const)(
    '(%s) freezes the stream, is resent until it is known, and then all goes on',
    async (fault) => {
      const { faulty: store, store: inner } = faulty('none', fault, fault, 'before', 'none');
      const thawed: number[] = [];
      const { add, look } = executorOver(store, { thawed: (_, attempts) => thawed.push(attempts) });
      await add(1);
      const context = { commandId: '5f0e0a52-0000-4000-8000-000000000003', repeatable: true };
      const outcomes = await Promise.allSettled([add(2, context), add(3), look()]);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: expect.any(OutcomeUnknown) });
      await expect(add(4)).rejects.toThrow(OutcomeUnknown);
      while (thawed.length === 0) await turns(1);
      expect(thawed).toEqual([3]);
      expect(await add(2, context)).toMatchObject({ repeated: true, answer: 3 });
      expect(await add(5)).toMatchObject({ answer: 11 });
      expect(await stored(inner)).toHaveLength(4);
    },
  );

  it('ends with a conflict when another process took the place, and its command counts as not run', async () => {
    const inner = new MemoryEventStore();
    const { add: other } = executorOver(inner);
    const store = new FaultyEventStore(inner, new FaultPlan(['none', 'timeout'], { calls: ['append'] }));
    const thawed: number[] = [];
    const { add } = executorOver(
      store,
      {
        frozen: () => void other(10),
        thawed: (_, attempts) => thawed.push(attempts),
      },
      { sleep: () => turns(5) },
    );
    await add(1);
    const context = { commandId: '5f0e0a52-0000-4000-8000-000000000004', repeatable: true };
    await expect(add(2, context)).rejects.toThrow(OutcomeUnknown);
    while (thawed.length === 0) await turns(1);
    expect(await add(2, context)).toMatchObject({ repeated: false, answer: 13 });
  });

  it('a store that throws although it must not is taken as unknown', async () => {
    const inner = new MemoryEventStore();
    let calls = 0;
    const store = Object.create(inner, {
      append: {
        value: (batch: never) => {
          calls += 1;
          return calls === 1 ? Promise.reject(new Error('broken adapter')) : inner.append(batch);
        },
      },
    }) as EventStore;
    const { add } = executorOver(store);
    await expect(add(1)).rejects.toThrow(OutcomeUnknown);
    while ((await inner.head()) === undefined) await turns(1);
    await turns(3);
    expect(await add(2)).toMatchObject({ answer: 3 });
  });

  it('other streams go on meanwhile', async () => {
    const { faulty: store } = faulty('timeout', ...Array<Fault>(3).fill('none'));
    const { add, run } = executorOver(store, {}, { sleep: () => new Promise(() => undefined) });
    await expect(add(1)).rejects.toThrow(OutcomeUnknown);
    expect(await run({ kind: 'add', amount: 1 }, {}, 'counter-b')).toMatchObject({ kind: 'accepted' });
    await expect(add(1)).rejects.toThrow(OutcomeUnknown);
  });
});

describe('a store that takes nothing', () => {
  it('refuses the command and leaves the state as it was', async () => {
    const { faulty: store } = faulty('none', 'before');
    const { add, look } = executorOver(store);
    await add(1);
    await expect(add(2)).rejects.toThrow(StoreUnavailable);
    expect(await look()).toBe(1);
    expect(await add(3)).toMatchObject({ answer: 4, revision: 1 });
  });

  it('that cannot be read refuses too, and works again afterwards', async () => {
    const inner = new MemoryEventStore();
    await executorOver(inner).add(1);
    const { add } = executorOver(new FaultyEventStore(inner, new FaultPlan(['before'], { calls: ['readStream'] })));
    await expect(add(2)).rejects.toThrow(StoreUnavailable);
    expect(await add(3)).toMatchObject({ answer: 4 });
  });
});

describe('a stream that cannot be folded', () => {
  it('is parked visibly: nothing is decided on it until it is retried, other streams go on', async () => {
    const store = new MemoryEventStore();
    const parked: string[] = [];
    await store.append([
      { stream, expected: 'noStream', events: [{ id: 'e', type: 'specs/Unheard@1', data: '{}', metadata: '{}' }] },
    ]);
    const { executor, add, run } = executorOver(store, { streamParked: (name) => parked.push(name) });
    await expect(add(1)).rejects.toThrow(StreamParked);
    await expect(add(1)).rejects.toThrow(/specs\/Unheard@1/);
    expect(parked).toEqual([stream]);
    expect(executor.parkedStreams()).toEqual([{ stream, error: expect.stringContaining('specs/Unheard@1') }]);
    expect(await run({ kind: 'add', amount: 1 }, {}, 'counter-b')).toMatchObject({ kind: 'accepted' });
    executor.retryStream(stream);
    await expect(add(1)).rejects.toThrow(StreamParked);
    expect(parked).toEqual([stream, stream]);
  });
});

describe('closing', () => {
  it('answers whoever waits and takes nothing new', async () => {
    const { executor, add } = executorOver(
      new MemoryEventStore(),
      {},
      { closeWithinMs: 60_000, sleep: () => new Promise(() => undefined) },
    );
    const waiting = [add(1), add(2)];
    const closed = executor.close();
    await expect(add(3)).rejects.toThrow(StoreUnavailable);
    await closed;
    expect((await Promise.all(waiting)).map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
  });
});
