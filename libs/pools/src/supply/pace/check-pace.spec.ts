import { describe, expect, it } from '@jest/globals';
import { bootPause, nextInterval, pauseAfter } from './check-pace.policy.js';

const pace = { minMs: 5_000, maxMs: 60_000, decay: 2 };

describe('the pace of checks', () => {
  it.each([
    [5_000, false, 10_000],
    [10_000, false, 20_000],
    [40_000, false, 60_000],
    [60_000, false, 60_000],
    [60_000, true, 5_000],
    [0, false, 5_000],
  ])('after an interval of %d ms, eventful: %s, comes one of %d ms', (former, eventful, next) => {
    expect(nextInterval(former, eventful, pace)).toBe(next);
  });

  it.each([
    [0, 0],
    [1, 1_000],
    [2, 2_000],
    [6, 32_000],
    [7, 60_000],
    [5_000, 60_000],
  ])('after %d failures in a row nothing is tried for %d ms', (failures, pause) => {
    expect(pauseAfter(failures)).toBe(pause);
  });

  it('looks at a booting machine at once, soon, and then every two seconds', () => {
    expect([0, 1, 2, 3, 4, 5, 1_000].map(bootPause)).toEqual([0, 250, 500, 1_000, 2_000, 2_000, 2_000]);
  });
});
