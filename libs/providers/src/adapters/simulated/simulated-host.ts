import type { ProviderGuest, ProviderHypervisor } from '../../port.js';
import { fingerprint } from './dice.js';

/** A host as configured. Memory in MiB, disk in GiB. What is left out is made up, the same way each time. */
export interface SimulatedHost {
  /** Name of the compute service; native id and hypervisor hostname too unless given. */
  readonly name: string;
  readonly nativeId?: string;
  readonly hypervisorHostname?: string;
  readonly type?: string;
  /** 7002000 for 7.2.0. */
  readonly version?: number;
  readonly hostIp?: string | null;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly localGb: number;
  /** Default: what the guests leave of `localGb`. */
  readonly diskAvailableLeastGb?: number | null;
  readonly cpuInfo?: Readonly<Record<string, unknown>> | null;
  /** Starts disabled, with this reason. */
  readonly disabledReason?: string | null;
  /** False: never sends a heartbeat. Default: true. */
  readonly alive?: boolean;
  /** False: the driver does not tell its uptime. Default: true. */
  readonly tellsUptime?: boolean;
  readonly guests?: readonly ProviderGuest[];
}

const day = 86_400_000;

/** One simulated host and what has happened to it. */
export class RunningHost {
  readonly nativeId: string;
  readonly guests = new Map<string, ProviderGuest>();
  /** By image id: how often it was really fetched. */
  readonly fetches = new Map<string, number>();
  /** When it fell silent; undefined while it is alive; null: it never was. Milliseconds since 1970. */
  silentSince: number | null | undefined;
  private readonly bootedAt: number;

  constructor(
    readonly host: SimulatedHost,
    now: number,
  ) {
    this.nativeId = host.nativeId ?? host.name;
    this.silentSince = host.alive === false ? null : undefined;
    for (const guest of host.guests ?? []) this.guests.set(guest.uuid, guest);
    this.bootedAt = now - day - (fingerprint(this.nativeId) % (90 * day));
  }

  get alive(): boolean {
    return this.silentSince === undefined;
  }

  heartbeatAt(now: number): number | null {
    return this.silentSince === undefined ? now : this.silentSince;
  }

  /** `made`: the machines that the provider itself has made there. */
  facts(made: Iterable<ProviderGuest>): ProviderHypervisor {
    const { host } = this;
    const guests = [...this.guests.values(), ...made];
    return {
      nativeId: this.nativeId,
      hypervisorHostname: host.hypervisorHostname ?? host.name,
      serviceHost: host.name,
      type: host.type ?? 'QEMU',
      version: host.version ?? 7_002_000,
      hostIp: host.hostIp ?? null,
      vcpus: host.vcpus,
      memoryMb: host.memoryMb,
      localGb: host.localGb,
      diskAvailableLeastGb:
        host.diskAvailableLeastGb === undefined
          ? host.localGb - guests.reduce((sum, guest) => sum + guest.diskGb, 0)
          : host.diskAvailableLeastGb,
      cpuInfo: host.cpuInfo === undefined ? cpuOf(host.vcpus) : host.cpuInfo,
      initiallyDisabled: host.disabledReason ?? null,
      guests,
    };
  }

  /** As `uptime` prints it; null where the driver does not tell. */
  uptime(now: number): string | null {
    if (this.host.tellsUptime === false) return null;
    const minutes = Math.floor((now - this.bootedAt) / 60_000);
    const days = Math.floor(minutes / 1440);
    const clock = `${String(Math.floor(minutes / 60) % 24).padStart(2)}:${String(minutes % 60).padStart(2, '0')}`;
    const load = (fingerprint(`${this.nativeId} ${String(minutes)}`) % 300) / 100;
    const time = new Date(now).toISOString().slice(11, 19);
    return ` ${time} up ${days} day${days === 1 ? '' : 's'}, ${clock},  0 users,  load average: ${load.toFixed(2)}, ${(load * 0.9).toFixed(2)}, ${(load * 0.8).toFixed(2)}`;
  }
}

function cpuOf(vcpus: number): Readonly<Record<string, unknown>> {
  const threads = vcpus % 2 === 0 ? 2 : 1;
  return {
    arch: 'x86_64',
    model: 'EPYC',
    vendor: 'AMD',
    features: ['aes', 'avx2', 'sse4.2', 'svm'],
    topology: { cells: 1, sockets: 1, cores: vcpus / threads, threads },
  };
}
