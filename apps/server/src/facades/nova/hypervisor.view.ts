import type { GuestFields, HypervisorDocument, HypervisorSums } from '#projections/hypervisors/hypervisors.query';
import { since } from './microversions.js';

/** How servers show on a row: not at all, only where there are some, or always (contracts/nova §7). */
export type ServersForm = 'none' | 'where-some' | 'always';

export function serversForm(withServers: boolean, minor: number): ServersForm {
  if (!withServers) return 'none';
  return minor >= since.emptyServers ? 'always' : 'where-some';
}

/** Members beside those of the list: by version (contracts/nova §6). */
type DetailForm = 'list' | 'cpu-text' | 'cpu-object' | 'uuids' | 'without-capacity';

function detailForm(minor: number): DetailForm {
  if (minor >= since.uptimeInHypervisor) return 'without-capacity';
  if (minor >= since.hypervisorUuids) return 'uuids';
  return minor >= since.cpuInfoObject ? 'cpu-object' : 'cpu-text';
}

export function hypervisorId(hypervisor: HypervisorDocument, minor: number): number | string {
  return minor >= since.hypervisorUuids ? hypervisor._id : hypervisor.number;
}

export function isUp(hypervisor: HypervisorDocument): boolean {
  return hypervisor.alive && !hypervisor.forcedDown;
}

function brief(hypervisor: HypervisorDocument, id: number | string): object {
  return {
    id,
    hypervisor_hostname: hypervisor.hypervisorHostname,
    state: isUp(hypervisor) ? 'up' : 'down',
    status: hypervisor.enabled ? 'enabled' : 'disabled',
  };
}

function detail(hypervisor: HypervisorDocument, form: DetailForm, id: number | string): object {
  const { service, type, version, hostIp } = hypervisor;
  const hasUuids = form === 'uuids' || form === 'without-capacity';
  return {
    ...brief(hypervisor, id),
    hypervisor_type: type,
    hypervisor_version: version,
    host_ip: hostIp,
    service: {
      id: hasUuids ? service.uuid : service.number,
      host: service.host,
      disabled_reason: hypervisor.disabledReason,
    },
    ...(form === 'without-capacity' ? {} : capacity(hypervisor, form === 'cpu-text')),
  };
}

function capacity(hypervisor: HypervisorDocument, cpuAsText: boolean): object {
  const { cpuInfo } = hypervisor;
  return {
    vcpus: hypervisor.vcpus,
    memory_mb: hypervisor.memoryMb,
    local_gb: hypervisor.localGb,
    vcpus_used: hypervisor.vcpusUsed,
    memory_mb_used: hypervisor.memoryMbUsed,
    local_gb_used: hypervisor.localGbUsed,
    free_ram_mb: hypervisor.memoryMb - hypervisor.memoryMbUsed,
    free_disk_gb: hypervisor.localGb - hypervisor.localGbUsed,
    // Tasks in flight (builds, migrations): there are none here.
    current_workload: 0,
    running_vms: hypervisor.guests.length + hypervisor.placed.guests,
    disk_available_least: hypervisor.diskAvailableLeastGb,
    cpu_info: cpuAsText ? (cpuInfo === null ? '' : JSON.stringify(cpuInfo)) : (cpuInfo ?? {}),
  };
}

type Texts = WeakMap<HypervisorDocument, string>;

/** Documents never change in place, so a row's JSON, without its last brace, is made once for each form. */
const texts: Readonly<Record<DetailForm | 'list-uuids', Texts>> = {
  list: new WeakMap(),
  'list-uuids': new WeakMap(),
  'cpu-text': new WeakMap(),
  'cpu-object': new WeakMap(),
  uuids: new WeakMap(),
  'without-capacity': new WeakMap(),
};

function openRow(hypervisor: HypervisorDocument, isDetailed: boolean, minor: number): string {
  const form = isDetailed ? detailForm(minor) : 'list';
  const cache = texts[form === 'list' && minor >= since.hypervisorUuids ? 'list-uuids' : form];
  let text = cache.get(hypervisor);
  if (text === undefined) {
    const id = hypervisorId(hypervisor, minor);
    text = JSON.stringify(form === 'list' ? brief(hypervisor, id) : detail(hypervisor, form, id)).slice(0, -1);
    cache.set(hypervisor, text);
  }
  return text;
}

function serversPart(guests: readonly GuestFields[], form: ServersForm): string {
  if (form === 'none' || (form === 'where-some' && guests.length === 0)) return '';
  return `,"servers":${JSON.stringify(guests.map(({ name, uuid }) => ({ name, uuid })))}`;
}

export interface RowForm {
  readonly minor: number;
  readonly isDetailed: boolean;
  readonly servers: ServersForm;
  /** From 2.88 on, where rows are detailed. */
  readonly uptimes: ReadonlyMap<string, string | null> | undefined;
  /** By uuid; undefined where servers are not shown. */
  readonly guests: ReadonlyMap<string, readonly GuestFields[]> | undefined;
}

function hypervisorRow(hypervisor: HypervisorDocument, form: RowForm): string {
  const uptime =
    form.uptimes === undefined ? '' : `,"uptime":${JSON.stringify(form.uptimes.get(hypervisor._id) ?? null)}`;
  return `${openRow(hypervisor, form.isDetailed, form.minor)}${uptime}${serversPart(form.guests?.get(hypervisor._id) ?? [], form.servers)}}`;
}

export function shownHypervisor(hypervisor: HypervisorDocument, form: RowForm): string {
  return `{"hypervisor":${hypervisorRow(hypervisor, form)}}`;
}

export function hypervisorPage(rows: readonly HypervisorDocument[], form: RowForm, next: string | undefined): string {
  const links = next === undefined ? '' : `,"hypervisors_links":[${JSON.stringify({ rel: 'next', href: next })}]`;
  return `{"hypervisors":[${rows.map((row) => hypervisorRow(row, form)).join(',')}]${links}}`;
}

export function hypervisorUptime(hypervisor: HypervisorDocument, minor: number, uptime: string): string {
  return JSON.stringify({ hypervisor: { ...brief(hypervisor, hypervisorId(hypervisor, minor)), uptime } });
}

export function hypervisorStatistics(sums: HypervisorSums): string {
  return JSON.stringify({
    hypervisor_statistics: {
      count: sums.count,
      vcpus: sums.vcpus,
      memory_mb: sums.memoryMb,
      local_gb: sums.localGb,
      vcpus_used: sums.vcpusUsed,
      memory_mb_used: sums.memoryMbUsed,
      local_gb_used: sums.localGbUsed,
      free_ram_mb: sums.freeRamMb,
      free_disk_gb: sums.freeDiskGb,
      current_workload: sums.currentWorkload,
      running_vms: sums.runningVms,
      disk_available_least: sums.diskAvailableLeastGb,
    },
  });
}
