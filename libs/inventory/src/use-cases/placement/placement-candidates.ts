import { refuse, type Refused } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Injectable } from '@nestjs/common';
import type { InventoryRefusal, PlaceGuest } from '../../contracts.js';
import { hostAggregates, hostAggregatesStream } from '../../host-aggregates/host-aggregates.decider.js';
import type { ListedHypervisor } from '../../hypervisor-registry/hypervisor-registry.state.js';
import { HypervisorLookups } from '../hypervisor-lookups.js';

export interface Candidates {
  readonly kind: 'found';
  readonly hypervisors: readonly ListedHypervisor[];
  /** Hosts that had hypervisors once. */
  readonly vanished: readonly string[];
}

/** From what a placement names, hosts or an aggregate, to the hypervisors that are there now. */
@Injectable()
export class PlacementCandidates {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly lookups: HypervisorLookups,
  ) {}

  async find({ candidates, provider }: PlaceGuest): Promise<Candidates | Refused<InventoryRefusal>> {
    if ('hosts' in candidates) return this.ofHosts(candidates.hosts, provider);
    const hosts = await this.hostsOf(candidates.aggregate);
    return hosts === undefined
      ? refuse('aggregate-unknown', { id: candidates.aggregate })
      : this.ofHosts(hosts, provider);
  }

  private async ofHosts(
    hosts: readonly string[],
    provider: string | null,
  ): Promise<Candidates | Refused<InventoryRefusal>> {
    const { listed, vanished, unknown } = await this.lookups.ofHosts(hosts);
    const [stranger] = unknown;
    if (stranger !== undefined && listed.length + vanished.length === 0)
      return refuse('host-unknown', { host: stranger });
    const hypervisors = provider === null ? listed : listed.filter((one) => one.provider === provider);
    return { kind: 'found', hypervisors, vanished };
  }

  private hostsOf(aggregate: string): Promise<readonly string[] | undefined> {
    return this.executor.look(hostAggregates, hostAggregatesStream, ({ idByName, byId }) => {
      const id = idByName.get(aggregate);
      const found = id === undefined ? undefined : byId.get(id);
      return found && [...found.hosts];
    });
  }
}
