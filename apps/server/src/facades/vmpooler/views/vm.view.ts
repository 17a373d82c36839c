import type { VmDocument, VmRecordDocument } from '#projections/vms/vms.query';
import { fields, float, type Field } from '../json-text.js';
import type { VmpoolerVersion } from '../routing/mounts.js';
import type { RubyTimes } from '../ruby-time.js';
import { fullName } from './checkout.view.js';

export interface VmViewFacts {
  readonly now: number;
  /** Hours, of machines without a lifetime of their own; 0: for ever. */
  readonly vmLifetimeHours: number;
  /** Of machines without one of their own. */
  readonly domain: string | null;
  readonly times: RubyTimes;
}

type Vm = VmDocument | VmRecordDocument;

const hour = 3_600_000;

/** `GET /vm/<host>`, keys in the contract's order (contracts/vmpooler §6.2). */
export function vmView(vm: Vm, version: VmpoolerVersion, facts: VmViewFacts): readonly Field[] {
  const lifetime = vm.lifetime ?? facts.vmLifetimeHours;
  const record: readonly Field[] = [
    ['template', vm.pool],
    ['lifetime', lifetime],
    ...useOf(vm, lifetime, facts),
    ['state', stateOf(vm)],
    ...(vm.tags.length === 0 ? [] : [['tags', fields(vm.tags)] as const]),
    ...(vm.snapshots.length === 0 ? [] : [['snapshots', vm.snapshots.map(({ id }) => id)] as const]),
    ...(vm.disks.length === 0 ? [] : [['disk', vm.disks.map(diskText)] as const]),
    ['ip', vm.ip ?? ''],
    ...nameOf(vm, version, facts.domain),
    ['host', vm.placement.serviceHost],
  ];
  return [
    ['ok', true],
    [vm._id, fields(record)],
  ];
}

export function diskText(gb: number): string {
  return `+${String(gb)}gb`;
}

function stateOf(vm: Vm): string {
  if (vm.queue === 'destroyed') return 'destroyed';
  if (vm.checkout !== null) return 'running';
  return vm.readyAt === null ? 'pending' : 'ready';
}

/** How long it has been used and for how long it may be; a machine that may stay for ever has no end. */
function useOf(vm: Vm, lifetime: number, { now, times }: VmViewFacts): readonly Field[] {
  if (vm.checkout === null) return [];
  const start = vm.checkout.at;
  if (vm.queue === 'destroyed') return [['running', float((vm.destroyedAt - start) / hour, 2)]];
  const end = start + lifetime * hour;
  const running: Field = ['running', float((now - start) / hour, 2)];
  if (lifetime === 0) return [running, ['start_time', times.rfc3339(start)]];
  return [
    running,
    ['remaining', float((end - now) / hour, 2)],
    ['start_time', times.rfc3339(start)],
    ['end_time', times.rfc3339(end)],
  ];
}

function nameOf(vm: Vm, version: VmpoolerVersion, configured: string | null): readonly Field[] {
  const domain = vm.domain ?? configured;
  if (domain === null) return [];
  return version === 1 ? [['domain', domain]] : [['fqdn', fullName({ name: vm._id, domain })]];
}
