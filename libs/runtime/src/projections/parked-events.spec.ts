import { MemoryEventStore } from '#event-store/adapters/memory';
import type { Document, Projection } from '#read-store';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import {
  counterEventsProjection,
  counterExecutor,
  counterTotals,
  counterTotalsProjection,
  projectionsOver as runnerOver,
  reachedEnd as reached,
  superstitious,
  totalOf as total,
  turns,
} from '#specs';

describe('a fold that throws', () => {
  it('parks its event visibly, keeps what came before, and stops only that read model', async () => {
    const store = new MemoryEventStore();
    const readStore = createMemoryReadStore();
    const { add } = counterExecutor(store);
    const parked: unknown[] = [];
    const runner = runnerOver(store, readStore, [superstitious({ repaired: false }), counterEventsProjection()], {
      projectionParked: (event) => parked.push(event),
    });
    await add(5);
    await runner.start();
    await Promise.all([add(1), add(13), add(2)]);
    await reached(runner, 'counterEvents', store);
    const [, , thirteen] = await store.readStream('counter-a');
    const expected = {
      name: 'counterTotals',
      position: thirteen?.position,
      eventId: thirteen?.id,
      stream: 'counter-a',
      storedType: 'specs/Added@1',
      error: 'Error: thirteen!',
    };
    expect(parked).toEqual([expected]);
    expect(runner.status().map(({ name, state, parked: event }) => ({ name, state, event }))).toEqual([
      { name: 'counterTotals', state: 'parked', event: expected },
      { name: 'counterEvents', state: 'live', event: undefined },
    ]);
    expect(await total(readStore)).toBe(6);
    await runner.stop();
  });

  it('goes on after a retry once it is repaired, and parks again before', async () => {
    const store = new MemoryEventStore();
    const readStore = createMemoryReadStore();
    const { add } = counterExecutor(store);
    const repair = { repaired: false };
    const runner = runnerOver(store, readStore, [superstitious(repair)]);
    await runner.start();
    await add(13);
    await add(2);
    await turns(5);
    await runner.retry('counterTotals');
    expect(runner.status()).toMatchObject([{ state: 'parked' }]);
    repair.repaired = true;
    await runner.retry('counterTotals');
    expect(runner.status()).toMatchObject([{ state: 'live' }]);
    expect(await total(readStore)).toBe(15);
    await add(1);
    await reached(runner, 'counterTotals', store);
    expect(await total(readStore)).toBe(16);
    await runner.stop();
  });

  it('goes on without the event after a skip, also after a restart and in a rebuild', async () => {
    const store = new MemoryEventStore();
    const readStore = createMemoryReadStore();
    const { add } = counterExecutor(store);
    await add(13);
    await add(2);
    const first = runnerOver(store, readStore, [superstitious({ repaired: false })]);
    await first.start();
    expect(first.status()).toMatchObject([{ state: 'parked' }]);
    await first.skip('counterTotals');
    expect(first.status()).toMatchObject([{ state: 'live' }]);
    await first.stop();
    const second = runnerOver(store, readStore, [superstitious({ repaired: false })]);
    await second.start();
    await second.rebuild(['counterTotals']);
    expect(second.status()).toMatchObject([{ state: 'live' }]);
    expect(await total(readStore)).toBe(2);
    await second.stop();
  });

  it('a document that the store cannot keep parks its event as well, and what came before is kept', async () => {
    const store = new MemoryEventStore();
    const readStore = createMemoryReadStore();
    const projection = counterTotalsProjection();
    const broken: Projection = {
      ...projection,
      fold: (envelope, documents) =>
        envelope.revision === 2
          ? [{ put: { collection: counterTotals.name, document: { _id: 'counter-a', total: [1] } as Document } }]
          : projection.fold(envelope, documents),
    };
    for (const amount of [1, 2, 3]) await counterExecutor(store).add(amount);
    await counterExecutor(store).run({ kind: 'add', amount: 4 }, {}, 'counter-b');
    const runner = runnerOver(store, readStore, [broken]);
    await runner.start();
    const third = (await store.readStream('counter-a'))[2];
    expect(runner.status()).toMatchObject([
      { state: 'parked', parked: { eventId: third?.id, error: expect.stringContaining('InvalidDocument') } },
    ]);
    expect(await total(readStore)).toBe(3);
    await runner.stop();
  });

  it('an event that cannot be read parks as well', async () => {
    const store = new MemoryEventStore();
    await store.append([
      {
        stream: 'counter-a',
        expected: 'noStream',
        events: [{ id: 'e', type: 'specs/Added@9', data: '{}', metadata: '{}' }],
      },
    ]);
    const runner = runnerOver(store, createMemoryReadStore(), [counterTotalsProjection()]);
    await runner.start();
    expect(runner.status()).toMatchObject([{ state: 'parked', error: expect.stringContaining('newer') }]);
    await runner.stop();
  });
});
