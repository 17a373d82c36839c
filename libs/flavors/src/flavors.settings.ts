import { systemClock, type Clock } from '#kernel';
import type { RegionFlavor } from './region/region.events.js';

/** The server's settings as flavors want them. */
export interface FlavorsSettings {
  readonly clock: Clock;
  /** Name of this server's own region: `RegionOne`. */
  readonly region: string;
  /** That are in the own region from the first start on; one that was deleted does not come again. */
  readonly flavors: readonly RegionFlavor[];
}

/** Nest injection token: `FlavorsSettings`. */
export const FLAVORS_SETTINGS = Symbol('FlavorsSettings');

export const defaultFlavorsSettings: FlavorsSettings = { clock: systemClock, region: 'RegionOne', flavors: [] };
