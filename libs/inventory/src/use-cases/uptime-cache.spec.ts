import { describe, expect, it } from '@jest/globals';
import { UptimeCache, type UptimeCacheOptions } from './uptime-cache.js';

function cacheOf(answers: Record<string, () => Promise<string | null>>, more: Partial<UptimeCacheOptions> = {}) {
  const time = { now: 0 };
  const asked: string[] = [];
  const ask = async (uuid: string): Promise<string | null> => {
    asked.push(uuid);
    return (await answers[uuid]?.()) ?? null;
  };
  const clock = { now: () => time.now };
  const cache = new UptimeCache({ clock, ask, freshMs: 60, concurrency: 2, maxQueue: 10, max: 10, ...more });
  return { cache, asked, time };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('uptimes', () => {
  it('are null until asked for', async () => {
    const { cache } = cacheOf({ a: async () => 'up 1 day' });
    expect(cache.get('a')).toBeNull();
    await cache.refresh(['a', 'b']);
    expect([cache.get('a'), cache.get('b')]).toEqual(['up 1 day', null]);
  });

  it('are asked for again only when they are old, and the old one is there meanwhile', async () => {
    let text = 'first';
    const { cache, asked, time } = cacheOf({ a: async () => text });
    await cache.refresh(['a']);
    text = 'second';
    time.now = 60;
    await cache.refresh(['a']);
    expect(asked).toEqual(['a']);
    time.now = 61;
    await cache.refresh(['a']);
    expect(cache.get('a')).toBe('first');
    await settled();
    expect([cache.get('a'), asked]).toEqual(['second', ['a', 'a']]);
  });

  it('stay as last told when the host no longer answers, which is not asked at every question', async () => {
    let down = false;
    const { cache, asked, time } = cacheOf({
      a: async () => {
        if (down) throw new Error('no answer');
        return 'up';
      },
    });
    await cache.refresh(['a']);
    down = true;
    time.now = 100;
    await cache.refresh(['a']);
    await settled();
    await cache.refresh(['a']);
    expect([cache.get('a'), asked.length]).toEqual(['up', 2]);
  });

  it('are asked for once by questions at the same time', async () => {
    const { cache, asked } = cacheOf({ a: async () => 'up' });
    await Promise.all([cache.refresh(['a']), cache.refresh(['a', 'a'])]);
    expect(asked).toEqual(['a']);
  });

  it('are asked for side by side up to the limit, and no more wait than the queue holds', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const slow = async () => {
      await gate;
      return 'up';
    };
    const { cache, asked } = cacheOf({ a: slow, b: slow, c: slow, d: slow }, { maxQueue: 3 });
    const all = cache.refresh(['a', 'b', 'c', 'd']);
    await settled();
    expect(asked).toEqual(['a', 'b']);
    open();
    await all;
    expect(asked).toEqual(['a', 'b', 'c']);
    expect(['a', 'b', 'c', 'd'].map((uuid) => cache.get(uuid))).toEqual(['up', 'up', 'up', null]);
  });
});
