import type { RetirementReason } from './pool.events.js';
import type { Pool } from './pool.state.js';
import type { Vm, VmQueue } from './vm.state.js';

/** A machine of the pool; the log never names another. */
export function vmIn(pool: Pool, name: string): Vm {
  const vm = pool.vms.get(name);
  if (vm === undefined) throw new Error(`${pool.name} has no machine ${name}`);
  return vm;
}

/** Each machine stands in exactly one queue. */
export function move(pool: Pool, vms: readonly Vm[], to: VmQueue): void {
  const ready = vms.filter(({ queue }) => queue === 'ready');
  if (ready.length > 0) pool.ready.remove(ready.map(({ place }) => place));
  for (const vm of vms) {
    leave(pool, vm);
    vm.queue = to;
    enter(pool, vm);
  }
}

function leave(pool: Pool, vm: Vm): void {
  if (vm.queue === 'held') {
    pool.held -= 1;
    vm.attempt = null;
    vm.resetWhileHeld = false;
  } else if (vm.queue !== 'ready') {
    pool[vm.queue].delete(vm.name);
    if (vm.queue === 'pending' && vm.request === null) pool.pendingForStock -= 1;
  }
}

export function enter(pool: Pool, vm: Vm): void {
  if (vm.queue === 'held') pool.held += 1;
  else if (vm.queue === 'ready') pool.ready.add(vm);
  else {
    pool[vm.queue].add(vm.name);
    if (vm.queue === 'pending' && vm.request === null) pool.pendingForStock += 1;
  }
}

/** Is another machine begun for its request when this one goes for that reason? */
export function isTriedAgain(pool: Readonly<Pool>, vm: Readonly<Vm>, reason: RetirementReason): boolean {
  if (vm.queue !== 'pending' || vm.request === null || !pool.requests.has(vm.request)) return false;
  return reason !== 'clone-failed' && reason !== 'request-failed' && reason !== 'request-deleted';
}

/** Machines that the request waits to have begun: as many more or less as the pool as a whole after an event. */
export function setWaiting(pool: Pool, request: string, waiting: number): void {
  const open = pool.requests.get(request);
  if (open !== undefined) open.waiting += waiting - pool.waiting;
  pool.waiting = waiting;
}

export function forgetVm(pool: Pool, vm: Vm): void {
  leave(pool, vm);
  pool.vms.delete(vm.name);
  pool.tasked.delete(vm.name);
  if (vm.request === null) return;
  const siblings = pool.vmsOfRequest.get(vm.request);
  siblings?.delete(vm.name);
  if (siblings?.size === 0) pool.vmsOfRequest.delete(vm.request);
}
