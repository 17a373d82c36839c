import { isUuid } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Injectable } from '@nestjs/common';
import { hypervisor, hypervisorStream, serverCount } from '../hypervisor/hypervisor.decider.js';
import { hypervisorRegistry, hypervisorRegistryStream } from '../hypervisor-registry/hypervisor-registry.decider.js';
import type { HypervisorRegistry, ListedHypervisor } from '../hypervisor-registry/hypervisor-registry.state.js';
import { inParallel } from './in-parallel.js';

/** Streams looked at side by side. */
const looksAtOnce = 64;

/** Facts of other streams that a decision needs. */
@Injectable()
export class HypervisorLookups {
  constructor(private readonly executor: CommandExecutor) {}

  registry<T>(look: (registry: Readonly<HypervisorRegistry>) => T): Promise<T> {
    return this.executor.look(hypervisorRegistry, hypervisorRegistryStream, look);
  }

  /** Is there a hypervisor with that service now? */
  isListed(host: string): Promise<boolean> {
    return this.registry((registry) => registry.uuidsByHost.has(host));
  }

  /** Was there ever such a service? What has vanished can still be taken out of its aggregates. */
  wasEverListed(host: string): Promise<boolean> {
    return this.registry((registry) => registry.serviceByHost.has(host));
  }

  /** By host: how many servers run on its hypervisors; 0 for hosts that nobody knows. */
  async servers(hosts: readonly string[]): Promise<Map<string, number>> {
    const counts = new Map<string, number>(hosts.map((host) => [host, 0]));
    const all = await this.registry((registry) =>
      hosts.flatMap((host) => Array.from(registry.uuidsByHost.get(host) ?? [], (uuid) => ({ host, uuid }))),
    );
    await inParallel(all, looksAtOnce, async ({ host, uuid }) => {
      const servers = await this.executor.look(hypervisor, hypervisorStream(uuid), serverCount);
      counts.set(host, (counts.get(host) ?? 0) + servers);
    });
    return counts;
  }

  /** The listed hypervisors of these services, and the services among them that have none now or were never listed. */
  ofHosts(hosts: readonly string[]): Promise<{
    readonly listed: readonly ListedHypervisor[];
    readonly vanished: readonly string[];
    readonly unknown: readonly string[];
  }> {
    return this.registry((registry) => {
      const without = hosts.filter((host) => !registry.uuidsByHost.has(host));
      return {
        listed: [...new Set(hosts)].flatMap((host) =>
          Array.from(registry.uuidsByHost.get(host) ?? []).flatMap((uuid) => registry.byUuid.get(uuid) ?? []),
        ),
        vanished: without.filter((host) => registry.serviceByHost.has(host)),
        unknown: without.filter((host) => !registry.serviceByHost.has(host)),
      };
    });
  }

  /** By uuid or by integer id as text. */
  async find(id: string): Promise<ListedHypervisor | undefined> {
    return this.registry((registry) => {
      const number = /^[1-9]\d{0,14}$/.test(id) ? Number(id) : undefined;
      const uuid = number === undefined ? id : registry.uuidByNumber.get(number);
      const found = uuid !== undefined && isUuid(uuid) ? registry.byUuid.get(uuid) : undefined;
      return found?.listed === true ? found : undefined;
    });
  }

  /** The listed hypervisors of a service, in order of integer id. */
  ofHost(host: string): Promise<readonly ListedHypervisor[]> {
    return this.registry((registry) =>
      Array.from(registry.uuidsByHost.get(host) ?? [], (uuid) => registry.byUuid.get(uuid))
        .filter((found) => found !== undefined)
        .sort((a, b) => a.number - b.number),
    );
  }
}
