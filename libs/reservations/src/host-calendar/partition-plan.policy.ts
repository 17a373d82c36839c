import type { HostWish, PickedShares } from './host-calendar.commands.js';
import type { PartitionOffers, UndecidedHold } from './host-offers.policy.js';

export type PartitionPlan =
  /** What to hold in each partition, as `picked`; a partition of which nothing is wanted, or given back, is left out. */
  | { readonly kind: 'planned'; readonly picked: ReadonlyMap<string, readonly PickedShares[]> }
  | { readonly kind: 'short'; readonly code: 'not-enough-hosts'; readonly facts: { readonly reservationId: string } }
  | { readonly kind: 'short'; readonly code: 'property-unknown'; readonly facts: { readonly name: string } }
  | {
      readonly kind: 'short';
      readonly code: 'held-by-others';
      readonly facts: { readonly holds: readonly UndecidedHold[] };
    };

/** Splits wishes over partitions as one partition of all their hosts would decide. `offers`: of exactly these wishes. */
export function planOverPartitions(
  _offers: ReadonlyMap<string, PartitionOffers>,
  _wishes: readonly HostWish[],
  _dice: number | null,
): PartitionPlan {
  throw new Error('no plan yet');
}
