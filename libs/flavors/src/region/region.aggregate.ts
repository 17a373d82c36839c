import type { AggregateDefinition, SnapshotFormat } from '#kernel';
import type { FlavorsRefusal } from '../contracts.js';
import { decide, type RegionCommand } from './region.decider.js';
import { regionCatalog, type RegionEvent, type RegionFlavor } from './region.events.js';
import { emptyRegion, evolve, put, type Region } from './region.state.js';

export const regionStream = (name: string): string => `region-${name}`;

interface StoredRegion {
  readonly flavors: readonly RegionFlavor[];
  readonly configured: readonly string[];
}

const snapshot: SnapshotFormat<Region> = {
  version: 1,
  everyEvents: 1_000,
  write: ({ flavors, configured }): StoredRegion => ({ flavors: [...flavors.values()], configured: [...configured] }),
  read: ({ flavors, configured }: StoredRegion): Region => {
    const region = { ...emptyRegion(), configured: new Set(configured) };
    for (const flavor of flavors) put(region, flavor);
    return region;
  },
};

/** The flavors of one region. */
export const region: AggregateDefinition<Region, RegionCommand, RegionEvent, FlavorsRefusal> = {
  name: 'region',
  decider: { initialState: emptyRegion, decide, evolve },
  catalog: regionCatalog,
  snapshot,
};
