import type { RegionFlavor } from './region.events.js';

const figures = [
  ...(['id', 'name', 'vcpus', 'ramMb', 'diskGb', 'ephemeralGb', 'swapMb'] as const),
  ...(['rxtxFactor', 'isPublic', 'reservationId'] as const),
] satisfies readonly (keyof RegionFlavor)[];

/** The order of extra specs and of projects means nothing. */
export function sameFlavor(one: RegionFlavor, other: RegionFlavor): boolean {
  return (
    figures.every((figure) => one[figure] === other[figure]) &&
    sameSet(one.access, other.access) &&
    sameSet(
      one.extraSpecs.map(({ key, value }) => JSON.stringify([key, value])),
      other.extraSpecs.map(({ key, value }) => JSON.stringify([key, value])),
    )
  );
}

function sameSet(one: readonly string[], other: readonly string[]): boolean {
  const [left, right] = [new Set(one), new Set(other)];
  return left.size === right.size && [...left].every((member) => right.has(member));
}
