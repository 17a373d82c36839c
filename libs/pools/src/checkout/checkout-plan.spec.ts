import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { candidatesByName, drawn, type Candidates } from './candidates.policy.js';
import { onlyPlan, planCheckout, withoutChoice, type Asked } from './checkout-plan.policy.js';

const pool = (name: string, aliases: readonly string[] = [], cloneTarget: string | null = null) => ({
  name,
  aliases,
  cloneTarget,
});

describe('the candidates of a name', () => {
  const names = candidatesByName(
    [pool('b', ['x', 'a', 'x'], 't1'), pool('a', ['a', 'x'], 't2'), pool('c', ['x'])],
    't1',
    { t1: 3, t2: 1 },
  );
  it.each<[string, Candidates | undefined]>([
    ['c', { pools: ['c'], isPool: true, weights: [3] }],
    ['a', { pools: ['a', 'b'], isPool: true, weights: [1, 3] }],
    ['x', { pools: ['b', 'a', 'c'], isPool: false, weights: [3, 1, 3] }],
    ['y', undefined],
  ])('%s', (name, expected) => expect(names.get(name)).toEqual(expected));

  it.each([
    ['a target has no weight', 'other', { t1: 3 }],
    ['there is no target', null, { t1: 3 }],
    ['all weights are zero', 't1', { t1: 0 }],
  ])('have no weights when %s', (_why, global, weights) => {
    expect(candidatesByName([pool('c')], global, weights).get('c')?.weights).toBeUndefined();
  });
});

describe('drawing', () => {
  it.each([
    [undefined, 0, 'a'],
    [undefined, 0.49, 'a'],
    [undefined, 0.5, 'b'],
    [undefined, 0.999, 'b'],
    [[3, 1], 0.74, 'a'],
    [[3, 1], 0.75, 'b'],
    [[0, 1], 0, 'b'],
    [[1, 0], 0.999999, 'a'],
  ])('with weights %p and dice %d: %s', (weights, dice, expected) => {
    expect(drawn(['a', 'b'], weights, dice)).toBe(expected);
  });
});

const asked = (name: string, count: number, pools: readonly string[], more: Partial<Candidates> = {}): Asked => ({
  name,
  count,
  candidates: { pools, isPool: false, weights: undefined, ...more },
});
const stocks = (ready: Record<string, number>) => new Map(Object.entries(ready));
const plan = (its: readonly Asked[], ready: Record<string, number>, dice = 0) => {
  const planned = planCheckout(its, stocks(ready), () => dice);
  return planned.kind === 'planned' ? Object.fromEntries(planned.plan) : planned.name;
};

describe('planning a checkout', () => {
  it('takes from the drawn candidate, then from the others in order', () => {
    expect(plan([asked('x', 3, ['a', 'b', 'c'])], { a: 1, b: 1, c: 1 }, 0.99)).toEqual({
      c: [{ requestedAs: 'x', count: 1 }],
      a: [{ requestedAs: 'x', count: 1 }],
      b: [{ requestedAs: 'x', count: 1 }],
    });
  });

  it('weighs only what is a pool and an alias at once', () => {
    const weights = [9, 1];
    const ready = { a: 1, b: 1 };
    expect(plan([asked('x', 1, ['a', 'b'], { isPool: true, weights })], ready, 0.6)).toHaveProperty('a');
    expect(plan([asked('x', 1, ['a', 'b'], { weights })], ready, 0.6)).toHaveProperty('b');
  });

  it('lets a name give way that has another candidate, over several others', () => {
    const its = [asked('x', 1, ['a', 'b']), asked('y', 1, ['b', 'c']), asked('z', 1, ['a'])];
    expect(plan(its, { a: 1, b: 1, c: 1 })).toEqual({
      a: [{ requestedAs: 'z', count: 1 }],
      b: [{ requestedAs: 'x', count: 1 }],
      c: [{ requestedAs: 'y', count: 1 }],
    });
  });

  it('names the one that is short', () => {
    expect(plan([asked('x', 1, ['a']), asked('y', 2, ['b', 'a'])], { a: 1, b: 1 })).toBe('y');
  });

  it('needs no stocks where there is no choice', () => {
    const its = [asked('x', 2, ['a']), asked('a', 1, ['a'])];
    expect(withoutChoice(its)).toBe(true);
    expect(withoutChoice([...its, asked('y', 1, ['a', 'b'])])).toBe(false);
    expect(Object.fromEntries(onlyPlan(its))).toEqual({
      a: [
        { requestedAs: 'x', count: 2 },
        { requestedAs: 'a', count: 1 },
      ],
    });
  });

  it('finds a way whenever there is one, and never takes more than there is', () => {
    const pools = ['a', 'b', 'c'];
    const some = fc.subarray(pools, { minLength: 1 });
    const names = fc.array(fc.record({ count: fc.nat(3), pools: some }), { minLength: 1, maxLength: 4 });
    const ready = fc.record({ a: fc.nat(3), b: fc.nat(3), c: fc.nat(3) });
    const dice = fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true }));
    fc.assert(
      fc.property(names, ready, dice, (wanted, stock, throws) => {
        const its = wanted.map(({ count, pools: its }, n) => asked(`n${String(n)}`, count, its));
        const planned = planCheckout(its, stocks(stock), () => throws.next().value as number);
        expect(planned.kind === 'planned').toBe(isPossible(its, stock));
        if (planned.kind === 'short') return;
        for (const [name, parts] of planned.plan) {
          const taken = parts.reduce((sum, { count }) => sum + count, 0);
          expect(taken).toBeLessThanOrEqual(stock[name as 'a']);
        }
        for (const { name, count, candidates } of its) {
          const parts = [...planned.plan].flatMap(([from, given]) =>
            given.filter(({ requestedAs }) => requestedAs === name).map((part) => ({ from, ...part })),
          );
          expect(parts.reduce((sum, part) => sum + part.count, 0)).toBe(count);
          for (const { from } of parts) expect(candidates.pools).toContain(from);
        }
      }),
    );
  });
});

/** Hall: whatever names are taken together, their pools together have enough. */
function isPossible(its: readonly Asked[], stock: Readonly<Record<string, number>>): boolean {
  for (let subset = 0; subset < 2 ** its.length; subset += 1) {
    const chosen = its.filter((_, index) => (subset & (1 << index)) !== 0);
    const pools = new Set(chosen.flatMap(({ candidates }) => candidates.pools));
    const wanted = chosen.reduce((sum, { count }) => sum + count, 0);
    if (wanted > [...pools].reduce((sum, name) => sum + (stock[name] ?? 0), 0)) return false;
  }
  return true;
}
