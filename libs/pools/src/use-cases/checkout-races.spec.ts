import { describe, expect, it } from '@jest/globals';
import type { CheckoutOutcome } from './checkout-order.js';
import { PoolsBed, samplePool } from './pools-bed.contract.js';

const pools = [
  samplePool('a', { aliases: ['any', 'ab'] }),
  samplePool('b', { aliases: ['any', 'ab'] }),
  samplePool('c', { aliases: ['any'] }),
];

async function stocked(stock: Readonly<Record<string, number>>, seed = 1): Promise<PoolsBed> {
  const bed = new PoolsBed({ pools }, seed);
  await bed.process().configure();
  for (const [pool, count] of Object.entries(stock)) await bed.fill(pool, count);
  return bed;
}

const takenBy = (outcome: CheckoutOutcome): string[] =>
  outcome.kind === 'refused' ? [] : outcome.answer.taken.flatMap(({ vms }) => vms.map(({ name }) => name));
const kinds = (outcomes: readonly CheckoutOutcome[]) =>
  outcomes.map((its) => (its.kind === 'refused' ? its.code : 'ok'));
const count = (outcomes: readonly CheckoutOutcome[], kind: string) =>
  kinds(outcomes).filter((its) => its === kind).length;

/** Nothing is held, nothing was given twice, and what was not given is there. */
async function expectWhole(
  bed: PoolsBed,
  stock: Readonly<Record<string, number>>,
  outcomes: readonly CheckoutOutcome[],
): Promise<void> {
  const runner = bed.runner();
  await runner.start();
  await bed.done(runner);
  const taken = outcomes.flatMap(takenBy);
  expect(new Set(taken).size).toBe(taken.length);
  const stocks = await bed.stocks();
  const left = Object.values(stocks).reduce((sum, [ready]) => sum + ready, 0);
  const before = Object.values(stock).reduce((sum, its) => sum + its, 0);
  expect(left).toBe(before - taken.length);
  expect(Object.values(stocks).map(([, held]) => held)).toEqual([0, 0, 0]);
  expect(await bed.timers.count()).toBe(0);
  await runner.stop();
}

describe('64 checkouts at the same time', () => {
  it.each([1, 2])('of two pools, %d servers: as many as there are machines, and all or nothing', async (servers) => {
    const stock = { a: 20, b: 23 };
    const bed = await stocked(stock);
    const all = Array.from({ length: servers }, () => bed.process());
    const wanted = [
      { a: 1, b: 1 },
      { b: 1, a: 1 },
    ];
    const outcomes = await bed.until(
      Promise.all(Array.from({ length: 64 }, (_, n) => (all[n % servers] ?? bed.process()).take(wanted[n % 2] ?? {}))),
    );
    expect(outcomes.map(takenBy).filter((its) => its.length === 1)).toEqual([]);
    expect(count(outcomes, 'ok')).toBe(20);
    expect(count(outcomes, 'pools-empty')).toBe(44);
    await expectWhole(bed, stock, outcomes);
  });

  it('under a name of three pools: refused only when all together are empty', async () => {
    const stock = { a: 13, b: 9, c: 11 };
    const bed = await stocked(stock);
    const server = bed.process();
    const outcomes = await bed.until(Promise.all(Array.from({ length: 64 }, () => server.take({ any: 1 }))));
    expect(count(outcomes, 'ok')).toBe(33);
    await expectWhole(bed, stock, outcomes);
  });

  it('of everything mixed: nothing twice, all or nothing, nothing held', async () => {
    const stock = { a: 25, b: 25, c: 25 };
    const bed = await stocked(stock, 7);
    const server = bed.process();
    const wanted = [{ a: 1, b: 2 }, { any: 3 }, { c: 1 }, { ab: 2, c: 1 }, { c: 2, b: 1, a: 1 }, { any: 1, a: 1 }];
    const outcomes = await bed.until(
      Promise.all(Array.from({ length: 64 }, (_, n) => server.take(wanted[n % wanted.length] ?? {}))),
    );
    for (const [n, outcome] of outcomes.entries()) {
      const all = Object.values(wanted[n % wanted.length] ?? {}).reduce((sum, its) => sum + its, 0);
      expect([0, all]).toContain(takenBy(outcome).length);
    }
    expect(count(outcomes, 'ok')).toBeGreaterThan(0);
    expect(count(outcomes, 'busy')).toBe(0);
    await expectWhole(bed, stock, outcomes);
  });
});

