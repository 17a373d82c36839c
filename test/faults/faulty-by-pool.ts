import type { Provider, ProviderCall, VmCondition, VmListing, VmSpec } from '#providers';
import { FaultyProvider } from '#specs';
import { ArmedPlan } from './pool-lab.js';

export const vmOperations = [
  ...['createVm', 'inspectVm', 'listVms', 'destroyVm', 'snapshotVm', 'revertVm', 'addDisk'],
] as readonly VmOperation[];
export type VmOperation = 'createVm' | 'inspectVm' | 'listVms' | 'destroyVm' | 'snapshotVm' | 'revertVm' | 'addDisk';

/** A provider whose calls about the machines of a pool fail as that pool's plan says. */
export class FaultyByPool {
  private readonly faulty = new Map<string, { readonly plan: ArmedPlan; readonly provider: Provider }>();
  /** By vmId. */
  private readonly pools = new Map<string, string>();

  constructor(private readonly inner: Provider) {}

  plan(pool: string, operation: VmOperation): ArmedPlan {
    const plan = new ArmedPlan([operation]);
    this.faulty.set(pool, { plan, provider: new FaultyProvider(this.inner, plan) });
    return plan;
  }

  /** As the server sees it. */
  get provider(): Provider {
    const { inner } = this;
    const of = (vmId: string): Provider => this.providerOf(this.pools.get(vmId) ?? '');
    const own: Partial<Provider> = {
      createVm: (spec: VmSpec, call: ProviderCall) => {
        this.pools.set(spec.vmId, spec.pool);
        return this.providerOf(spec.pool).createVm(spec, call);
      },
      listVms: (pool: string, call: ProviderCall): Promise<VmListing> => this.providerOf(pool).listVms(pool, call),
      inspectVm: (vmId: string, call: ProviderCall): Promise<VmCondition | null> => of(vmId).inspectVm(vmId, call),
      destroyVm: (vmId, call) => of(vmId).destroyVm(vmId, call),
      snapshotVm: (vmId, snapshotId, call) => of(vmId).snapshotVm(vmId, snapshotId, call),
      revertVm: (vmId, snapshotId, call) => of(vmId).revertVm(vmId, snapshotId, call),
      addDisk: (vmId, gb, call) => of(vmId).addDisk(vmId, gb, call),
    };
    return new Proxy(inner, {
      get: (target, name) => {
        const found: unknown = Reflect.get(own, name) ?? Reflect.get(target, name, target);
        return typeof found === 'function' && !(name in own) ? (found as () => unknown).bind(target) : found;
      },
    });
  }

  private providerOf(pool: string): Provider {
    return this.faulty.get(pool)?.provider ?? this.inner;
  }
}
