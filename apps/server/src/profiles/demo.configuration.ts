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

/**
 * What a first start without a configuration file serves, so that each face answers at once (design §12).
 * The order of the hosts is the order of their ids.
 */
export const demoConfiguration: Pick<Settings, 'simulatedHosts' | 'images'> = {
  simulatedHosts: [
    ...[1, 2, 3, 4, 5, 6].map((n) => host(`compute-${String(n)}`, 10 + n, leasable)),
    host('compute-7', 17, leasable, { disabledReason: 'memory being replaced' }),
    host('compute-8', 18, leasable, { alive: false }),
    host('kvm-1', 31, large),
    host('kvm-2', 32, large),
  ],
  images: [{ id: '7d3f8f3a-0c0e-4d6a-9d4d-3a4a0c5f2b11', name: 'debian-12' }],
};
