import type { Placement } from '../../pool/pool.events.js';
import type { PoolState } from '../../pool/pool.state.js';

/** By vmId: what the log knows of a pool's machines. */
export type KnownVms = ReadonlyMap<
  string,
  { readonly name: string; readonly queue: string; readonly cloned: boolean; readonly placement: Placement }
>;

export function knownVms(state: Readonly<PoolState>): KnownVms {
  const vms = state === undefined ? [] : [...state.vms.values()];
  return new Map(
    vms.map(({ vmId, name, queue, clonedAt, placement }) => [
      vmId,
      { name, queue, cloned: clonedAt !== null, placement },
    ]),
  );
}

/** Listed, and absent from a log read after the listing; but not those that were destroyed since it began. */
export function unknownVms<Vm extends { readonly vmId: string }>(
  listed: readonly Vm[],
  after: KnownVms,
  destroyed: ReadonlySet<string>,
): readonly Vm[] {
  return listed.filter(({ vmId }) => !after.has(vmId) && !destroyed.has(vmId));
}

/** Known before a complete listing and missing from it: how often in a row, this time included. */
export function missedVms(
  before: KnownVms,
  listed: readonly { readonly vmId: string }[],
  provider: string,
  former: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const there = new Set(listed.map(({ vmId }) => vmId));
  const missed = new Map<string, number>();
  for (const [vmId, { queue, cloned, placement }] of before) {
    if (there.has(vmId) || !cloned || queue === 'completed' || placement.provider !== provider) continue;
    missed.set(vmId, (former.get(vmId) ?? 0) + 1);
  }
  return missed;
}
