import { beforeEach, describe, expect, it } from '@jest/globals';
import { OverridePools, ResetPoolOverride, ResetPools } from '../contracts.js';
import { PoolsBed, samplePool } from './pools-bed.contract.js';

let bed: PoolsBed;
let server: ReturnType<PoolsBed['process']>;

beforeEach(async () => {
  bed = new PoolsBed({ pools: [samplePool('a', { aliases: ['x'], size: 3 }), samplePool('b', { size: 2 })] });
  server = bed.process();
  await server.configure();
});

const override = (overrides: OverridePools['overrides']) =>
  server.overridePools.execute(new OverridePools(bed.context(), overrides));
const sizes = (values: Readonly<Record<string, number>>) =>
  override({ setting: 'size', values: new Map(Object.entries(values)) });
const texts = (setting: 'template' | 'cloneTarget', values: Readonly<Record<string, string>>) =>
  override({ setting, values: new Map(Object.entries(values)) });
const reset = (pool: string, setting: 'size' | 'template') =>
  server.resetOverride.execute(new ResetPoolOverride(bed.context(), pool, setting));
const resetAll = (...pools: readonly string[]) => server.resetPools.execute(new ResetPools(bed.context(), pools));
const answer = (its: unknown) => ({ kind: 'accepted', answer: its });
const typesAfter = async (after: number) => (await bed.log(after)).map(({ type }) => type);

describe('overriding a setting of pools', () => {
  it('changes each, and tells whether any differed', async () => {
    expect(await sizes({ a: 5, b: 2 })).toEqual(answer({ changed: true }));
    expect(await sizes({ a: 5, b: 2 })).toEqual(answer({ changed: false }));
    expect(await texts('template', { a: 'templates/new', b: 'templates/new' })).toEqual(answer({ changed: true }));
    expect(await texts('cloneTarget', { b: 'fast' })).toEqual(answer({ changed: true }));
    expect(await texts('cloneTarget', { b: 'fast' })).toEqual(answer({ changed: false }));
  });

  it.each([
    ['a pool that is unknown', { a: 5, nope: 1, nix: 1 }, 'pool-unknown', { pool: 'nope', pools: ['nope', 'nix'] }],
    ['an alias', { a: 5, x: 1 }, 'pool-unknown', { pool: 'x', pools: ['x'] }],
    ['a size below zero', { a: 5, b: -1 }, 'size-invalid', { pool: 'b' }],
    ['a size that is none', { a: 5, b: 1.5 }, 'size-invalid', { pool: 'b' }],
  ])('checks all before any is changed: %s', async (_what, values, code, facts) => {
    const { length } = await bed.log();
    expect(await sizes(values)).toEqual({ kind: 'refused', code, facts });
    expect(await typesAfter(length)).toEqual([]);
  });

  it('answers the first outcome to a command that comes again', async () => {
    const context = bed.context({ repeatable: true });
    const values = new Map([['a', 5]]);
    const run = () => server.overridePools.execute(new OverridePools(context, { setting: 'size', values }));
    expect([await run(), await run()]).toEqual([answer({ changed: true }), answer({ changed: true })]);
  });
});

describe('undoing an override', () => {
  it('tells what was in effect and what the file says', async () => {
    await sizes({ a: 5 });
    await texts('template', { a: 'templates/new' });
    expect(await reset('a', 'size')).toEqual(answer({ before: { reset: 5, overrides: 3 } }));
    expect(await reset('a', 'template')).toEqual(
      answer({ before: { reset: 'templates/new', overrides: 'templates/a' } }),
    );
    expect(await reset('a', 'size')).toEqual(answer({ before: null }));
  });

  it.each(['nope', 'x'])('of what is no pool: %s', async (pool) => {
    expect(await reset(pool, 'size')).toMatchObject({ code: 'pool-unknown', facts: { pool } });
  });
});

describe('resetting pools', () => {
  it('replaces what is ready', async () => {
    await bed.fill('a', 2);
    expect(await resetAll('a', 'a')).toEqual(answer(undefined));
    expect(await bed.stocks()).toMatchObject({ a: [0, 0] });
  });

  it('checks all names first', async () => {
    await bed.fill('a', 2);
    expect(await resetAll('a', 'nope')).toMatchObject({ code: 'pool-unknown', facts: { pool: 'nope' } });
    expect(await bed.stocks()).toMatchObject({ a: [2, 0] });
  });
});
