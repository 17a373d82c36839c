import type { HostWish, PickedShares } from './host-calendar.commands.js';
import type { HostShare } from './host-calendar.events.js';
import { inStorageOrder } from './host-calendar.state.js';
import type { HostOffer, PartitionOffers, UndecidedHold, WishOffers } from './host-offers.policy.js';
import { numbersFrom, select, take, type Certainty, type Taken } from './host-selection.policy.js';

export type PartitionShortage =
  | { readonly kind: 'short'; readonly code: 'not-enough-hosts'; readonly facts: { readonly reservationId: string } }
  | { readonly kind: 'short'; readonly code: 'property-unknown'; readonly facts: { readonly name: string } }
  | {
      readonly kind: 'short';
      readonly code: 'held-by-others';
      readonly facts: { readonly reservationId: string; readonly holds: readonly UndecidedHold[] };
    };

export type PartitionPlan =
  /** What to hold in each partition, as `picked`; one of which nothing is wanted, and nothing given back, is left out. */
  { readonly kind: 'planned'; readonly picked: ReadonlyMap<string, readonly PickedShares[]> } | PartitionShortage;

/** Splits wishes over partitions as one partition of all their hosts would decide. `offers`: for exactly these wishes. */
export function planOverPartitions(
  offers: ReadonlyMap<string, PartitionOffers>,
  wishes: readonly HostWish[],
  dice: number | null,
): PartitionPlan {
  const holds = [...offers.values()].flatMap((partition) => partition.holds);
  const merged = wishes.map((_, index) => mergedOffers(offers, index));
  const waiting = wishes.find((_, index) => merged[index]?.undecided);
  if (waiting !== undefined) return heldByOthers(waiting, holds);
  const now = selectAll(merged, wishes, dice, 'now');
  if (now.kind === 'selected') return { kind: 'planned', picked: split(merged, wishes, now.shares) };
  if (now.code !== 'not-enough-hosts' || holds.length === 0) return now;
  const then = selectAll(merged, wishes, dice, 'then');
  return then.kind === 'selected' ? heldByOthers(now.facts, holds) : then;
}

function heldByOthers(
  { reservationId }: { readonly reservationId: string },
  holds: readonly UndecidedHold[],
): PartitionShortage {
  return { kind: 'short', code: 'held-by-others', facts: { reservationId, holds } };
}

/** One wish before all partitions. */
export interface MergedOffers extends WishOffers {
  readonly partitionOf: ReadonlyMap<string, string>;
}

export function mergedOffers(offers: ReadonlyMap<string, PartitionOffers>, index: number): MergedOffers {
  const partitionOf = new Map<string, string>();
  const hosts: HostOffer[] = [];
  let undecided = false;
  let unknown: readonly string[] | undefined;
  for (const [partition, { wishes }] of offers) {
    const wish = wishes[index];
    if (wish === undefined) continue;
    undecided ||= wish.undecided;
    unknown = (unknown ?? wish.unknown).filter((name) => wish.unknown.includes(name));
    for (const offer of wish.hosts) {
      partitionOf.set(offer.hostId, partition);
      hosts.push(offer);
    }
  }
  if (offers.size > 1) hosts.sort((one, other) => inStorageOrder(one.hostId, other.hostId));
  return { undecided, unknown: unknown ?? [], hosts, partitionOf };
}

/** Each wish sees what those before it got. */
export function selectAll(
  offers: readonly WishOffers[],
  wishes: readonly HostWish[],
  dice: number | null,
  certainty: Certainty,
): { readonly kind: 'selected'; readonly shares: readonly (readonly HostShare[])[] } | PartitionShortage {
  const random = dice === null ? undefined : numbersFrom(dice);
  const taken: Taken = new Map();
  const shares: HostShare[][] = [];
  for (const [index, wish] of wishes.entries()) {
    const [name] = offers[index]?.unknown ?? [];
    if (name !== undefined) return { kind: 'short', code: 'property-unknown', facts: { name } };
    const selected = select(offers[index]?.hosts ?? [], wish, taken, certainty, random);
    if (selected === undefined) {
      return { kind: 'short', code: 'not-enough-hosts', facts: { reservationId: wish.reservationId } };
    }
    for (const share of selected) take(taken, share);
    shares.push(selected);
  }
  return { kind: 'selected', shares };
}

function split(
  offers: readonly MergedOffers[],
  wishes: readonly HostWish[],
  selected: readonly (readonly HostShare[])[],
): ReadonlyMap<string, readonly PickedShares[]> {
  const picked = new Map<string, PickedShares[]>();
  for (const [index, { reservationId, window, filter, ask }] of wishes.entries()) {
    const byPartition = new Map<string, HostShare[]>();
    const at = (hostId: string): HostShare[] => {
      const partition = offers[index]?.partitionOf.get(hostId) ?? '';
      const shares = byPartition.get(partition) ?? [];
      byPartition.set(partition, shares);
      return shares;
    };
    for (const { hostId, own } of offers[index]?.hosts ?? []) if (own !== null) at(hostId);
    for (const share of selected[index] ?? []) at(share.hostId).push(share);
    for (const [partition, shares] of byPartition) {
      const traits = ask.kind === 'slots' ? { traits: ask.traits } : {};
      const all = picked.get(partition) ?? [];
      all.push({ reservationId, window, filter, ...traits, shares });
      picked.set(partition, all);
    }
  }
  return picked;
}
