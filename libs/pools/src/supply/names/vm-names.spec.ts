import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adjectives, nouns } from './name-words.policy.js';
import { mostNameTries, vmNameFor } from './vm-names.policy.js';

const characters = (count: number): string => 'x1y2z3a4b5c6d7e8'.slice(0, count);
const dice = (...throws: readonly number[]) => {
  let next = 0;
  return { random: () => throws[next++ % throws.length]!, characters };
};
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('names of machines', () => {
  it('come from at least 100,000 combinations of different words', () => {
    expect(new Set(adjectives).size * new Set(nouns).size).toBeGreaterThanOrEqual(100_000);
    expect([new Set(adjectives).size, new Set(nouns).size]).toEqual([adjectives.length, nouns.length]);
  });

  it('can be any of the combinations', () => {
    expect(vmNameFor('', 0, dice(0, 0))).toBe(`${adjectives[0]}-${nouns[0]}`);
    expect(vmNameFor('', 0, dice(0.999_999, 0.999_999))).toBe(`${adjectives.at(-1)}-${nouns.at(-1)}`);
  });

  it('are two words of lower case and a hyphen, at most 15 characters behind the prefix', () => {
    fc.assert(
      fc.property(chance, chance, fc.constantFrom('', 'ci-'), (first, second, prefix) => {
        const name = vmNameFor(prefix, 0, dice(first, second));
        expect(name).toMatch(new RegExp(`^${prefix}[a-z]+-[a-z]+$`));
        expect(name.length - prefix.length).toBeLessThanOrEqual(15);
      }),
    );
  });

  it('become a word and 15 characters of chance in all when words alone were taken several times', () => {
    const names = Array.from({ length: mostNameTries }, (_, attempt) => vmNameFor('p', attempt, dice(0.5, 0.25)));
    expect(names.map((name) => /\d/.test(name))).toEqual([false, false, false, false, true, true, true, true]);
    for (const name of names.slice(4)) expect(name).toMatch(/^p[a-z]+-[a-z0-9]+$/);
    expect(names[4]).toHaveLength(16);
  });
});
