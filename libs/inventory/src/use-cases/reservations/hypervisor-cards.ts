import { CommandExecutor } from '#runtime';
import { Injectable } from '@nestjs/common';
import type { HypervisorCard } from '../../contracts.js';
import { hostAggregates, hostAggregatesStream } from '../../host-aggregates/host-aggregates.decider.js';
import { zoneOfHost } from '../../host-aggregates/host-aggregates.state.js';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';
import type { HypervisorState } from '../../hypervisor/hypervisor.state.js';
import type { ListedHypervisor } from '../../hypervisor-registry/hypervisor-registry.state.js';

/** Hypervisors as enrolment sees them. */
@Injectable()
export class HypervisorCards {
  constructor(private readonly executor: CommandExecutor) {}

  /** Undefined: listed, and not registered yet. */
  async card({ uuid, serviceHost }: ListedHypervisor): Promise<HypervisorCard | undefined> {
    const zone = await this.zone(serviceHost);
    return this.executor.look(hypervisor, hypervisorStream(uuid), (state) => cardOf(state, zone));
  }

  zone(host: string): Promise<string | null> {
    return this.executor.look(hostAggregates, hostAggregatesStream, (state) => zoneOfHost(state, host));
  }
}

/** Copied from the state. */
export function cardOf(state: Readonly<HypervisorState>, availabilityZone: string | null): HypervisorCard | undefined {
  if (state === undefined) return undefined;
  const { uuid, number, provider, nativeId, hypervisorHostname, service, resources } = state;
  const { enabled, forcedDown, alive, vanished, partition, takenBy } = state;
  return {
    uuid,
    number,
    provider,
    nativeId,
    hypervisorHostname,
    serviceHost: service.host,
    resources: structuredClone(resources),
    availabilityZone,
    enabled,
    forcedDown,
    alive,
    vanished,
    servers: [...state.guests.keys()],
    use: { partition, takenBy: takenBy && { ...takenBy } },
  };
}
