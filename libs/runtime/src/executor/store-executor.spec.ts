import { jest } from '@jest/globals';
import { chainHash, type EventStore } from '#event-store';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { StoreUnavailable, type StoredMetadata } from '#kernel';
import {
  counter,
  counterExecutor as executorOver,
  counterStream as stream,
  FaultPlan,
  FaultyEventStore,
  sampleContext,
  storedData as stored,
  turns,
  type CounterCommand,
  type Fault,
} from '#specs';
import { eventId } from '../derived-ids.js';
import { MemoryVault } from '../vault/memory-vault.js';
import { StoreCommandExecutor } from './store-executor.js';

/** An exclusive memory store behind a script of faults of `append`. */
function faulty(...script: Fault[]) {
  const store = new MemoryEventStore();
  const plan = new FaultPlan(script, { calls: ['append'] });
  return { store, plan, faulty: new FaultyEventStore(store, plan) };
}

describe('a command', () => {
  it('is answered with its events, its answer, its revision and its position once they are durable', async () => {
    const store = new MemoryEventStore();
    const { add } = executorOver(store);
    const first = await add(3);
    expect(first).toEqual({
      kind: 'accepted',
      events: [{ type: 'Added', data: { amount: 3, labels: [] } }],
      answer: 3,
      revision: 0,
      position: (await store.head())?.position,
      repeated: false,
    });
    expect(await add(4)).toMatchObject({ revision: 1, answer: 7, position: (await store.head())?.position });
    expect(await stored(store)).toEqual([
      { amount: 3, labels: [] },
      { amount: 4, labels: [] },
    ]);
  });

  it('that is refused changes nothing', async () => {
    const store = new MemoryEventStore();
    const { add } = executorOver(store);
    await add(90);
    expect(await add(11)).toEqual({ kind: 'refused', code: 'too-much', facts: { total: 90 } });
    expect(await stored(store)).toHaveLength(1);
  });

  it('that asks for what is already so is accepted without events', async () => {
    const store = new MemoryEventStore();
    const { run, add } = executorOver(store);
    expect(await run({ kind: 'empty' })).toEqual({
      kind: 'accepted',
      events: [],
      answer: 0,
      revision: -1,
      position: undefined,
      repeated: false,
    });
    await add(1);
    await run({ kind: 'empty' });
    const head = await store.head();
    expect(await run({ kind: 'empty' })).toMatchObject({ events: [], revision: 1, position: head?.position });
  });

  it('gets events of its own, as does the state: what one later does to them the other does not see', async () => {
    const store = new MemoryEventStore();
    const { executor, run, add } = executorOver(store);
    const labels = ['x'];
    const outcome = await run({ kind: 'add', amount: 1, labels });
    await add(2);
    expect(labels).toEqual(['x']);
    labels.push('y');
    expect(await executor.look(counter, stream, (state) => [...state.labels])).toEqual(['x', '2']);
    expect(outcome).toMatchObject({ events: [{ data: { labels: ['x'] } }] });
    expect(await stored(store)).toEqual([
      { amount: 1, labels: ['x'] },
      { amount: 2, labels: [] },
    ]);
  });

  it('on a stream of another kind is a mistake of the program', async () => {
    const { run } = executorOver(new MemoryEventStore());
    await expect(run({ kind: 'empty' }, {}, 'counters-a')).rejects.toThrow('no stream of counter');
  });
});

describe('the envelope', () => {
  it('holds derived ids, the context, the hash of the event before, and personal fields only sealed', async () => {
    const store = new MemoryEventStore();
    const vault = new MemoryVault();
    const executor = new StoreCommandExecutor({ store, vault });
    const context = sampleContext({ causationId: 'cause', repeatable: true });
    await executor.execute(counter, stream, { kind: 'addMany', amounts: [1, 2] }, context);
    const [first, second] = await store.readStream(stream);
    expect([first?.id, second?.id]).toEqual([0, 1].map((index) => eventId(context.commandId, 'Added', index)));
    expect(first?.type).toBe('specs/Added@1');
    const metadata = JSON.parse(second?.metadata ?? '') as StoredMetadata;
    expect(metadata).toEqual({
      envelope: 1,
      time: '2026-11-21T12:00:00.000Z',
      actor: { user: 'ada', project: 'engines', method: 'password', name: expect.any(String) },
      facade: 'specs',
      request: context.requestId,
      command: context.commandId,
      repeatable: true,
      causation: 'cause',
      correlation: context.correlationId,
      client: expect.any(String),
      previous: chainHash(first!),
    });
    expect((JSON.parse(first!.metadata) as StoredMetadata).previous).toBeNull();
    expect(second!.metadata).not.toMatch(/Lovelace|192\.0\.2\.7/);
    expect(await vault.open('actor:ada', metadata.actor.name!)).toBe('Ada Lovelace');
    expect(await vault.open('actor:ada', metadata.client!)).toBe('192.0.2.7');
  });

  it('chains across restarts, batches and conflicts', async () => {
    const store = new MemoryEventStore({ exclusive: false });
    const [one, two] = [executorOver(store), executorOver(store)];
    await Promise.all([...Array(20).keys()].map((n) => (n % 2 ? one : two).add(1)));
    await executorOver(store).add(1);
    const events = await store.readStream(stream);
    expect(events).toHaveLength(21);
    for (const [index, event] of events.entries()) {
      const { previous } = JSON.parse(event.metadata) as StoredMetadata;
      expect(previous).toBe(index === 0 ? null : chainHash(events[index - 1]!));
    }
  });

  it('fails the command alone when the vault does not seal', async () => {
    const store = new MemoryEventStore();
    const vault = new MemoryVault();
    const seal = vault.seal.bind(vault);
    vault.seal = (key, clear) => (key === 'actor:eve' ? Promise.reject(new Error('no key')) : seal(key, clear));
    const executor = new StoreCommandExecutor({ store, vault });
    const eve = sampleContext({ actor: { userId: 'eve', projectId: null, method: 'token', name: 'Eve' } });
    const outcomes = await Promise.allSettled(
      [sampleContext(), eve, sampleContext()].map((context) =>
        executor.execute(counter, stream, { kind: 'add', amount: 1 }, context),
      ),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await stored(store)).toHaveLength(2);
  });
});

