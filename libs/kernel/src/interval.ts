/** Half open: `from` belongs to it, `to` does not, so back-to-back intervals do not overlap. Milliseconds since 1970. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export function interval(from: number, to: number): Interval {
  if (!(from < to)) throw new RangeError(`an interval ends after it begins: ${String(from)} … ${String(to)}`);
  return { from, to };
}

export function overlaps(a: Interval, b: Interval): boolean {
  return a.from < b.to && b.from < a.to;
}

export function contains(outer: Interval, inner: Interval): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}

export function includes(span: Interval, moment: number): boolean {
  return span.from <= moment && moment < span.to;
}
