import { drawn, type Candidates } from './candidates.policy.js';

/** So many machines under one name, and who can give them. Each name once. */
export interface Asked {
  readonly name: string;
  readonly count: number;
  readonly candidates: Candidates;
}

/** What each pool is to give, under which names: in order of asking. */
export type CheckoutPlan = ReadonlyMap<string, readonly { readonly requestedAs: string; readonly count: number }[]>;

export type Planned =
  | { readonly kind: 'planned'; readonly plan: CheckoutPlan }
  /** Even together its candidates have too few, with what the other names need. */
  | { readonly kind: 'short'; readonly name: string };

/** Can everything be had from one pool each, without a choice? */
export function withoutChoice(asked: readonly Asked[]): boolean {
  return asked.every(({ candidates }) => candidates.pools.length === 1);
}

/**
 * Draws a pool for each machine: one candidate by chance first, then the others in order; by weight only where the name
 * is a pool's own and every candidate has one. Where a name finds all its candidates taken, machines of other names
 * move to their other candidates: so it is short only if there is no way at all.
 */
export function planCheckout(asked: readonly Asked[], ready: ReadonlyMap<string, number>, dice: () => number): Planned {
  const left = new Map(ready);
  const taken = asked.map(() => new Map<string, number>());
  for (const [index, { name, count, candidates }] of asked.entries()) {
    const { pools, isPool } = candidates;
    const weights = isPool ? candidates.weights : undefined;
    for (let machine = 0; machine < count; machine += 1) {
      const first = pools.length === 1 ? pools[0] : drawn(pools, weights, dice());
      const free = [first, ...pools].find((pool) => pool !== undefined && (left.get(pool) ?? 0) > 0);
      if (free !== undefined) move(taken[index], left, undefined, free);
      else if (!makeRoom(index, asked, taken, left)) return { kind: 'short', name };
    }
  }
  return { kind: 'planned', plan: byPool(asked, taken) };
}

/** Without looking at stocks: every name has one candidate. */
export function onlyPlan(asked: readonly Asked[]): CheckoutPlan {
  const taken = asked.map(({ count, candidates }) => new Map(candidates.pools.map((pool) => [pool, count])));
  return byPool(asked, taken);
}

/** Breadth first: which names could give way to this one, over as many others as it takes. */
function makeRoom(
  wanting: number,
  asked: readonly Asked[],
  taken: readonly Map<string, number>[],
  left: Map<string, number>,
): boolean {
  /** Pool → the name that would take from it, and the name's pool that it would leave; undefined: it needs one more. */
  const reached = new Map<string, { readonly index: number; readonly leaves: string | undefined }>();
  const queue: string[] = [];
  const reach = (index: number, leaves: string | undefined): void => {
    for (const pool of asked[index]?.candidates.pools ?? []) {
      if (reached.has(pool)) continue;
      reached.set(pool, { index, leaves });
      queue.push(pool);
    }
  };
  reach(wanting, undefined);
  for (let pool = queue.shift(); pool !== undefined; pool = queue.shift()) {
    if ((left.get(pool) ?? 0) > 0) {
      for (let into: string | undefined = pool; into !== undefined;) {
        const step = reached.get(into);
        if (step === undefined) throw new Error(`no way to ${into}`);
        move(taken[step.index], left, step.leaves, into);
        into = step.leaves;
      }
      return true;
    }
    for (const [index, its] of taken.entries()) if ((its.get(pool) ?? 0) > 0) reach(index, pool);
  }
  return false;
}

function move(
  taken: Map<string, number> | undefined,
  left: Map<string, number>,
  from: string | undefined,
  into: string,
): void {
  if (from !== undefined) {
    taken?.set(from, (taken.get(from) ?? 0) - 1);
    left.set(from, (left.get(from) ?? 0) + 1);
  }
  taken?.set(into, (taken.get(into) ?? 0) + 1);
  left.set(into, (left.get(into) ?? 0) - 1);
}

function byPool(asked: readonly Asked[], taken: readonly ReadonlyMap<string, number>[]): CheckoutPlan {
  const plan = new Map<string, { readonly requestedAs: string; readonly count: number }[]>();
  for (const [index, { name }] of asked.entries()) {
    for (const [pool, count] of taken[index] ?? []) {
      if (count === 0) continue;
      const parts = plan.get(pool) ?? [];
      parts.push({ requestedAs: name, count });
      plan.set(pool, parts);
    }
  }
  return plan;
}
