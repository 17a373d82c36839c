import type { EventCatalog } from '#kernel';

/** Keys as values, never as names. */
export interface ExtraSpec {
  readonly key: string;
  readonly value: string;
}

/** A flavor of this server's own region. MiB and GiB. */
export interface RegionFlavor {
  /** Text that its maker chose, or a uuid. */
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ramMb: number;
  readonly diskGb: number;
  readonly ephemeralGb: number;
  readonly swapMb: number;
  readonly rxtxFactor: number;
  readonly isPublic: boolean;
  readonly extraSpecs: readonly ExtraSpec[];
  /** Projects that may use one that is not public. */
  readonly access: readonly string[];
  /** Null: made by a user or the configuration; else by a reservation, which alone deletes it. */
  readonly reservationId: string | null;
  /** Of that reservation. */
  readonly leaseId?: string;
}

interface Of<Type extends string, More = unknown> {
  readonly type: Type;
  /** Milliseconds since 1970. */
  readonly data: { readonly region: string; readonly at: number } & More;
}

/** `configured`: the settings name it; once it was made it is not made again because of them. */
export type RegionFlavorCreated = Of<
  'RegionFlavorCreated',
  { readonly flavor: RegionFlavor; readonly configured: boolean }
>;
export type RegionFlavorDeleted = Of<'RegionFlavorDeleted', { readonly flavorId: string }>;
export type RegionFlavorAccessGranted = Of<
  'RegionFlavorAccessGranted',
  { readonly flavorId: string; readonly projectId: string }
>;
export type RegionFlavorAccessRevoked = Of<
  'RegionFlavorAccessRevoked',
  { readonly flavorId: string; readonly projectId: string }
>;

export type RegionEvent =
  RegionFlavorCreated | RegionFlavorDeleted | RegionFlavorAccessGranted | RegionFlavorAccessRevoked;

export const regionCatalog: EventCatalog<RegionEvent> = {
  context: 'flavors',
  versions: {
    RegionFlavorCreated: 1,
    RegionFlavorDeleted: 1,
    RegionFlavorAccessGranted: 1,
    RegionFlavorAccessRevoked: 1,
  },
};
