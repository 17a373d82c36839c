export interface Dice {
  readonly random: () => number;
  below(bound: number): number;
  one<T>(of: readonly T[]): T | undefined;
}

export function dice(random: () => number): Dice {
  const below = (bound: number): number => Math.floor(random() * bound);
  return { random, below, one: (of) => of[below(of.length)] };
}
