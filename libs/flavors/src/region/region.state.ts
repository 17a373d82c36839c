import { unreachable } from '#kernel';
import type { RegionEvent, RegionFlavor } from './region.events.js';

export interface Region {
  /** By id, in the order in which they were made. */
  readonly flavors: Map<string, RegionFlavor>;
  readonly idByName: Map<string, string>;
  /** Ids of flavors that were once made because the settings named them. */
  readonly configured: Set<string>;
}

export function emptyRegion(): Region {
  return { flavors: new Map(), idByName: new Map(), configured: new Set() };
}

export function evolve(region: Region, event: RegionEvent): Region {
  switch (event.type) {
    case 'RegionFlavorCreated': {
      const { flavor, configured } = event.data;
      if (configured) region.configured.add(flavor.id);
      put(region, flavor);
      return region;
    }
    case 'RegionFlavorDeleted': {
      const flavor = region.flavors.get(event.data.flavorId);
      if (flavor === undefined) return region;
      region.flavors.delete(flavor.id);
      region.idByName.delete(flavor.name);
      return region;
    }
    case 'RegionFlavorAccessGranted':
      changeAccess(region, event.data.flavorId, (access) => [...access, event.data.projectId]);
      return region;
    case 'RegionFlavorAccessRevoked':
      changeAccess(region, event.data.flavorId, (access) => access.filter((id) => id !== event.data.projectId));
      return region;
    default:
      return unreachable(event);
  }
}

export function put({ flavors, idByName }: Region, flavor: RegionFlavor): void {
  flavors.set(flavor.id, flavor);
  idByName.set(flavor.name, flavor.id);
}

function changeAccess({ flavors }: Region, id: string, change: (access: readonly string[]) => readonly string[]): void {
  const flavor = flavors.get(id);
  if (flavor !== undefined) flavors.set(id, { ...flavor, access: change(flavor.access) });
}

/** Copied; undefined: there is none. */
export function flavorOf({ flavors }: Readonly<Region>, id: string): RegionFlavor | undefined {
  const flavor = flavors.get(id);
  return flavor && { ...flavor };
}
