/** 100 hosts for leases. */
export const hosts: readonly string[] = Array.from({ length: 100 }, (_, n) => `node-${String(n).padStart(3, '0')}`);

/** The configuration file of that lab; half of the hosts have a calendar of their own when there are two. */
export function configuration(partitions: 1 | 2): string {
  const lines = hosts.map((name) => `  - { name: ${name}, vcpus: 16, memoryMb: 65536, localGb: 500 }`);
  return `simulatedHosts:
${lines.join('\n')}
leaseHoldSeconds: 3
minutesBeforeEndLease: 1
${partitions === 1 ? '' : "calendarPartitions:\n  - { name: low, hosts: ['node-00*', 'node-01*', 'node-02*', 'node-03*', 'node-04*'] }\n"}`;
}
