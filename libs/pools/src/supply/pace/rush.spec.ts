import { describe, expect, it } from '@jest/globals';
import { Rush } from './rush.js';

function rush() {
  const time = { now: 1_000_000 };
  const it = new Rush({ now: () => time.now });
  const serve = (count: number): void => {
    for (let n = 0; n < count; n += 1) it.note();
  };
  /** Pieces of work begun within so many milliseconds. */
  const begunIn = (ms: number, perMs = 1): number => {
    let begun = 0;
    for (const end = time.now + ms; time.now < end; time.now += 1) {
      serve(perMs);
      for (let tries = 0; tries < 5 && it.pause('clone') === 0; tries += 1) begun += 1;
    }
    return begun;
  };
  return { it, time, serve, begunIn };
}

describe('a rush of users', () => {
  it('is not what few of them make', () => {
    const { begunIn, serve } = rush();
    serve(49);
    expect(begunIn(10, 0)).toBe(50);
  });

  it('lets work in the background begin at a bounded rate, and always at that', () => {
    const { begunIn } = rush();
    begunIn(500);
    expect(begunIn(1_000)).toBe(50);
    expect(begunIn(1_000)).toBe(50);
  });

  it('is over soon after the last of them', () => {
    const { begunIn, it: its, time } = rush();
    begunIn(500);
    time.now += 500;
    expect([its.pause('clone'), its.pause('clone'), its.pause('clone')]).toEqual([0, 0, 0]);
  });

  it('says how long to wait, and a moment that was missed is made up for', () => {
    const { serve, it: its, time } = rush();
    serve(50);
    expect(Array.from({ length: 4 }, () => its.pause('clone'))).toEqual([0, 0, 0, 0]);
    expect(its.pause('clone')).toBe(20);
    time.now += 4;
    expect(its.pause('clone')).toBe(16);
    time.now += 36;
    expect(Array.from({ length: 3 }, () => its.pause('clone'))).toEqual([0, 0, 20]);
  });

  it('lets neither kind of work wait behind the other', () => {
    const { serve, it: its } = rush();
    serve(50);
    while (its.pause('destroy') === 0);
    expect(its.pause('clone')).toBe(0);
  });

  it('does not last for longer because the clock was set back', () => {
    const { serve, it: its, time } = rush();
    serve(50);
    while (its.pause('clone') === 0);
    time.now -= 3_600_000;
    serve(50);
    expect(its.pause('clone')).toBeLessThanOrEqual(20);
    time.now += 20;
    expect(its.pause('clone')).toBe(0);
  });
});
