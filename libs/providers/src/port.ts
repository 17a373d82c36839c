/**
 * What really has machines. Called only by handlers and processes, never by deciders (design §10, C6).
 * Later: create, destroy, inspect a VM, snapshot, revert, add disk, flavors.
 */

/** A machine on a host, whoever made it. */
export interface ProviderGuest {
  readonly uuid: string;
  /** The host's own name for it: `instance-0000001f`. */
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
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

export interface Provider {
  readonly name: string;
  listHypervisors(call: ProviderCall): Promise<Listing>;
  /** The latest heartbeat of every service that is heard of. */
  heartbeats(call: ProviderCall): Promise<readonly Heartbeat[]>;
  /** As `uptime` prints it; null where the driver cannot tell. */
  uptime(nativeId: string, call: ProviderCall): Promise<string | null>;
  cacheImage(nativeId: string, imageId: string, call: ProviderCall): Promise<void>;
  close(): Promise<void>;
}

/** Nest injection token: `readonly Provider[]`. */
export const PROVIDERS = Symbol('Providers');
