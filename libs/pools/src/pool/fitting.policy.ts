import type { RetirementReason } from './pool.events.js';
import type { Origin, Pool } from './pool.state.js';
import type { Vm } from './vm.state.js';

/** Why a machine is not what the pool offers; null: it is. */
export function misfit(vm: Readonly<Vm>, { template, cloneTarget }: Origin): RetirementReason | null {
  if (vm.template !== template) return 'template-changed';
  return vm.cloneTarget === cloneTarget ? null : 'clone-target-changed';
}

/** What happened to the pool or ran out while the machine was held, and is applied when it comes back (C12). */
export function missedWhileHeld(
  pool: Readonly<Pool>,
  vm: Readonly<Vm>,
  origin: Origin,
  at: number,
): RetirementReason | null {
  if (!pool.configured) return 'unconfigured';
  if (vm.resetWhileHeld) return 'reset';
  const unfit = misfit(vm, origin);
  if (unfit !== null) return unfit;
  return vm.staleAt !== null && vm.staleAt <= at ? 'ready-ttl' : null;
}

/** Machines and why each goes, as one retirement for each reason. */
export function byReason(
  vms: readonly Readonly<Vm>[],
  reasonOf: (vm: Readonly<Vm>) => RetirementReason | null,
): { readonly reason: RetirementReason; readonly vms: readonly Readonly<Vm>[] }[] {
  const groups = new Map<RetirementReason, Readonly<Vm>[]>();
  for (const vm of vms) {
    const reason = reasonOf(vm);
    if (reason === null) continue;
    const group = groups.get(reason);
    if (group === undefined) groups.set(reason, [vm]);
    else group.push(vm);
  }
  return Array.from(groups, ([reason, going]) => ({ reason, vms: going }));
}
