import { accept, refuse } from '#kernel';
import { figuresWith, hundredths } from './day-figures.state.js';
import { ownEnds, poolUnknown, type Decided, type Of } from './decided.policy.js';
import { misfit } from './fitting.policy.js';
import type { PoolEvent, RetirementReason } from './pool.events.js';
import {
  endOfLifetime,
  originOf,
  sizeOf,
  surplusOf,
  vmById,
  wantedForStock,
  type Pool,
  type PoolState,
} from './pool.state.js';
import { retire, vmsNamed } from './retirement.policy.js';
import { discoveredVm, plannedVm, recordOf, type Vm } from './vm.state.js';

export function requestVm({ vm, request, at }: Of<'request-vm'>, state: Readonly<PoolState>): Decided {
  if (state?.configured !== true) return poolUnknown(state);
  const { name: pool, settings, rules } = state;
  if (vmById(state, vm.name, vm.vmId) !== undefined) return accept();
  const wanted = request === null ? wantedForStock(state) : (state.requests.get(request)?.waiting ?? 0);
  const timeoutAt = at + (settings.timeoutMinutes ?? rules.timeoutMinutes) * 60_000;
  const fits = misfit(plannedVm(vm, request, at, timeoutAt), originOf(state)) === null;
  if (wanted <= 0 || !fits || state.vms.has(vm.name)) return refuse('vm-not-wanted', { pool });
  const waiting = state.waiting - (request === null ? 0 : 1);
  return accept({ type: 'VmRequested', data: { pool, vm, request, waiting, timeoutAt, at } });
}

export function noteCloned({ name, vmId, seconds, ip, day, at }: Of<'note-cloned'>, state: Readonly<Pool>): Decided {
  const vm = vmById(state, name, vmId);
  if (vm?.queue !== 'pending' || vm.clonedAt !== null) return accept();
  const duration = hundredths(seconds);
  const figures = figuresWith(state.days, 'clones', day, duration);
  return accept({ type: 'VmCloned', data: { pool: state.name, name, seconds: duration / 100, ip, figures, at } });
}

export function noteCloneFailed(
  { name, vmId, message, permanent, at }: Of<'note-clone-failed'>,
  state: Readonly<Pool>,
): Decided {
  const vm = vmById(state, name, vmId);
  if (vm?.queue !== 'pending') return accept();
  const { request } = vm;
  const open = request === null ? undefined : state.requests.get(request);
  const failures = open === undefined ? 0 : open.failures + 1;
  const triedAgain = open !== undefined && !permanent && failures <= state.rules.maxVmRetries;
  const waiting = state.waiting + (triedAgain ? 1 : 0);
  return accept<PoolEvent>(
    {
      type: 'VmCloneFailed',
      data: { pool: state.name, name, message, permanent, request, failures, waiting, at },
    },
    ...retire(state, at, { reason: 'clone-failed', vms: [vm] }),
  );
}

export function offer({ name, vmId, day, at }: Of<'offer'>, state: Readonly<Pool>): Decided {
  const vm = vmById(state, name, vmId);
  if (vm?.queue !== 'pending') return accept();
  const unwanted = unwantedNow(state, vm);
  if (unwanted !== null) return accept(...retire(state, at, { reason: unwanted, vms: [vm] }));
  const duration = hundredths((at - vm.requestedAt) / 1000);
  const figures = figuresWith(state.days, 'boots', day, duration);
  const boot = { pool: state.name, name, seconds: duration / 100, figures, at };
  const { request } = vm;
  if (request === null) {
    const minutes = state.settings.readyTtlMinutes ?? state.rules.readyTtlMinutes;
    const staleAt = minutes > 0 ? at + minutes * 60_000 : null;
    return accept({ type: 'VmReady', data: { ...boot, staleAt } });
  }
  const checkout = openPart(state, request)?.checkout;
  if (checkout === undefined) return accept();
  const expiresAt = endOfLifetime(state, at, checkout.lifetime);
  return accept<PoolEvent>(
    { type: 'VmDelivered', data: { ...boot, request, checkout, expiresAt } },
    ...ownEnds(state, [vm], checkout, at),
  );
}

function openPart(pool: Readonly<Pool>, request: string) {
  return pool.requests.get(request)?.parts.find(({ count, delivered }) => delivered < count);
}

/** Why a machine that has booted is not needed; null: it is. */
function unwantedNow(pool: Readonly<Pool>, { request }: Readonly<Vm>): RetirementReason | null {
  if (!pool.configured) return 'unconfigured';
  if (request === null) return pool.ready.length < sizeOf(pool) ? null : 'excess';
  if (openPart(pool, request) !== undefined) return null;
  const end = pool.endedRequests.get(request);
  return end === undefined || end === 'settled' ? 'excess' : end;
}

export function shed({ at }: Of<'shed'>, state: Readonly<Pool>): Decided {
  const surplus = surplusOf(state);
  if (surplus === 0) return accept();
  const pending = vmsNamed(state, state.pending).filter(({ request }) => request === null);
  const vms = [...vmsNamed(state, state.ready.newest(surplus)), ...pending];
  return accept(...retire(state, at, { reason: 'excess', vms }));
}

export function noteDestroyed({ name, vmId, at }: Of<'note-destroyed'>, state: Readonly<Pool>): Decided {
  const vm = vmById(state, name, vmId);
  if (vm?.queue !== 'completed') return accept();
  const forgetAt = at + state.rules.dataTtlHours * 3_600_000;
  return accept({
    type: 'VmDestroyed',
    data: { pool: state.name, record: recordOf(vm, state.name), forgetAt, at },
  });
}

/** One whose name another machine has here is found again when that one is gone. */
export function discoverVm({ name, vmId, placement, at }: Of<'discover-vm'>, state: Readonly<Pool>): Decided {
  if (state.vms.has(name)) return accept();
  return accept<PoolEvent>(
    { type: 'VmDiscovered', data: { pool: state.name, name, vmId, placement, at } },
    ...retire(state, at, { reason: 'discovered', vms: [discoveredVm(name, vmId, placement, at)] }),
  );
}
