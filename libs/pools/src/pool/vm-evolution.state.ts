import { keepFigures, keepTagFigures } from './day-figures.state.js';
import type { CheckoutFacts, PoolEvent, VmTask } from './pool.events.js';
import type { Pool } from './pool.state.js';
import { enter, forgetVm, isTriedAgain, move, setWaiting, vmIn } from './queues.state.js';
import { discoveredVm, plannedVm, type Vm } from './vm.state.js';

type VmEventType =
  | 'VmRequested'
  | 'VmDiscovered'
  | 'VmCloned'
  | 'VmCloneFailed'
  | 'VmReady'
  | 'VmDelivered'
  | 'VmsHeld'
  | 'HoldConfirmed'
  | 'VmsReturned'
  | 'VmsCheckedOut'
  | 'VmsRetired'
  | 'VmDestroyed'
  | 'VmModified'
  | 'VmTaskRequested'
  | 'VmTaskDone'
  | 'VmTaskFailed';

export type VmEvent = Extract<PoolEvent, { type: VmEventType }>;
type Of<Type extends VmEventType> = Extract<VmEvent, { type: Type }>['data'];

const changes: { readonly [Type in VmEventType]: (pool: Pool, data: Of<Type>) => void } = {
  VmRequested: requested,
  VmDiscovered: (pool, { name, vmId, placement, at }) => {
    add(pool, discoveredVm(name, vmId, placement, at));
  },
  VmCloned: cloned,
  VmCloneFailed: cloneFailed,
  VmReady: ready,
  VmDelivered: delivered,
  VmsHeld: held,
  HoldConfirmed: confirmed,
  VmsReturned: returned,
  VmsCheckedOut: (pool, { vms, checkout, at }) => {
    const taken = vms.map(({ name }) => vmIn(pool, name));
    checkedOut(pool, taken, checkout, at);
  },
  VmsRetired: retired,
  VmDestroyed: (pool, { record }) => {
    forgetVm(pool, vmIn(pool, record.name));
  },
  VmModified: modified,
  VmTaskRequested: taskRequested,
  VmTaskDone: taskDone,
  VmTaskFailed: (pool, { name, task }) => {
    taskEnded(pool, vmIn(pool, name), task);
  },
};

export function isVmEvent(event: PoolEvent): event is VmEvent {
  return Object.hasOwn(changes, event.type);
}

export function changeVm(pool: Pool, { type, data }: VmEvent): void {
  (changes[type] as (pool: Pool, data: VmEvent['data']) => void)(pool, data);
}

function requested(pool: Pool, { vm, request, waiting, timeoutAt, at }: Of<'VmRequested'>): void {
  add(pool, plannedVm(vm, request, at, timeoutAt));
  if (request === null) return;
  setWaiting(pool, request, waiting);
  const siblings = pool.vmsOfRequest.get(request);
  if (siblings === undefined) pool.vmsOfRequest.set(request, new Set([vm.name]));
  else siblings.add(vm.name);
}

function add(pool: Pool, vm: Vm): void {
  pool.vms.set(vm.name, vm);
  enter(pool, vm);
}

function cloned(pool: Pool, { name, seconds, ip, figures, at }: Of<'VmCloned'>): void {
  const vm = vmIn(pool, name);
  vm.clonedAt = at;
  vm.cloneSeconds = seconds;
  vm.ip = ip;
  keepFigures(pool.days, 'clones', figures);
}

/** The machine itself goes by the VmsRetired behind it. */
function cloneFailed(pool: Pool, { request, failures, waiting }: Of<'VmCloneFailed'>): void {
  if (request === null) return;
  const open = pool.requests.get(request);
  if (open !== undefined) open.failures = failures;
  setWaiting(pool, request, waiting);
}

function ready(pool: Pool, { name, staleAt, figures, at }: Of<'VmReady'>): void {
  const vm = vmIn(pool, name);
  pool.lastPlace += 1;
  vm.place = pool.lastPlace;
  vm.readyAt = at;
  vm.staleAt = staleAt;
  move(pool, [vm], 'ready');
  keepFigures(pool.days, 'boots', figures);
}

function delivered(pool: Pool, { name, request, checkout, figures, at }: Of<'VmDelivered'>): void {
  const vm = vmIn(pool, name);
  vm.readyAt = at;
  checkedOut(pool, [vm], checkout, at);
  keepFigures(pool.days, 'boots', figures);
  const part = pool.requests.get(request)?.parts.find((each) => each.checkout.requestedAs === checkout.requestedAs);
  if (part !== undefined) part.delivered += 1;
}

function checkedOut(pool: Pool, vms: readonly Vm[], checkout: CheckoutFacts, at: number): void {
  const facts = { ...checkout, at };
  for (const vm of vms) {
    vm.checkout = facts;
    vm.lifetime = checkout.lifetime ?? vm.lifetime;
  }
  move(pool, vms, 'running');
}

function held(pool: Pool, { attempt, decidedBy, vms, deadline }: Of<'VmsHeld'>): void {
  const taken = vms.map((name) => vmIn(pool, name));
  move(pool, taken, 'held');
  for (const vm of taken) vm.attempt = attempt;
  pool.holds.set(attempt, { attempt, decidedBy, deadline, vms });
}

function confirmed(pool: Pool, { attempt, checkout, at }: Of<'HoldConfirmed'>): void {
  const vms = pool.holds.get(attempt)?.vms ?? [];
  checkedOut(
    pool,
    vms.map((name) => vmIn(pool, name)),
    checkout,
    at,
  );
  pool.holds.delete(attempt);
  pool.decidedAttempts.note(attempt, 'confirmed', at);
}

function returned(pool: Pool, { attempt, vms, at }: Of<'VmsReturned'>): void {
  move(
    pool,
    vms.map((name) => vmIn(pool, name)),
    'ready',
  );
  pool.holds.delete(attempt);
  pool.decidedAttempts.note(attempt, 'released', at);
}

function retired(pool: Pool, { vms: names, reason, at }: Of<'VmsRetired'>): void {
  const vms = names.map((name) => vmIn(pool, name));
  for (const vm of vms) {
    if (vm.request !== null && isTriedAgain(pool, vm, reason)) setWaiting(pool, vm.request, pool.waiting + 1);
    vm.retiredAt = at;
    vm.retirement = reason;
  }
  move(pool, vms, 'completed');
}

function modified(pool: Pool, { name, lifetime, tags, figures }: Of<'VmModified'>): void {
  keepTagFigures(pool.days, name, tags, figures);
  // Of a destroyed machine nothing else is kept here.
  const vm = pool.vms.get(name);
  if (vm === undefined) return;
  vm.lifetime = lifetime ?? vm.lifetime;
  vm.tags = { ...vm.tags, ...tags };
}

function taskRequested(pool: Pool, { name, task }: Of<'VmTaskRequested'>): void {
  const vm = vmIn(pool, name);
  vm.tasks = [...vm.tasks, task];
  pool.tasked.add(name);
}

function taskDone(pool: Pool, { name, task, at }: Of<'VmTaskDone'>): void {
  const vm = vmIn(pool, name);
  taskEnded(pool, vm, task);
  if (task.kind === 'disk') vm.disks = [...vm.disks, task.gb];
  if (task.kind === 'snapshot') vm.snapshots = [...vm.snapshots, { id: task.snapshotId, takenAt: at }];
}

function taskEnded(pool: Pool, vm: Vm, { id }: VmTask): void {
  vm.tasks = vm.tasks.filter((task) => task.id !== id);
  if (vm.tasks.length === 0) pool.tasked.delete(vm.name);
}
