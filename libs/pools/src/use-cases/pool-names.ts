import { refuse, type Refused } from '#kernel';
import { Inject, Injectable } from '@nestjs/common';
import { candidatesByName, type Candidates } from '../checkout/candidates.policy.js';
import type { Asked } from '../checkout/checkout-plan.policy.js';
import type { WantedVms } from '../contracts.js';
import { POOLS_SETTINGS, type PoolsSettings } from '../pools.settings.js';

/** Which pools the configuration has, and which names they answer to. */
@Injectable()
export class PoolNames {
  private readonly byName: ReadonlyMap<string, Candidates>;

  constructor(@Inject(POOLS_SETTINGS) { pools, cloneTarget, backendWeight }: PoolsSettings) {
    this.byName = candidatesByName(pools, cloneTarget, backendWeight);
  }

  /** Not an alias. */
  isPool(name: string): boolean {
    return this.byName.get(name)?.isPool === true;
  }

  /** Equal names are merged at their first place. */
  resolve(wanted: readonly WantedVms[]): readonly Asked[] | Refused<'names-unknown'> {
    const asked = new Map<string, Asked>();
    const unknown = new Set<string>();
    for (const { name, count } of wanted) {
      const candidates = this.byName.get(name);
      if (candidates === undefined) unknown.add(name);
      else asked.set(name, { name, count: (asked.get(name)?.count ?? 0) + count, candidates });
    }
    return unknown.size > 0 ? refuse('names-unknown', { names: [...unknown] }) : [...asked.values()];
  }
}
