import { MemoryEventStore } from '#event-store/adapters/memory';
import type { Projection, ReadStore } from '#read-store';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { LogHead } from '../log-head.js';
import { ProjectionRunner } from './projection-runner.js';
import {
  counterEventsProjection,
  counterExecutor,
  counterTotalsProjection,
  FaultPlan,
  FaultyReadStore,
  projectionsOver as runnerOver,
  superstitious,
  totalOf as total,
  type Fault,
} from '#specs';

/** Several groups, so that one is folded while another is written. */
const events = 3_502;
/** A counter has a limit; the period divides no group, so that a document of the wrong group shows. */
const amounts = [10, 9, 8, -5, -6, -7, -9];
const amountAt = (n: number): number => amounts[n % amounts.length] ?? 0;
const sumBefore = (end: number): number =>
  Array.from({ length: end }, (_, n) => amountAt(n)).reduce((sum, amount) => sum + amount, 0);

describe('a backlog of many groups', () => {
  const store = new MemoryEventStore();
  const sum = sumBefore(events);

  beforeAll(async () => {
    const { add } = counterExecutor(store);
    for (let n = 0; n < events; n += 1) await add(amountAt(n));
  });

  const readModels = async (projection: Projection, readStore: ReadStore): Promise<unknown[]> => {
    const documents = [];
    for await (const document of (await readStore.open(projection)).dump()) documents.push(document);
    return documents;
  };

  it.each<[string, Fault[]]>([
    ['slow', ['slow']],
    ['failing before it has written', ['none', 'before']],
    ['failing after it has written', ['after', 'none', 'none']],
    ['failing in many ways', ['slow', 'after', 'before', 'slow', 'timeout']],
  ])('is folded as if event by event by a store that is %s', async (_, script) => {
    const readStore = createMemoryReadStore();
    const plan = new FaultPlan(script, { repeated: true, most: 40, calls: ['apply', 'getMany'] });
    const projections = [counterTotalsProjection(), counterEventsProjection()];
    const runner = runnerOver(store, new FaultyReadStore(readStore, plan), projections);
    await runner.start();
    expect(await total(readStore)).toBe(sum);
    expect(await readModels(counterEventsProjection(), readStore)).toHaveLength(events);
    expect(plan.met.length).toBeGreaterThan(3);
    const live = await readModels(counterTotalsProjection(), readStore);
    await runner.rebuild();
    expect(await readModels(counterTotalsProjection(), readStore)).toEqual(live);
    await runner.stop();
  });

  it('keeps nothing of the groups behind one that parks, and goes on there when it is repaired', async () => {
    const late = new MemoryEventStore();
    const { add } = counterExecutor(late);
    for (let n = 0; n < events; n += 1) await add(n === 1_499 ? 13 : amountAt(n));
    const readStore = createMemoryReadStore();
    const slow = new FaultyReadStore(readStore, new FaultPlan(['slow'], { repeated: true, calls: ['apply'] }));
    const repair = { repaired: false };
    const runner = runnerOver(late, slow, [superstitious(repair)]);
    await runner.start();
    expect(runner.status()).toMatchObject([{ state: 'parked', parked: { position: 1_500 } }]);
    expect(await total(readStore)).toBe(sumBefore(1_499));
    repair.repaired = true;
    await runner.retry('counterTotals');
    expect(await total(readStore)).toBe(sum - amountAt(1_499) + 13);
    await runner.stop();
  });

  it.each([
    ['beside, unseen until it is there', events, true],
    ['in place when the log is shorter than a long one', events + 1, false],
  ])('builds a read model that is not there yet %s', async (_, longLog, beside) => {
    const readStore = createMemoryReadStore();
    const besides: string[] = [];
    const { openBeside } = readStore;
    readStore.openBeside = (shape) => {
      besides.push(shape.name);
      return openBeside.call(readStore, shape);
    };
    const head = new LogHead(store);
    const runner = new ProjectionRunner({ store, readStore, projections: [counterTotalsProjection()], head, longLog });
    await runner.start();
    expect(besides).toEqual(beside ? ['counterTotals'] : []);
    expect(await total(readStore)).toBe(sum);
    await runner.stop();
  });
});
