import { describe, expect, it } from '@jest/globals';
import { createMemoryReadStore } from '#read-store/adapters/memory';
import { FaultPlan, FaultyReadStore, VirtualClock } from '#specs';
import type { ReadStore } from '#read-store';
import { StoredTokenUses } from './token-uses.js';

const minute = 60_000;

function world(store: ReadStore = createMemoryReadStore()) {
  const clock = new VirtualClock();
  const puts: string[] = [];
  const counted = Object.create(store, {
    blobs: {
      value: {
        get: (key: string) => store.blobs.get(key),
        delete: (key: string) => store.blobs.delete(key),
        put: (key: string, text: string) => {
          puts.push(`${key}=${text}`);
          return store.blobs.put(key, text);
        },
      },
    },
  }) as ReadStore;
  const timers = {
    setTimeout: (callback: () => void, ms: number) => clock.setTimeout(callback, ms),
    clearTimeout: (handle: unknown) => clock.clearTimeout(handle as never),
  };
  return { store, clock, puts, uses: new StoredTokenUses(counted, timers) };
}

const lastOf = async (uses: StoredTokenUses, ...hashes: readonly string[]) => [...(await uses.last(hashes))];

describe('last uses of pool tokens', () => {
  it('are known at once, the latest of each, and only of tokens that were used', async () => {
    const { uses } = world();
    uses.note('a', 7);
    uses.note('b', 5);
    uses.note('a', 6);
    expect(await lastOf(uses, 'a', 'b', 'c')).toEqual([
      ['a', 7],
      ['b', 5],
    ]);
  });

  it('are written once a minute for each token, and not before', async () => {
    const { uses, clock, puts } = world();
    for (let at = 1; at <= 50; at += 1) uses.note('a', at);
    uses.note('b', 9);
    await clock.advance(minute - 1);
    expect(puts).toEqual([]);
    await clock.advance(1);
    expect(puts).toEqual(['poolTokenUse/a=50', 'poolTokenUse/b=9']);
    uses.note('a', 60);
    await clock.advance(minute);
    expect(puts.slice(2)).toEqual(['poolTokenUse/a=60']);
    expect(clock.waiting).toBe(0);
  });

  it('are known to the next server, at the latest when this one stops', async () => {
    const { store, uses } = world();
    uses.note('a', 7);
    await uses.onApplicationShutdown();
    expect(await lastOf(world(store).uses, 'a', 'b')).toEqual([['a', 7]]);
  });

  it('never go back, whichever server writes last', async () => {
    const { store, uses } = world();
    const other = world(store).uses;
    uses.note('a', 5);
    other.note('a', 9);
    await other.onApplicationShutdown();
    await uses.onApplicationShutdown();
    expect(await lastOf(uses, 'a')).toEqual([['a', 9]]);
  });

  it('are forgotten with the token, also when they are being written', async () => {
    const { store, uses, clock } = world();
    uses.note('a', 7);
    uses.note('b', 7);
    await clock.advance(minute);
    uses.note('a', 8);
    uses.note('c', 8);
    const stopped = uses.onApplicationShutdown();
    await Promise.all([uses.forget('a'), uses.forget('b'), uses.forget('c'), stopped]);
    expect(await lastOf(uses, 'a', 'b', 'c')).toEqual([]);
    expect(await lastOf(world(store).uses, 'a', 'b', 'c')).toEqual([]);
  });

  it('of very many tokens are written early, those not used for the longest time first', async () => {
    const { uses, puts } = world();
    for (let each = 0; each < 10_000; each += 1) uses.note(`t${String(each)}`, 1);
    uses.note('t0', 2);
    uses.note('one-more', 3);
    await new Promise(setImmediate);
    expect(puts).toEqual(['poolTokenUse/t1=1']);
    expect(await lastOf(uses, 't1', 't0', 'one-more')).toHaveLength(3);
  });

  it('hinder nobody when the store fails, and are written when it works again', async () => {
    const inner = createMemoryReadStore();
    const plan = new FaultPlan(['before', 'before', 'before'], { calls: ['blobs.get', 'blobs.put'] });
    const { uses, clock } = world(new FaultyReadStore(inner, plan));
    uses.note('a', 7);
    expect(await lastOf(uses, 'a')).toEqual([['a', 7]]);
    await clock.advance(minute);
    expect(await lastOf(uses, 'a')).toEqual([['a', 7]]);
    await expect(uses.forget('b')).resolves.toBeUndefined();
    await clock.advance(minute);
    expect(await inner.blobs.get('poolTokenUse/a')).toBe('7');
    expect(plan.met).toHaveLength(3);
  });

  it('survive a store that is closed already', async () => {
    const { store, uses } = world();
    await store.close();
    uses.note('a', 7);
    await uses.onApplicationShutdown();
    await uses.forget('b');
    expect(await lastOf(uses, 'a')).toEqual([['a', 7]]);
  });
});
