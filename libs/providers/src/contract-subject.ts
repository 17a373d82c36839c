import type { Provider, ProviderGuest, ProviderVm } from './port.js';

/** What an adapter brings to its contract: a provider with machines, and a hand on these machines. */
export interface ProviderUnderContract {
  readonly provider: Provider;
  /** At least two native ids of machines that are up. */
  readonly nativeIds: readonly [string, string, ...string[]];
  now(): number;
  /** Makes a machine on that host behind the provider's back, and destroys it. */
  putGuest(nativeId: string, guest: ProviderGuest): Promise<void>;
  removeGuest(nativeId: string, uuid: string): Promise<void>;
  /** Stops that host's heartbeats. */
  silence(nativeId: string): Promise<void>;
  /** How often that image was really fetched to that host. */
  fetches(nativeId: string, imageId: string): Promise<number>;
  /** The next call of that operation fails before it has an effect. */
  failNext(
    operation:
      | 'cacheImage'
      | 'createVm'
      | 'destroyVm'
      | 'snapshotVm'
      | 'revertVm'
      | 'addDisk'
      | 'listGuests'
      | 'destroyGuest'
      | 'imageGuest',
  ): Promise<void>;
  /** A template that is there. */
  readonly template: string;
  /** Time enough for every VM that was told to boot. */
  boot(): Promise<void>;
  /** Somebody else makes a VM; a VM goes without anybody being told. */
  putVm(vm: ProviderVm): Promise<void>;
  vanish(vmId: string): Promise<void>;
  /** The next listing of VMs lacks this one, and says so. */
  listVmsWithout(vmId: string): Promise<void>;
  /** The next listing of one host's guests lacks this one, and says so. */
  listGuestsWithout(uuid: string): Promise<void>;
  /** The names of the images that were really made of that machine, in order. */
  images(nativeId: string, uuid: string): Promise<readonly string[]>;
  /** What was really done to a VM, in order. */
  effects(vmId: string): Promise<{
    readonly snapshots: readonly string[];
    readonly reverts: readonly string[];
    readonly disks: readonly number[];
  }>;
}
