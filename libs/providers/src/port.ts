/**
 * What really has machines. Called only by handlers and processes, never by deciders (design §10, C6).
 * Later: flavors.
 */

/** A machine on a host, whoever made it. */
export interface ProviderGuest {
  /** Of a machine made through `createVm`: the `vmId` given there, whatever the provider itself calls it. */
  readonly uuid: string;
  /** The host's own name for it: `instance-0000001f`. */
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  /** Of the flavor that it was booted with; absent or null where the provider cannot tell. */
  readonly flavorId?: string | null;
}

/** A failed or partial listing proves nothing about what is missing from it (C6). */
export interface GuestListing {
  readonly complete: boolean;
  readonly guests: readonly ProviderGuest[];
}

export interface ProviderHypervisor {
  /** Unique in this provider and never changing: with the provider's name it gives the uuid (C16). */
  readonly nativeId: string;
  readonly hypervisorHostname: string;
  /** Name of the compute service (Nova's `service.host`); several hypervisors may share one. */
  readonly serviceHost: string;
  readonly type: string;
  /** 7002000 for 7.2.0. */
  readonly version: number;
  readonly hostIp: string | null;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly localGb: number;
  /** Null where the provider cannot tell. */
  readonly diskAvailableLeastGb: number | null;
  /** Plain data as Nova shows it from 2.28 on; null where unknown. No dots in keys. */
  readonly cpuInfo: Readonly<Record<string, unknown>> | null;
  /** Only for a first registration: start as disabled with this reason. */
  readonly initiallyDisabled: string | null;
  readonly guests: readonly ProviderGuest[];
}

/** A failed or partial listing proves nothing about what is missing from it (C6). */
export interface Listing {
  readonly complete: boolean;
  readonly hypervisors: readonly ProviderHypervisor[];
}

export interface Heartbeat {
  readonly serviceHost: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** `retry`: the provider may be asked again (with the same request id); `permanent`: it never will. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  constructor(
    readonly kind: 'retry' | 'permanent' | 'timeout',
    message: string,
  ) {
    super(message);
  }
}

export interface ProviderCall {
  /** Recognised again by the provider: the same id has its effect once. */
  readonly requestId: string;
  readonly timeoutMs: number;
}

/** What a VM is to be. MiB and GiB. */
export interface VmSpec {
  /** Uuid, chosen by the caller: the same id again is the same VM. */
  readonly vmId: string;
  /** Short host name. */
  readonly name: string;
  /** The pool's name: a folder, a tag or metadata at the provider, by which `listVms` finds it again. */
  readonly pool: string;
  readonly domain: string | null;
  /** Native id of the hypervisor. */
  readonly hypervisor: string;
  readonly template: string;
  readonly cloneTarget: string | null;
  readonly folder: string | null;
  readonly datastore: string | null;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

export interface ProviderVm {
  readonly vmId: string;
  readonly name: string;
  readonly pool: string;
  /** Native id of the hypervisor that it is on. */
  readonly hypervisor: string;
}

export interface VmCondition extends ProviderVm {
  readonly power: 'on' | 'off';
  /** It has booted and answers under its name. */
  readonly reachable: boolean;
  /** What the machine itself says it is called; null where it does not say. */
  readonly hostName: string | null;
  readonly ip: string | null;
}

/** A failed or partial listing proves nothing about what is missing from it (C6). */
export interface VmListing {
  readonly complete: boolean;
  readonly vms: readonly ProviderVm[];
}

export interface Provider {
  readonly name: string;
  /**
   * Fulfilled when the clone is there and has been told to boot. Again with the same
   * `vmId`: the same machine, which is not made twice. `permanent` when it never will (template, path, folder or
   * datastore not found, permission, credentials).
   */
  createVm(spec: VmSpec, call: ProviderCall): Promise<{ readonly ip: string | null }>;
  /** Null: the provider has no such VM. */
  inspectVm(vmId: string, call: ProviderCall): Promise<VmCondition | null>;
  /** Every VM of that pool, by the provider's own account. */
  listVms(pool: string, call: ProviderCall): Promise<VmListing>;
  /** One that is not there (any more) is destroyed already. */
  destroyVm(vmId: string, call: ProviderCall): Promise<void>;
  /** By request id once; `permanent` where there is no such VM or snapshot. */
  snapshotVm(vmId: string, snapshotId: string, call: ProviderCall): Promise<void>;
  revertVm(vmId: string, snapshotId: string, call: ProviderCall): Promise<void>;
  addDisk(vmId: string, gb: number, call: ProviderCall): Promise<void>;
  listHypervisors(call: ProviderCall): Promise<Listing>;
  /** The latest heartbeat of every service that is heard of. */
  heartbeats(call: ProviderCall): Promise<readonly Heartbeat[]>;
  /** As `uptime` prints it; null where the driver cannot tell. */
  uptime(nativeId: string, call: ProviderCall): Promise<string | null>;
  /** Every machine on that hypervisor now, whoever made it. `permanent` where there is no such hypervisor. */
  listGuests(nativeId: string, call: ProviderCall): Promise<GuestListing>;
  /** Any machine, whoever made it. One that is not there (any more) is destroyed already. */
  destroyGuest(nativeId: string, guestUuid: string, call: ProviderCall): Promise<void>;
  /** An image under that name, made once by request id; `permanent` where there is no such machine. */
  imageGuest(
    nativeId: string,
    guestUuid: string,
    name: string,
    call: ProviderCall,
  ): Promise<{ readonly imageId: string }>;
  cacheImage(nativeId: string, imageId: string, call: ProviderCall): Promise<void>;
  close(): Promise<void>;
}

/** Nest injection token: `readonly Provider[]`. */
export const PROVIDERS = Symbol('Providers');