describe('commands of one stream', () => {
  it('64 at once are decided in order of arrival, share appends, and never pass the limit', async () => {
    const store = new MemoryEventStore();
    const batches: number[] = [];
    const { add } = executorOver(store, { appended: (_, commands) => batches.push(commands) });
    const outcomes = await Promise.all([...Array(64).keys()].map(() => add(2)));
    expect(outcomes.map((outcome) => outcome.kind)).toEqual([
      ...Array(50).fill('accepted'),
      ...Array(14).fill('refused'),
    ]);
    expect(outcomes.map((outcome) => (outcome.kind === 'accepted' ? outcome.answer : 0)).slice(0, 50)).toEqual(
      [...Array(50).keys()].map((n) => 2 * (n + 1)),
    );
    expect(batches).toEqual([1, 63]);
    expect(await stored(store)).toHaveLength(50);
  });

  it('are taken in bounded batches, and refused as busy when the queue is full', async () => {
    const store = new MemoryEventStore();
    const batches: number[] = [];
    const { add } = executorOver(
      store,
      { appended: (_, commands) => batches.push(commands) },
      { maxBatch: 4, maxQueue: 10 },
    );
    const outcomes = await Promise.all([...Array(13).keys()].map(() => add(1)));
    expect(batches).toEqual([1, 4, 4, 2]);
    expect(outcomes.slice(11)).toEqual(Array(2).fill({ kind: 'refused', code: 'busy', facts: { queued: 10 } }));
  });

  it('are split where an append would exceed its bound of events', async () => {
    const store = new MemoryEventStore();
    const { run, add } = executorOver(store);
    const zeros = (count: number): CounterCommand => ({ kind: 'addMany', amounts: Array<number>(count).fill(0) });
    const outcomes = await Promise.all([add(1), run(zeros(3000)), run(zeros(3000)), add(1)]);
    expect(outcomes.map((outcome) => outcome.kind === 'accepted' && outcome.revision)).toEqual([0, 3000, 6000, 6001]);
    await expect(run(zeros(4097))).rejects.toThrow('4097 events');
  });

  it('refusals that rest on undecided neighbours wait for them, and fail with them', async () => {
    const { faulty: store } = faulty('none', 'before');
    const { add } = executorOver(store);
    const [first, second, third] = await Promise.allSettled([add(60), add(40), add(1)]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ reason: expect.any(StoreUnavailable) });
    // With 60 + 40 it was to be refused; as the 40 never happened, that would have been a lie.
    expect(third).toMatchObject({ reason: expect.any(StoreUnavailable) });
    expect(await add(40)).toMatchObject({ kind: 'accepted', answer: 100 });
  });

  it.each(['decide', 'evolve', 'encode'] as const)('a command whose %s throws fails alone', async (where) => {
    const store = new MemoryEventStore();
    const { run, add } = executorOver(store);
    const outcomes = await Promise.allSettled([add(1), add(2), run({ kind: 'explode', where }), add(3)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(outcomes[3]).toMatchObject({ value: { answer: 6, revision: 2 } });
    expect(await stored(store)).toHaveLength(3);
    expect(await executorOver(store).look()).toBe(6);
  });

  it('an answer that throws fails its command before anything is stored', async () => {
    const store = new MemoryEventStore();
    const { executor, add, look } = executorOver(store);
    const broken = executor.execute(counter, stream, { kind: 'add', amount: 50 }, sampleContext(), () => {
      throw new Error('no answer');
    });
    await expect(broken).rejects.toThrow('no answer');
    await add(1);
    expect(await look()).toBe(1);
    expect(await stored(store)).toHaveLength(1);
  });
});

describe('looking', () => {
  it('at a stream that does not exist shows the initial state', async () => {
    expect(await executorOver(new MemoryEventStore()).look()).toBe(0);
  });

  it('at a stream at rest asks nobody, and sees what was written last', async () => {
    const plan = new FaultPlan([], {});
    const store = new FaultyEventStore(new MemoryEventStore(), plan);
    const { add, look, executor } = executorOver(store);
    await add(1);
    await turns(1);
    expect(await look()).toBe(1);
    await add(2);
    await turns(1);
    const reads = jest.spyOn(store, 'readStream');
    expect(await Promise.all([look(), look()])).toEqual([3, 3]);
    expect(reads).not.toHaveBeenCalled();
    const broken = executor.look(counter, stream, () => {
      throw new Error('bad look');
    });
    await expect(broken).rejects.toThrow('bad look');
    await executor.close();
    await expect(look()).rejects.toThrow(StoreUnavailable);
  });

  it('shows nothing that is not durable', async () => {
    const { faulty: store } = faulty('none', 'before');
    const { add, look } = executorOver(store);
    const [, second, seen] = await Promise.allSettled([add(1), add(2), look()]);
    expect(second.status).toBe('rejected');
    expect(seen.status).toBe('rejected');
    expect(await look()).toBe(1);
  });

  it('fails alone when the looker throws', async () => {
    const { executor, add } = executorOver(new MemoryEventStore());
    const looking = executor.look(counter, stream, () => {
      throw new Error('bad look');
    });
    await expect(looking).rejects.toThrow('bad look');
    expect(await add(1)).toMatchObject({ kind: 'accepted' });
  });
});

describe('a command id that comes again (C2)', () => {
  const context = { commandId: '5f0e0a52-0000-4000-8000-000000000002', repeatable: true };

  it('is answered with the first events and the answer as it was then, also after a restart', async () => {
    const store = new MemoryEventStore();
    const { run, add } = executorOver(store);
    const first = await run({ kind: 'addMany', amounts: [1, 2] }, context);
    await add(10);
    const expected = { ...first, repeated: true };
    expect(await run({ kind: 'addMany', amounts: [1, 2] }, context)).toEqual({
      ...expected,
      position: expect.any(Number),
    });
    expect(await executorOver(store).run({ kind: 'addMany', amounts: [1, 2] }, context)).toMatchObject({
      answer: 3,
      repeated: true,
    });
    expect(await stored(store)).toHaveLength(3);
  });

  it('twice at the same instant has one effect', async () => {
    const store = new MemoryEventStore();
    const { add } = executorOver(store);
    const outcomes = await Promise.all([add(9), add(1, context), add(1, context), add(1, context)]);
    expect(outcomes.map((outcome) => outcome.kind === 'accepted' && outcome.repeated)).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(await stored(store)).toHaveLength(2);
  });

  it('that was refused may run again', async () => {
    const { run, add } = executorOver(new MemoryEventStore());
    await add(100);
    expect(await add(1, context)).toMatchObject({ kind: 'refused' });
    await run({ kind: 'empty' });
    expect(await add(1, context)).toMatchObject({ kind: 'accepted', repeated: false });
  });

  it('is remembered only where it can come again', async () => {
    const { add } = executorOver(new MemoryEventStore());
    await add(1, { ...context, repeatable: false });
    expect(await add(1, { ...context, repeatable: false })).toMatchObject({ repeated: false, answer: 2 });
  });

  it('is forgotten after the bound in number, and after a day', async () => {
    const { add } = executorOver(new MemoryEventStore(), {}, { rememberAtMost: 2 });
    const id = (n: number): string => `5f0e0a52-0000-4000-8000-0000000000a${n}`;
    const at = (n: number, time: number) => add(1, { commandId: id(n), repeatable: true, time });
    for (const n of [1, 2, 3]) await at(n, 1_000);
    expect(await at(3, 1_000)).toMatchObject({ repeated: true });
    expect(await at(1, 1_000)).toMatchObject({ repeated: false });
    const day = 24 * 60 * 60_000;
    await at(4, 1_001 + day);
    expect(await at(1, 1_001 + day)).toMatchObject({ repeated: false });
  });
});

describe('folded streams', () => {
  it('are kept while used lately, and loaded again after that', async () => {
    const inner = new MemoryEventStore();
    const reads: string[] = [];
    const store = Object.create(inner, {
      readStream: {
        value: (name: string, options: never) => {
          reads.push(name);
          return inner.readStream(name, options);
        },
      },
    }) as EventStore;
    const { run } = executorOver(store, {}, { cachedStreams: 2 });
    for (const on of ['counter-a', 'counter-a', 'counter-b', 'counter-c', 'counter-c', 'counter-a']) {
      await run({ kind: 'add', amount: 1 }, {}, on);
      await turns(1);
    }
    expect(reads).toEqual(['counter-a', 'counter-b', 'counter-c', 'counter-a']);
  });
});
