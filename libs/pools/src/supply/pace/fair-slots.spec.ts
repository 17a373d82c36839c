import { describe, expect, it } from '@jest/globals';
import { turns } from '#specs';
import { FairSlots } from './fair-slots.js';

function slots(limit: number) {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const drained: string[] = [];
  const fair = new FairSlots<string>(
    limit,
    (pool, job) => {
      begun.push(`${pool}${job}`);
      return new Promise((resolve) => ends.push(resolve));
    },
    (pool) => drained.push(pool),
  );
  const end = async (): Promise<void> => {
    ends.shift()?.();
    await turns(1);
  };
  return { fair, begun, drained, end };
}

describe('places shared by the pools', () => {
  it('are given to one pool as far as they go, and then as they become free', async () => {
    const { fair, begun, end, drained } = slots(2);
    fair.replace('a', ['1', '2', '3']);
    expect([begun, fair.active]).toEqual([['a1', 'a2'], 2]);
    expect(drained).toEqual([]);
    await end();
    expect([begun, fair.active, drained]).toEqual([['a1', 'a2', 'a3'], 2, ['a']]);
  });

  it('go to the pools in turn', async () => {
    const { fair, begun, end } = slots(1);
    fair.replace('a', ['1', '2', '3', '4']);
    fair.replace('b', ['1', '2']);
    fair.replace('c', ['1']);
    for (let n = 0; n < 7; n += 1) await end();
    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('are not lost to a pool that says anew what it has to do, and only the newest list counts', async () => {
    const { fair, begun, end } = slots(1);
    fair.replace('a', ['1', '2']);
    fair.replace('b', ['1', '2']);
    fair.replace('a', ['x', 'y']);
    fair.replace('b', []);
    for (let n = 0; n < 4; n += 1) await end();
    expect(begun).toEqual(['a1', 'ax', 'ay']);
  });

  it('are not given away any more once all lists are cleared', async () => {
    const { fair, begun, end } = slots(1);
    fair.replace('a', ['1', '2']);
    fair.clear();
    await end();
    expect([begun, fair.active]).toEqual([['a1'], 0]);
  });

  it('stay free while nothing may begin; a pool that may goes first, and none loses its turn', () => {
    const begun: string[] = [];
    const pauses = new Map([['a', 10]]);
    const waits: { readonly callback: () => void; readonly ms: number }[] = [];
    const fair = new FairSlots<string>(
      3,
      (pool, job) => {
        begun.push(`${pool}${job}`);
        return new Promise(() => undefined);
      },
      () => undefined,
      { pause: (pool) => pauses.get(pool) ?? 0, wait: (callback, ms) => waits.push({ callback, ms }) },
    );
    fair.replace('a', ['1', '2']);
    fair.replace('b', ['1']);
    fair.replace('a', ['3', '4']);
    expect([begun, waits.map(({ ms }) => ms)]).toEqual([['b1'], [10]]);
    pauses.clear();
    waits[0]?.callback();
    expect([begun, fair.active]).toEqual([['b1', 'a3', 'a4'], 3]);
  });
});
