import type { ProviderGuest, VmCondition, VmSpec } from '../../port.js';
import { fingerprint } from './dice.js';

/** A VM as it is kept, also in the state file: plain data. Times are milliseconds since 1970. */
export interface SimulatedVm {
  readonly vmId: string;
  readonly name: string;
  readonly pool: string;
  readonly hypervisor: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
  /** From then on it is there. */
  clonedAt: number;
  /** When it was last told to boot, and how long that takes. */
  bootsAt: number;
  readonly bootMs: number;
  power: 'on' | 'off';
  /** False: it does not answer, though it has booted. */
  answers: boolean;
  /** What it says it is called. */
  hostName: string;
  readonly snapshots: string[];
  /** GiB. */
  readonly disks: number[];
  /** Snapshots that it was reverted to, the latest last. */
  readonly reverts: string[];
  /** Requests that have had their effect on it, the latest last. */
  readonly requests: string[];
}

export type VmTraits = Pick<VmSpec, 'vmId' | 'name' | 'pool' | 'hypervisor' | 'vcpus' | 'memoryMb' | 'diskGb'>;

export function clonedVm(traits: VmTraits, clonedAt: number, bootMs: number): SimulatedVm {
  const { vmId, name, pool, hypervisor, vcpus, memoryMb, diskGb } = traits;
  return {
    ...{ vmId, name, pool, hypervisor, vcpus, memoryMb, diskGb, clonedAt, bootsAt: clonedAt, bootMs },
    ...{ power: 'on', answers: true, hostName: name, snapshots: [], disks: [], reverts: [], requests: [] },
  };
}

/** 10.x.y.z, by its name. */
export function ipOf(name: string): string {
  const hash = fingerprint(name);
  return `10.${hash >>> 24}.${(hash >>> 16) & 255}.${1 + ((hash & 0xffff) % 254)}`;
}

export function conditionOf(vm: SimulatedVm, now: number): VmCondition {
  const booted = vm.power === 'on' && now >= vm.bootsAt + vm.bootMs;
  return {
    vmId: vm.vmId,
    name: vm.name,
    pool: vm.pool,
    hypervisor: vm.hypervisor,
    power: vm.power,
    reachable: booted && vm.answers,
    hostName: booted ? vm.hostName : null,
    ip: vm.power === 'on' ? ipOf(vm.name) : null,
  };
}

/** Disks that were added are not the host's own. */
export function guestOf(vm: SimulatedVm): ProviderGuest {
  return { uuid: vm.vmId, name: vm.name, vcpus: vm.vcpus, memoryMb: vm.memoryMb, diskGb: vm.diskGb };
}
