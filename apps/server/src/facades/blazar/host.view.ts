import type { HostFacts } from '#reservations';
import { momentOrNull, momentText } from './wire-time.js';

/** Hosts never change in place, so the JSON of each is made once. */
const texts = new WeakMap<HostFacts, string>();

function hostText(host: HostFacts): string {
  let text = texts.get(host);
  if (text === undefined) {
    text = JSON.stringify(hostView(host));
    texts.set(host, text);
  }
  return text;
}

export function shownHost(host: HostFacts): string {
  return `{"host":${hostText(host)}}`;
}

export function listedHosts(hosts: readonly HostFacts[]): string {
  return `{"hosts":[${hosts.map(hostText).join(',')}]}`;
}

/** Bare, as the documented API has it, and under `host`, as Blazar has it: both at once (contracts/blazar §14). */
export function changedHost(host: HostFacts): string {
  const { host: _capability, ...fields } = hostView(host);
  return `${JSON.stringify(fields).slice(0, -1)},"host":${hostText(host)}}`;
}

/** contracts/blazar §11. */
function columnsOf(host: HostFacts) {
  return {
    id: host.id,
    hypervisor_hostname: host.hypervisorHostname,
    service_name: host.serviceName,
    vcpus: host.vcpus,
    memory_mb: host.memoryMb,
    local_gb: host.localGb,
    cpu_info: host.cpuInfo,
    hypervisor_type: host.hypervisorType,
    hypervisor_version: host.hypervisorVersion,
    status: null,
    availability_zone: host.availabilityZone,
    reservable: host.reservable,
    trust_id: host.trustId,
    created_at: momentText(host.createdAt),
    updated_at: momentOrNull(host.updatedAt),
  };
}

/** Every name in it that is no capability's. */
export const columnNames = {
  id: true,
  hypervisor_hostname: true,
  service_name: true,
  vcpus: true,
  memory_mb: true,
  local_gb: true,
  cpu_info: true,
  hypervisor_type: true,
  hypervisor_version: true,
  status: true,
  availability_zone: true,
  reservable: true,
  trust_id: true,
  created_at: true,
  updated_at: true,
} as const satisfies Record<keyof ReturnType<typeof columnsOf>, true>;

/** Capabilities beside the columns, which they never hide. */
function hostView(host: HostFacts): Readonly<Record<string, unknown>> {
  return Object.fromEntries([
    ...host.capabilities.map(({ key, value }) => [key, value] as const),
    ...Object.entries(columnsOf(host)),
  ]);
}
