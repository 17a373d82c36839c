import type { Capability } from '../../host-calendar/host-calendar.events.js';

/** What a host has of its own accord (contracts/blazar §6, §11). */
const columns: ReadonlySet<string> = new Set([
  ...['id', 'name', 'vcpus', 'cpu_info', 'hypervisor_type', 'hypervisor_version', 'hypervisor_hostname'],
  ...['service_name', 'memory_mb', 'local_gb', 'status', 'availability_zone', 'trust_id', 'reservable'],
  ...['created_at', 'updated_at'],
]);

export const longestCapabilityKey = 64;

/** What is sent with an enrolment besides: columns are the hypervisor's, whatever was sent for them. */
export function extraCapabilities(sent: readonly Capability[]): readonly Capability[] {
  return sent.filter(({ key }) => !columns.has(key));
}

/** Names of columns, which a change of capabilities must not hide. */
export function columnsAmong(sent: readonly Capability[]): readonly string[] {
  return sent.map(({ key }) => key).filter((key) => columns.has(key));
}

/** Characters, not UTF-16 units. */
export function tooLongKey(sent: readonly Capability[]): string | undefined {
  return sent.map(({ key }) => key).find((key) => Array.from(key).length > longestCapabilityKey);
}
