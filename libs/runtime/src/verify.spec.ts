import { MemoryEventStore } from '#event-store/adapters/memory';
import type { Document, DocumentWrite } from '#read-store';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { counterExecutor, counterTotalsProjection, FaultPlan, FaultyEventStore } from '#specs';
import { LogHead } from './log-head.js';
import { ProjectionRunner } from './projections/projection-runner.js';
import { verifyProjection } from './verify.js';

const projection = counterTotalsProjection();

/** Three counters and their read model, stopped. */
async function scene() {
  const store = new MemoryEventStore();
  const readStore = createMemoryReadStore();
  const { run } = counterExecutor(store);
  for (const on of ['counter-a', 'counter-c', 'counter-b', 'counter-a']) await run({ kind: 'add', amount: 1 }, {}, on);
  const runner = new ProjectionRunner({ store, readStore, projections: [projection], head: new LogHead(store) });
  await runner.start();
  await runner.stop();
  return { store, readStore, add: run };
}

/** Writes behind the runtime's back, as a defect would. */
async function tamper(
  { store, readStore }: Awaited<ReturnType<typeof scene>>,
  write: (position: number) => DocumentWrite,
): Promise<void> {
  const position = (await store.head())!.position + 1;
  const live = await readStore.open(projection);
  const checkpoint = (await live.checkpoint())!;
  const documents = [];
  for await (const { collection, document } of live.dump()) documents.push({ collection, document });
  const beside = await readStore.openBeside(projection);
  const puts = documents.map(({ collection, document: { _position, ...document } }): DocumentWrite => ({
    kind: 'put',
    collection,
    position: _position,
    document,
  }));
  const changed = write(position);
  const id = changed.kind === 'put' ? changed.document._id : changed.id;
  const others = puts.filter((put) => put.kind === 'put' && put.document._id !== id);
  await beside.apply(
    changed.kind === 'put' ? [...others, { ...changed, position: checkpoint.position }] : others,
    checkpoint,
  );
  await readStore.swap(projection, beside);
}

describe('verifying a read model', () => {
  it('finds no difference where there is none, and leaves the live one as it is', async () => {
    const { store, readStore } = await scene();
    expect(await verifyProjection(store, readStore, projection)).toEqual({
      projection: 'counterTotals',
      documents: 3,
      problem: undefined,
      differences: [],
    });
    expect(await readStore.collection({ name: 'counterTotals', indexes: [] }).count()).toBe(3);
  });

  it('looks only at what the live one has folded', async () => {
    const { store, readStore, add } = await scene();
    await add({ kind: 'add', amount: 1 });
    expect(await verifyProjection(store, readStore, projection)).toMatchObject({ documents: 3, differences: [] });
  });

  it.each<[string, (position: number) => DocumentWrite, object]>([
    [
      'that was changed',
      (position) => ({
        kind: 'put',
        collection: 'counterTotals',
        position,
        document: { _id: 'counter-a', total: 99, revision: 1 } as Document,
      }),
      {
        document: 'counterTotals/counter-a',
        live: expect.stringContaining('99'),
        rebuilt: expect.stringContaining('"total":2'),
      },
    ],
    [
      'that is missing',
      (position) => ({ kind: 'delete', collection: 'counterTotals', position, id: 'counter-b' }),
      { document: 'counterTotals/counter-b', live: undefined, rebuilt: expect.stringContaining('"total":1') },
    ],
    [
      'too many',
      (position) => ({ kind: 'put', collection: 'counterTotals', position, document: { _id: 'counter-z' } }),
      { document: 'counterTotals/counter-z', live: expect.stringContaining('counter-z'), rebuilt: undefined },
    ],
  ])('names a document %s', async (_, write, difference) => {
    const the = await scene();
    await tamper(the, write);
    const { differences } = await verifyProjection(the.store, the.readStore, projection);
    expect(differences).toEqual([difference]);
  });

  it('says why it cannot compare: another version, a fold that throws, a log that does not answer', async () => {
    const { store, readStore } = await scene();
    const fold = (): never => {
      throw new Error('no fold');
    };
    expect(await verifyProjection(store, readStore, { ...projection, fold })).toMatchObject({
      problem: 'Error: no fold',
    });
    const mute = new FaultyEventStore(store, new FaultPlan(['none', 'before'], { calls: ['readAll'] }));
    expect(await verifyProjection(mute, readStore, projection)).toMatchObject({ problem: 'the plan wants a fault' });
    const other = new MemoryEventStore();
    expect(await verifyProjection(other, readStore, projection)).toMatchObject({
      problem: expect.stringContaining('rebuilt'),
    });
  });

  it('of a read model that has seen nothing has nothing to say', async () => {
    expect(await verifyProjection(new MemoryEventStore(), createMemoryReadStore(), projection)).toMatchObject({
      documents: 0,
      problem: undefined,
    });
  });
});
