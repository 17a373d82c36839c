import type { ConfiguredPool } from './pools.settings.type.js';
import type { ConfiguredFlavor } from './reservations.settings.type.js';
import type { Settings, SimulatedHostSettings } from './settings.type.js';

type HostSize = Pick<SimulatedHostSettings, 'vcpus' | 'memoryMb' | 'localGb'>;

const leasable: HostSize = { vcpus: 64, memoryMb: 262_144, localGb: 2048 };
const large: HostSize = { vcpus: 256, memoryMb: 1_048_576, localGb: 8192 };

function host(
  name: string,
  lastOctet: number,
  size: HostSize,
  more: Partial<SimulatedHostSettings> = {},
): SimulatedHostSettings {
  return { name, hostIp: `10.20.0.${String(lastOctet)}`, ...size, alive: true, guests: [], ...more };
}

function pool(name: string, size: number, aliases: readonly string[]): ConfiguredPool {
  return {
    name,
    size,
    template: `templates/${name}`,
    aliases,
    hosts: ['kvm-1', 'kvm-2'],
    vcpus: 2,
    memoryMb: 4096,
    diskGb: 20,
  };
}

function flavor(id: string, name: string, vcpus: number, ramMb: number, diskGb: number): ConfiguredFlavor {
  return { id, name, vcpus, ramMb, diskGb, ephemeralGb: 0, swapMb: 0, isPublic: true, extraSpecs: [] };
}

type Demo = Pick<
  Settings,
  | 'simulatedHosts'
  | 'images'
  | 'simulatedVms'
  | 'pools'
  | 'domain'
  | 'allowedTags'
  | 'vmLifetimeHours'
  | 'vmLifetimeAuthHours'
  | 'maxLifetimeUpperLimit'
  | 'experimentalFeatures'
  | 'networks'
  | 'flavors'
>;

/**
 * What a first start without a configuration file serves, so that each face answers at once (design §12).
 * The order of the hosts is the order of their ids.
 */
export const demoConfiguration: Demo = {
  simulatedHosts: [
    ...[1, 2, 3, 4, 5, 6].map((n) => host(`compute-${String(n)}`, 10 + n, leasable)),
    host('compute-7', 17, leasable, { disabledReason: 'memory being replaced' }),
    host('compute-8', 18, leasable, { alive: false }),
    host('kvm-1', 31, large),
    host('kvm-2', 32, large),
  ],
  images: [{ id: '7d3f8f3a-0c0e-4d6a-9d4d-3a4a0c5f2b11', name: 'debian-12' }],
  simulatedVms: { cloneSeconds: { min: 0.2, max: 0.6 }, bootSeconds: { min: 1, max: 3 }, failureRate: 0 },
  pools: [pool('debian-12-x86_64', 20, ['debian-12']), pool('rocky-9-x86_64', 10, ['rocky-9', 'rocky-9-64'])],
  domain: 'lab.example.test',
  allowedTags: ['created_by', 'project', 'department', 'user', 'url'],
  vmLifetimeHours: 12,
  vmLifetimeAuthHours: 24,
  maxLifetimeUpperLimit: 200,
  experimentalFeatures: true,
  networks: [
    {
      id: '5a3c7c1e-9d0b-4a54-8f6e-2f7b7d1f0a11',
      name: 'public',
      subnets: [
        {
          id: '8e1d7f0a-64a5-4d7e-9a9b-3c8a1d3f7e02',
          cidr: '203.0.113.0/24',
          gateway: '203.0.113.1',
          pools: [{ start: '203.0.113.10', end: '203.0.113.99' }],
        },
      ],
    },
  ],
  flavors: [
    flavor('1', 'm1.tiny', 1, 512, 1),
    flavor('2', 'm1.small', 1, 2048, 20),
    flavor('3', 'm1.medium', 2, 4096, 40),
  ],
};
