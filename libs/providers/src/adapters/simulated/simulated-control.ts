import type { Clock } from '#kernel';
import { ProviderError, type Provider, type ProviderGuest } from '../../port.js';
import type { SimulatedGuests } from './simulated-guests.js';
import { RunningHost, type SimulatedHost } from './simulated-host.js';
import type { SimulatedImages } from './simulated-images.js';
import { clonedVm, guestOf, type SimulatedVm, type VmTraits } from './simulated-vm.js';
import type { SimulatedVms } from './simulated-vms.js';

export type SimulatedOperation = Exclude<keyof Provider, 'name' | 'close'>;

/** What tests do to the simulated machines behind the provider's back. Hosts are named by native id. */
export class SimulatedControl {
  private readonly running = new Map<string, RunningHost>();
  private readonly failures: { operation: SimulatedOperation; kind: ProviderError['kind'] }[] = [];
  private readonly partialHosts: (readonly string[])[] = [];
  private readonly partialVms: (readonly string[])[] = [];
  private readonly partialGuests: (readonly string[])[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly vms: SimulatedVms,
    private readonly guests: SimulatedGuests,
    private readonly made: SimulatedImages,
  ) {}

  get hosts(): readonly RunningHost[] {
    return [...this.running.values()];
  }

  addHost(host: SimulatedHost): void {
    const fresh = new RunningHost(host, this.clock.now());
    if (this.running.has(fresh.nativeId)) throw new Error(`there is a host ${fresh.nativeId} already`);
    this.guests.bringUpToDate(fresh);
    this.running.set(fresh.nativeId, fresh);
  }

  /** Its VMs are not seen any more either, until it is there again. */
  removeHost(nativeId: string): void {
    this.host(nativeId);
    this.running.delete(nativeId);
  }

  /** Other facts from now on; its guests and its heartbeat stay. */
  changeHost(nativeId: string, change: Partial<Omit<SimulatedHost, 'nativeId' | 'guests' | 'alive'>>): void {
    const former = this.host(nativeId);
    const changed = new RunningHost({ ...former.host, ...change, nativeId, guests: [] }, this.clock.now());
    for (const guest of former.guests.values()) changed.guests.set(guest.uuid, guest);
    for (const [image, times] of former.fetches) changed.fetches.set(image, times);
    changed.silentSince = former.silentSince;
    this.running.set(nativeId, changed);
  }

  /** Somebody else boots a machine there, or changes it. */
  putGuest(nativeId: string, guest: ProviderGuest): void {
    this.guests.put(this.host(nativeId), guest);
  }

  removeGuest(nativeId: string, uuid: string): void {
    if (!this.guests.remove(this.host(nativeId), uuid)) throw new Error(`${nativeId} has no guest ${uuid}`);
  }

  /** From this moment it sends no heartbeat, and what is asked of its VMs fails. */
  silence(nativeId: string): void {
    this.host(nativeId).silentSince = this.clock.now();
  }

  revive(nativeId: string): void {
    this.host(nativeId).silentSince = undefined;
  }

  /** The next so many calls of that operation fail so, before they have an effect. */
  failNext(operation: SimulatedOperation, times = 1, kind: ProviderError['kind'] = 'retry'): void {
    for (let n = 0; n < times; n += 1) this.failures.push({ operation, kind });
  }

  /** The next listing of hypervisors says that it is not complete, and lacks these hosts. */
  listPartially(without: readonly string[] = []): void {
    this.partialHosts.push(without);
  }

  /** The next listing of VMs says that it is not complete, and lacks these. */
  listVmsPartially(without: readonly string[] = []): void {
    this.partialVms.push(without);
  }

  /** The next listing of one host's guests says that it is not complete, and lacks these. */
  listGuestsPartially(without: readonly string[] = []): void {
    this.partialGuests.push(without);
  }

  /** The images that were really made of that machine, in order. */
  images(nativeId: string, guestUuid: string): readonly { readonly imageId: string; readonly name: string }[] {
    return this.made.of(nativeId, guestUuid).map(({ imageId, name }) => ({ imageId, name }));
  }

  /** How often that host really fetched that image. */
  fetches(nativeId: string, imageId: string): number {
    return this.host(nativeId).fetches.get(imageId) ?? 0;
  }

  /** What is kept of that VM: snapshots, disks and reverts too. */
  vm(vmId: string): Readonly<SimulatedVm> {
    const found = this.seen(vmId);
    if (found === undefined) throw new Error(`there is no VM ${vmId}`);
    return found;
  }

  /** Somebody else makes a VM in that pool; it has booted. */
  putVm(traits: Pick<VmTraits, 'vmId' | 'name' | 'pool' | 'hypervisor'> & Partial<VmTraits>): void {
    this.host(traits.hypervisor);
    this.vms.put(clonedVm({ vcpus: 2, memoryMb: 4096, diskGb: 20, ...traits }, this.clock.now(), 0));
  }

  /** It is gone, and nobody was told. */
  vanish(vmId: string): void {
    this.vm(vmId);
    this.vms.remove(vmId);
  }

  /** Told to go on, it boots. */
  setPower(vmId: string, power: 'on' | 'off'): void {
    this.change(vmId, (vm) => {
      if (power === 'on' && vm.power === 'off') vm.bootsAt = this.clock.now();
      vm.power = power;
    });
  }

  /** False: booted or not, it does not answer. */
  setAnswers(vmId: string, answers: boolean): void {
    this.change(vmId, (vm) => void (vm.answers = answers));
  }

  /** What the machine says it is called; the provider's own name for it stays. */
  setHostName(vmId: string, hostName: string): void {
    this.change(vmId, (vm) => void (vm.hostName = hostName));
  }

  host(nativeId: string): RunningHost {
    const found = this.running.get(nativeId);
    if (found === undefined) throw new ProviderError('permanent', `there is no host ${nativeId}`);
    return found;
  }

  /** For the provider itself: cloned by now, on a host that is there. */
  seen(vmId: string): SimulatedVm | undefined {
    const vm = this.vms.get(vmId);
    return vm !== undefined && vm.clonedAt <= this.clock.now() && this.running.has(vm.hypervisor) ? vm : undefined;
  }

  /** For the provider itself: of those that it has made there. */
  *guestsOn(nativeId: string): Iterable<ProviderGuest> {
    const now = this.clock.now();
    for (const vm of this.vms.onHost(nativeId)) if (vm.clonedAt <= now) yield guestOf(vm);
  }

  /** For the provider itself. */
  takeFailure(operation: SimulatedOperation): ProviderError['kind'] | undefined {
    const index = this.failures.findIndex((failure) => failure.operation === operation);
    return index < 0 ? undefined : this.failures.splice(index, 1)[0]?.kind;
  }

  /** For the provider itself. */
  takePartial(listing: 'hosts' | 'vms' | 'guests'): readonly string[] | undefined {
    return { hosts: this.partialHosts, vms: this.partialVms, guests: this.partialGuests }[listing].shift();
  }

  private change(vmId: string, change: (vm: SimulatedVm) => void): void {
    const vm = this.vm(vmId);
    change(vm);
    this.vms.put(vm);
  }
}
