import type { Append, AppendOutcome } from '#event-store';
import { MemoryEventStore } from '#event-store/adapters/memory';
import { OutcomeUnknown, StoreUnavailable } from '#kernel';
import { everyFault, FaultPlan, FaultyEventStore, turns } from '#specs';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { PoolsBed, samplePool } from './pools-bed.contract.js';

const pools = [samplePool('a', { aliases: ['ab'] }), samplePool('b', { aliases: ['ab'] })];
const stock = { a: 2, b: 1 };

let bed: PoolsBed;
beforeEach(async () => {
  bed = new PoolsBed({ pools });
  await bed.process().configure();
  await bed.fill('a', stock.a);
  await bed.fill('b', stock.b);
});

/** A process that dies at its n-th append: that one has landed or not, and nobody is ever told anything again. */
class DyingStore extends MemoryEventStore {
  private appends = 0;

  constructor(
    log: MemoryEventStore['log'],
    private readonly last: number,
    private readonly lands: boolean,
  ) {
    super({ log, exclusive: false, clock: bed.clock });
  }

  override async append(batch: readonly Append[]): Promise<readonly AppendOutcome[]> {
    const number = this.appends;
    this.appends += 1;
    if (number < this.last || (number === this.last && this.lands)) {
      const outcomes = await super.append(batch);
      if (number < this.last) return outcomes;
    }
    return new Promise(() => undefined);
  }
}

/** All is decided and settled, in the direction of the deciding stream; answers whether anything was given. */
async function afterwards(): Promise<boolean> {
  const runner = bed.runner();
  await runner.start();
  await bed.done(runner);
  await bed.clock.advance(bed.settings.holdMs + 1_000);
  await turns(100);
  await bed.done(runner);
  const completed = (await bed.log()).filter(({ type }) => type === 'CheckoutCompleted' || type === 'VmsCheckedOut');
  expect(completed.length).toBeLessThanOrEqual(1);
  const given = completed.length === 1;
  const left = given ? 0 : 1;
  expect(await bed.stocks()).toEqual({ a: [left * stock.a, 0], b: [left * stock.b, 0] });
  expect(await bed.timers.count()).toBe(0);
  await runner.stop();
  return given;
}

const steps = [0, 1, 2, 3, 4, 5];
const landed = [true, false];
const points = steps.flatMap((step) => landed.map((lands) => [step, lands] as const));

describe('a server that dies while it checks out over pools', () => {
  it.each(points)('at append %d, landed: %p: all or nothing, and nothing stays held', async (step, lands) => {
    const dying = new DyingStore(bed.store.log, step, lands);
    void bed.process({ store: dying }).take({ a: 2, b: 1 });
    await turns(100);
    expect(await afterwards()).toBe(step > 2 || (step === 2 && lands));
  });

  it.each(points)('and could not have all, at append %d, landed: %p: all is as before', async (step, lands) => {
    const dying = new DyingStore(bed.store.log, step, lands);
    void bed.process({ store: dying }).take({ a: 2, b: 2 });
    await turns(100);
    expect(await afterwards()).toBe(false);
  });

  it.each(points)('at append %d, landed: %p: the same command again has one effect', async (step, lands) => {
    const context = { commandId: 'c0ffee00-0000-4000-8000-000000000001', repeatable: true };
    const dying = new DyingStore(bed.store.log, step, lands);
    void bed.process({ store: dying }).take({ ab: 3 }, context);
    await turns(100);
    const again = await bed.until(bed.process().take({ ab: 3 }, context));
    expect(again.kind).toBe('accepted');
    expect(await bed.process().take({ ab: 3 }, context)).toEqual(again);
    expect(await afterwards()).toBe(true);
  });
});

describe('a process that dies while it settles', () => {
  it.each(points)('at append %d, landed: %p: another one finishes', async (step, lands) => {
    await bed.process().take({ a: 2, b: 1 });
    const dying = bed.runner({ store: new DyingStore(bed.store.log, step, lands) });
    void dying.start();
    await turns(200);
    expect(await afterwards()).toBe(true);
  });
});

describe('a store that fails', () => {
  const plans = everyFault
    .filter((fault) => fault !== 'none')
    .flatMap((fault) => [0, 1, 2, 3].map((at) => [fault, at] as const));

  it.each(plans)('%s at append %d: the answer is true, and nothing stays held', async (fault, at) => {
    const script = [...Array.from({ length: at }, () => 'none' as const), fault];
    const plan = new FaultPlan(script, { calls: ['append'] });
    const store = new FaultyEventStore(bed.store, plan);
    const answer = await bed.until(
      bed
        .process({ store })
        .take({ a: 2, b: 1 })
        .catch((error: unknown) => error),
    );
    if (at < 3) expect(plan.met).toHaveLength(1);
    plan.stop();
    // C3: while an outcome is unknown nothing is decided and nothing released.
    const types = (await bed.log()).map(({ type }) => type);
    if (answer instanceof OutcomeUnknown) expect(types).not.toContain('CheckoutFailed');
    const given = await afterwards();
    if (answer instanceof StoreUnavailable) expect(given).toBe(false);
    else if (!(answer instanceof OutcomeUnknown))
      expect(answer).toMatchObject({ kind: given ? 'accepted' : 'refused' });
  });

  it.each(plans)('%s at append %d: the same command again gets a true answer', async (fault, at) => {
    const context = { commandId: 'c0ffee00-0000-4000-8000-000000000001', repeatable: true };
    const script = [...Array.from({ length: at }, () => 'none' as const), fault];
    const store = new FaultyEventStore(bed.store, new FaultPlan(script, { calls: ['append'] }));
    const server = bed.process({ store });
    const once = () => server.take({ a: 2, b: 1 }, context).catch((error: unknown) => error);
    let answer = await bed.until(once());
    for (let repeat = 0; answer instanceof Error && repeat < 5; repeat += 1) {
      await turns(20);
      answer = await bed.until(once());
    }
    expect(answer).toMatchObject({ kind: 'accepted' });
    expect(await afterwards()).toBe(true);
  });

  it.each([0, 1, 2])('before append %d: what was held is free at once', async (at) => {
    const script = [...Array.from({ length: at }, () => 'none' as const), 'before' as const];
    const store = new FaultyEventStore(bed.store, new FaultPlan(script, { calls: ['append'] }));
    await expect(bed.until(bed.process({ store }).take({ a: 2, b: 1 }))).rejects.toBeInstanceOf(StoreUnavailable);
    expect(await bed.stocks()).toEqual({ a: [stock.a, 0], b: [stock.b, 0] });
  });
});
