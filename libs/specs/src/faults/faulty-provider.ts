import {
  ProviderError,
  type GuestListing,
  type Heartbeat,
  type Listing,
  type Provider,
  type ProviderCall,
  type VmCondition,
  type VmListing,
  type VmSpec,
} from '#providers';
import { withFault, type FaultPlan, type Fault } from './fault-plan.js';

function failed(fault: Fault): Error {
  return new ProviderError(fault === 'before' ? 'retry' : 'timeout', 'the plan wants a fault');
}

/** A provider whose calls fail by plan, under the names of its methods. */
export class FaultyProvider implements Provider {
  constructor(
    private readonly inner: Provider,
    private readonly plan: FaultPlan,
  ) {}

  get name(): string {
    return this.inner.name;
  }

  createVm(spec: VmSpec, call: ProviderCall): Promise<{ readonly ip: string | null }> {
    return withFault(this.plan, 'createVm', () => this.inner.createVm(spec, call), failed);
  }

  inspectVm(vmId: string, call: ProviderCall): Promise<VmCondition | null> {
    return withFault(this.plan, 'inspectVm', () => this.inner.inspectVm(vmId, call), failed);
  }

  listVms(pool: string, call: ProviderCall): Promise<VmListing> {
    return withFault(this.plan, 'listVms', () => this.inner.listVms(pool, call), failed);
  }

  destroyVm(vmId: string, call: ProviderCall): Promise<void> {
    return withFault(this.plan, 'destroyVm', () => this.inner.destroyVm(vmId, call), failed);
  }

  snapshotVm(vmId: string, snapshotId: string, call: ProviderCall): Promise<void> {
    return withFault(this.plan, 'snapshotVm', () => this.inner.snapshotVm(vmId, snapshotId, call), failed);
  }

  revertVm(vmId: string, snapshotId: string, call: ProviderCall): Promise<void> {
    return withFault(this.plan, 'revertVm', () => this.inner.revertVm(vmId, snapshotId, call), failed);
  }

  addDisk(vmId: string, gb: number, call: ProviderCall): Promise<void> {
    return withFault(this.plan, 'addDisk', () => this.inner.addDisk(vmId, gb, call), failed);
  }

  listHypervisors(call: ProviderCall): Promise<Listing> {
    return withFault(this.plan, 'listHypervisors', () => this.inner.listHypervisors(call), failed);
  }

  heartbeats(call: ProviderCall): Promise<readonly Heartbeat[]> {
    return withFault(this.plan, 'heartbeats', () => this.inner.heartbeats(call), failed);
  }

  uptime(nativeId: string, call: ProviderCall): Promise<string | null> {
    return withFault(this.plan, 'uptime', () => this.inner.uptime(nativeId, call), failed);
  }

  listGuests(nativeId: string, call: ProviderCall): Promise<GuestListing> {
    return withFault(this.plan, 'listGuests', () => this.inner.listGuests(nativeId, call), failed);
  }

  destroyGuest(nativeId: string, guestUuid: string, call: ProviderCall): Promise<void> {
    return withFault(this.plan, 'destroyGuest', () => this.inner.destroyGuest(nativeId, guestUuid, call), failed);
  }

  imageGuest(
    nativeId: string,
    guestUuid: string,
    name: string,
    call: ProviderCall,
  ): Promise<{ readonly imageId: string }> {
    return withFault(this.plan, 'imageGuest', () => this.inner.imageGuest(nativeId, guestUuid, name, call), failed);
  }

  cacheImage(nativeId: string, imageId: string, call: ProviderCall): Promise<void> {
    return withFault(this.plan, 'cacheImage', () => this.inner.cacheImage(nativeId, imageId, call), failed);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
