import type { SimulatedJournal } from './simulated-journal.js';
import type { SimulatedVm } from './simulated-vm.js';

/** The VMs by id, by pool and by hypervisor. */
export class SimulatedVms {
  private readonly byId = new Map<string, SimulatedVm>();
  private readonly byPool: Shelves = new Map();
  private readonly byHost: Shelves = new Map();

  constructor(
    private readonly journal: SimulatedJournal,
    known: Iterable<SimulatedVm>,
  ) {
    for (const vm of known) this.index(vm);
  }

  get(vmId: string): SimulatedVm | undefined {
    return this.byId.get(vmId);
  }

  inPool(pool: string): Iterable<SimulatedVm> {
    return this.byPool.get(pool)?.values() ?? [];
  }

  onHost(hypervisor: string): Iterable<SimulatedVm> {
    return this.byHost.get(hypervisor)?.values() ?? [];
  }

  /** New, or changed in place. */
  put(vm: SimulatedVm): void {
    if (this.byId.get(vm.vmId) !== vm) {
      this.drop(vm.vmId);
      this.index(vm);
    }
    this.journal.note('vms', vm.vmId, vm);
  }

  remove(vmId: string): void {
    if (this.drop(vmId)) this.journal.note('vms', vmId, undefined);
  }

  private index(vm: SimulatedVm): void {
    this.byId.set(vm.vmId, vm);
    shelf(this.byPool, vm.pool).set(vm.vmId, vm);
    shelf(this.byHost, vm.hypervisor).set(vm.vmId, vm);
  }

  private drop(vmId: string): boolean {
    const vm = this.byId.get(vmId);
    if (vm === undefined) return false;
    this.byId.delete(vmId);
    take(this.byPool, vm.pool, vmId);
    take(this.byHost, vm.hypervisor, vmId);
    return true;
  }
}

type Shelves = Map<string, Map<string, SimulatedVm>>;

function shelf(shelves: Shelves, key: string): Map<string, SimulatedVm> {
  const found = shelves.get(key);
  if (found !== undefined) return found;
  const fresh = new Map<string, SimulatedVm>();
  shelves.set(key, fresh);
  return fresh;
}

function take(shelves: Shelves, key: string, vmId: string): void {
  const found = shelves.get(key);
  found?.delete(vmId);
  if (found?.size === 0) shelves.delete(key);
}
