import { ProviderError, type Heartbeat, type Listing, type Provider, type ProviderCall } from '#providers';
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

  listHypervisors(call: ProviderCall): Promise<Listing> {
    return withFault(this.plan, 'listHypervisors', () => this.inner.listHypervisors(call), failed);
  }

  heartbeats(call: ProviderCall): Promise<readonly Heartbeat[]> {
    return withFault(this.plan, 'heartbeats', () => this.inner.heartbeats(call), failed);
  }

  uptime(nativeId: string, call: ProviderCall): Promise<string | null> {
    return withFault(this.plan, 'uptime', () => this.inner.uptime(nativeId, call), failed);
  }

  cacheImage(nativeId: string, imageId: string, call: ProviderCall): Promise<void> {
    return withFault(this.plan, 'cacheImage', () => this.inner.cacheImage(nativeId, imageId, call), failed);
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
