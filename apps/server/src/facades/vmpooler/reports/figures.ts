import type { DurationFigures } from '#projections/pool-days/pool-days.query';

/** Without floating-point noise. */
export function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}

/** Of all of them together; null: there are none. */
export function merged(figures: readonly (DurationFigures | null)[]): DurationFigures | null {
  const some = figures.filter((each): each is DurationFigures => each !== null && each.count > 0);
  if (some.length === 0) return null;
  return some.reduce((sum, each) => ({
    count: sum.count + each.count,
    total: rounded(sum.total + each.total, 2),
    min: Math.min(sum.min, each.min),
    max: Math.max(sum.max, each.max),
  }));
}

/** Seconds for each, to one decimal. */
export function average({ total, count }: DurationFigures): number {
  return rounded(total / count, 1);
}
