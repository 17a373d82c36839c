import fc from 'fast-check';
import { contains, includes, interval, overlaps } from './interval.js';

const moments = { min: 0, max: 12 };
const intervals = fc
  .tuple(fc.integer(moments), fc.integer(moments))
  .filter(([from, to]) => from < to)
  .map(([from, to]) => interval(from, to));
const all = Array.from({ length: moments.max + 1 }, (_, moment) => moment);

describe('Interval', () => {
  it.each([
    [5, 5],
    [6, 5],
    [Number.NaN, 5],
    [5, Number.NaN],
  ])('refuses one from %d to %d', (from, to) => {
    expect(() => interval(from, to)).toThrow(RangeError);
  });

  it('is half open: back-to-back intervals do not overlap', () => {
    const [morning, noon] = [interval(8, 12), interval(12, 13)];
    expect([overlaps(morning, noon), overlaps(noon, morning)]).toEqual([false, false]);
    expect([includes(morning, 8), includes(morning, 12)]).toEqual([true, false]);
    expect([contains(morning, morning), contains(morning, noon)]).toEqual([true, false]);
  });

  it('overlaps and contains what the moments in it say', () => {
    fc.assert(
      fc.property(intervals, intervals, (a, b) => {
        const inA = all.filter((moment) => includes(a, moment));
        const inB = all.filter((moment) => includes(b, moment));
        expect(overlaps(a, b)).toBe(inA.some((moment) => inB.includes(moment)));
        expect(contains(a, b)).toBe(inB.every((moment) => inA.includes(moment)));
      }),
    );
  });
});
