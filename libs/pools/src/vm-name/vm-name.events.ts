import type { EventCatalog } from '#kernel';

/** `vmName-<name>`: one machine per name, and which pool it is of (C16). Times in milliseconds since 1970. */
export interface VmNameClaimed {
  readonly type: 'VmNameClaimed';
  readonly data: {
    readonly name: string;
    readonly pool: string;
    readonly vmId: string;
    /** How often the name was claimed, this time included. */
    readonly generation: number;
    readonly at: number;
  };
}

/** The machine is destroyed; its record is kept until `forgetAt`. */
export interface VmNameRetired {
  readonly type: 'VmNameRetired';
  readonly data: { readonly name: string; readonly vmId: string; readonly forgetAt: number; readonly at: number };
}

/** The record is forgotten (data_ttl), or no machine was ever made under the claim: the name is free again. */
export interface VmNameReleased {
  readonly type: 'VmNameReleased';
  readonly data: { readonly name: string; readonly vmId: string; readonly at: number };
}

export type VmNameEvent = VmNameClaimed | VmNameRetired | VmNameReleased;

export const vmNameCatalog: EventCatalog<VmNameEvent> = {
  context: 'pools',
  versions: { VmNameClaimed: 1, VmNameRetired: 1, VmNameReleased: 1 },
};
