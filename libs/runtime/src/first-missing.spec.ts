import { describe, expect, it } from '@jest/globals';
import { firstMissing } from './first-missing.js';

describe('the first missing number', () => {
  it.each([0, 1, 2, 3, 7, 8, 100, 1000])('after %d that are there', async (there) => {
    let looks = 0;
    const isThere = (number: number) => {
      looks += 1;
      return Promise.resolve(number < 5 + there);
    };
    expect(await firstMissing(5, isThere)).toBe(5 + there);
    expect(looks).toBeLessThanOrEqual(2 * Math.log2(there + 1) + 2);
  });
});
