/** What of a pool matters for its names. */
export interface NamedPool {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly cloneTarget: string | null;
}

/** Pools that can give machines under a name: the pool of that name first, the others in configured order. */
export interface Candidates {
  readonly pools: readonly string[];
  /** Is the name a pool's own? */
  readonly isPool: boolean;
  /** One for each of the pools; undefined when not all of their targets have one. */
  readonly weights: readonly number[] | undefined;
}

/** By every name and alias. A pool without a clone target has the global one. */
export function candidatesByName(
  pools: readonly NamedPool[],
  cloneTarget: string | null,
  weightByTarget: Readonly<Record<string, number>>,
): ReadonlyMap<string, Candidates> {
  const found = new Map<string, NamedPool[]>();
  for (const pool of pools) found.set(pool.name, [pool]);
  for (const pool of pools) {
    for (const alias of new Set(pool.aliases)) {
      if (alias === pool.name) continue;
      const known = found.get(alias);
      if (known === undefined) found.set(alias, [pool]);
      else known.push(pool);
    }
  }
  const names = new Set(pools.map(({ name }) => name));
  const weightOf = (pool: NamedPool): number | undefined => {
    const target = pool.cloneTarget ?? cloneTarget;
    return target !== null && Object.hasOwn(weightByTarget, target) ? weightByTarget[target] : undefined;
  };
  return new Map(
    Array.from(found, ([name, its]): [string, Candidates] => {
      const weights = its.map(weightOf).filter((weight) => weight !== undefined);
      return [
        name,
        {
          pools: its.map((pool) => pool.name),
          isPool: names.has(name),
          weights: weights.length === its.length && weights.some((weight) => weight > 0) ? weights : undefined,
        },
      ];
    }),
  );
}

/** The one by chance, according to the weights where there are any. `dice`: 0 ≤ x < 1. */
export function drawn(pools: readonly string[], weights: readonly number[] | undefined, dice: number): string {
  let index = Math.floor(dice * pools.length);
  if (weights !== undefined) {
    let left = dice * weights.reduce((sum, weight) => sum + weight, 0);
    index = weights.findIndex((weight) => (left -= weight) < 0);
  }
  const pool = pools[index] ?? pools.at(-1);
  if (pool === undefined) throw new Error('nobody to draw from');
  return pool;
}