describe('two checkouts that want the same pools', () => {
  it.each([1, 2])('in opposite order, with enough for both, %d servers: both succeed', async (servers) => {
    const stock = { a: 2, b: 2 };
    const bed = await stocked(stock);
    const [first, second = first] = Array.from({ length: servers }, () => bed.process());
    const outcomes = await bed.until(
      Promise.all([first?.take({ a: 1, b: 1 }), second?.take({ b: 1, a: 1 })].flatMap((its) => its ?? [])),
    );
    expect(kinds(outcomes)).toEqual(['ok', 'ok']);
    await expectWhole(bed, stock, outcomes);
  });

  it.each([1, 2])('and one of them cannot have all: the other waits and succeeds, %d servers', async (servers) => {
    const stock = { a: 1, b: 1 };
    const bed = await stocked(stock);
    const [first, second = first] = Array.from({ length: servers }, () => bed.process());
    const outcomes = await bed.until(
      Promise.all([first?.take({ a: 1, b: 1, c: 1 }), second?.take({ b: 1, a: 1 })].flatMap((its) => its ?? [])),
    );
    expect(kinds(outcomes)).toEqual(['pools-empty', 'ok']);
    await expectWhole(bed, stock, outcomes);
  });

  it('with enough for one only: one succeeds', async () => {
    const stock = { a: 1, b: 1 };
    const bed = await stocked(stock);
    const [one, two] = [bed.process(), bed.process()];
    const outcomes = await bed.until(Promise.all([one.take({ a: 1, b: 1 }), two.take({ b: 1, a: 1 })]));
    expect(kinds(outcomes).toSorted()).toEqual(['ok', 'pools-empty']);
    await expectWhole(bed, stock, outcomes);
  });
});

describe('a hold of another that nobody decides', () => {
  const hold = async (bed: PoolsBed, deadlineInMs: number) => {
    const { executor } = bed.process();
    const at = bed.clock.now();
    const its = { attempt: 'x', decidedBy: 'checkout-x', count: 1, deadline: at + deadlineInMs, at };
    await bed.on(executor, 'a', { type: 'hold', ...its });
  };

  it.each([
    ['one pool', { a: 1 }],
    ['several pools', { a: 1, b: 1 }],
    ['a name of several', { ab: 2 }],
  ])('is waited for, decided at its deadline, and released: %s', async (_what, wanted) => {
    const stock = { a: 1, b: 1 };
    const bed = await stocked(stock);
    await hold(bed, 2_000);
    const outcome = await bed.until(bed.process().take(wanted));
    expect(kinds([outcome])).toEqual(['ok']);
    const failed = (await bed.log()).find(({ stream }) => stream === 'checkout-x');
    expect(failed).toMatchObject({
      type: 'CheckoutFailed',
      data: { checkoutId: 'x', reason: 'deadline', pools: ['a'] },
    });
    await expectWhole(bed, stock, [outcome]);
  });

  it('is not waited for longer than 10 seconds', async () => {
    const bed = await stocked({ a: 1, b: 1 });
    await hold(bed, 60_000);
    const began = bed.clock.now();
    const outcome = await bed.until(bed.process().take({ a: 1, b: 1 }));
    expect(kinds([outcome])).toEqual(['pools-empty']);
    expect(bed.clock.now() - began).toBeGreaterThanOrEqual(10_000);
    expect(bed.clock.now() - began).toBeLessThan(11_000);
    expect(await bed.stocks()).toMatchObject({ a: [0, 1], b: [1, 0] });
  });

  it('is not waited for where it would not help', async () => {
    const bed = await stocked({ a: 1, b: 1 });
    await hold(bed, 60_000);
    const began = bed.clock.now();
    expect(kinds([await bed.process().take({ a: 2 }), await bed.process().take({ ab: 3 })])).toEqual([
      'pools-empty',
      'pools-empty',
    ]);
    expect(bed.clock.now()).toBe(began);
  });
});
