import { accept, refuse, type Refused } from '#kernel';
import { tagFigures } from './day-figures.state.js';
import type { Decided, Of } from './decided.policy.js';
import type { PoolRefusal } from './pool.commands.js';
import type { RetirementReason } from './pool.events.js';
import { dueAt, endOfLifetime, vmById, type Pool } from './pool.state.js';
import { retire } from './retirement.policy.js';
import { mayChange, mayChangeRecord, mayReturn } from './touch.policy.js';
import type { Vm, VmQueue } from './vm.state.js';

export function returnVm({ name, toucher, rules, at }: Of<'return-vm'>, state: Readonly<Pool>): Decided {
  const vm = state.vms.get(name);
  if (vm === undefined) return refuse('vm-unknown', { name });
  if (vm.queue === 'held') return heldNow(state, vm);
  const refusal = mayReturn(vm, toucher, rules);
  if (refusal !== null) return refuse(refusal, { name });
  if (vm.queue !== 'running') return refuse('vm-not-running', { name, state: vm.queue });
  return accept(...retire(state, at, { reason: 'returned', vms: [vm], actorUserId: toucher?.userId ?? null }));
}

/** The attempt is decided first, then it is asked again (C12). */
function heldNow(pool: Readonly<Pool>, { name, attempt }: Readonly<Vm>): Refused<PoolRefusal> {
  const hold = attempt === null ? undefined : pool.holds.get(attempt);
  return refuse('vm-held', { name, attempt, decidedBy: hold?.decidedBy });
}

export function modifyVm(command: Of<'modify-vm'>, state: Readonly<Pool>): Decided {
  const { name, kept, lifetime, tags, toucher, rules, day, at } = command;
  const vm = state.vms.get(name);
  if (vm === undefined && !kept) return refuse('vm-unknown', { name });
  if (vm?.queue === 'held') return heldNow(state, vm);
  const refusal = vm === undefined ? mayChangeRecord(toucher, rules) : mayChange(vm, toucher, rules);
  if (refusal !== null) return refuse(refusal, { name });
  const set = Object.entries(tags);
  const figures = tagFigures(state.days, day, name, set);
  const changed =
    figures.length > 0 ||
    (lifetime !== undefined && lifetime !== vm?.lifetime) ||
    (vm !== undefined && set.some(([key, value]) => !Object.hasOwn(vm.tags, key) || vm.tags[key] !== value));
  if (!changed) return accept();
  const expiresAt =
    vm?.queue === 'running' && vm.checkout !== null
      ? endOfLifetime(state, vm.checkout.at, lifetime ?? vm.lifetime)
      : null;
  const hours = lifetime === undefined ? {} : { lifetime };
  return accept({ type: 'VmModified', data: { pool: state.name, name, ...hours, tags, figures, expiresAt, at } });
}

export function requestTask({ name, task, toucher, rules, at }: Of<'request-task'>, state: Readonly<Pool>): Decided {
  const vm = state.vms.get(name);
  if (vm === undefined) return refuse('vm-unknown', { name });
  if (vm.queue === 'held') return heldNow(state, vm);
  const refusal = mayChange(vm, toucher, rules);
  if (refusal !== null) return refuse(refusal, { name });
  if (task.kind === 'revert' && !vm.snapshots.some(({ id }) => id === task.snapshotId)) {
    return refuse('snapshot-unknown', { name, snapshotId: task.snapshotId });
  }
  const waits = vm.tasks.some(
    (other) => other.id === task.id || (other.kind === 'disk' && task.kind === 'disk' && other.gb === task.gb),
  );
  return waits ? accept() : accept({ type: 'VmTaskRequested', data: { pool: state.name, name, task, at } });
}

export function noteTask({ name, vmId, taskId, failure, at }: Of<'note-task'>, state: Readonly<Pool>): Decided {
  const task = vmById(state, name, vmId)?.tasks.find(({ id }) => id === taskId);
  if (task === undefined) return accept();
  const data = { pool: state.name, name, task, at };
  return failure === null
    ? accept({ type: 'VmTaskDone', data })
    : accept({ type: 'VmTaskFailed', data: { ...data, message: failure } });
}

const endOf: Readonly<Partial<Record<VmQueue, RetirementReason>>> = {
  pending: 'timeout',
  ready: 'ready-ttl',
  running: 'lifetime',
};

export function expire({ name, vmId, at }: Of<'expire'>, state: Readonly<Pool>): Decided {
  const vm = vmById(state, name, vmId);
  if (vm === undefined) return accept();
  const due = dueAt(state, vm);
  const reason = endOf[vm.queue];
  if (due === null || due > at || reason === undefined) return accept();
  return accept(...retire(state, at, { reason, vms: [vm] }));
}

export function retireVms({ vms, reason, at }: Of<'retire-vms'>, state: Readonly<Pool>): Decided {
  const going = new Set<Readonly<Vm>>();
  for (const { name, vmId } of vms) {
    const vm = vmById(state, name, vmId);
    if (vm === undefined || vm.queue === 'held' || vm.queue === 'completed') continue;
    if (vm.queue !== 'running' || reason === 'vanished') going.add(vm);
  }
  return accept(...retire(state, at, { reason, vms: [...going] }));
}
