import type { EventCatalog } from '#kernel';

/** A compute service has an integer id and a uuid of its own; several hypervisors may share it. */
export interface ServiceRef {
  readonly number: number;
  readonly uuid: string;
  /** Its name: what aggregates and Nova call the host. */
  readonly host: string;
}

/** Times (`at`): milliseconds since 1970. */
export type ServiceListed = {
  readonly type: 'ServiceListed';
  readonly data: ServiceRef & { readonly provider: string; readonly at: number };
};

export type HypervisorListed = {
  readonly type: 'HypervisorListed';
  readonly data: {
    readonly number: number;
    readonly uuid: string;
    readonly provider: string;
    readonly nativeId: string;
    readonly hypervisorHostname: string;
    readonly serviceHost: string;
    readonly at: number;
  };
};

/** It is back, or has other names now. Its integer id stays. */
export type HypervisorRelisted = {
  readonly type: 'HypervisorRelisted';
  readonly data: {
    readonly uuid: string;
    readonly hypervisorHostname: string;
    readonly serviceHost: string;
    readonly at: number;
  };
};

/** It has vanished: its names are free, its integer id is not. */
export type HypervisorDelisted = {
  readonly type: 'HypervisorDelisted';
  readonly data: { readonly uuid: string; readonly at: number };
};

export type HypervisorRegistryEvent = ServiceListed | HypervisorListed | HypervisorRelisted | HypervisorDelisted;

export const hypervisorRegistryCatalog: EventCatalog<HypervisorRegistryEvent> = {
  context: 'inventory',
  versions: { ServiceListed: 1, HypervisorListed: 1, HypervisorRelisted: 1, HypervisorDelisted: 1 },
};
