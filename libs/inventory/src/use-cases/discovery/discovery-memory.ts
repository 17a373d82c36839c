import { CommandExecutor } from '#runtime';
import { Injectable } from '@nestjs/common';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';
import type { HypervisorState } from '../../hypervisor/hypervisor.state.js';
import type { ListedHypervisor } from '../../hypervisor-registry/hypervisor-registry.state.js';
import { HypervisorLookups } from '../hypervisor-lookups.js';
import { inParallel } from '../in-parallel.js';
import { KnownHypervisors, type KnownHypervisor } from './known-hypervisors.js';

const looksAtOnce = 256;

/** What discovery needs to know of a hypervisor's stream. */
export function summaryOf(
  state: Readonly<HypervisorState>,
): Pick<KnownHypervisor, 'registered' | 'alive' | 'vanished' | 'guests'> {
  if (state === undefined) return { registered: false, alive: false, vanished: false, guests: new Set() };
  const guests = new Set<string>();
  for (const { uuid, owner } of state.guests.values()) if (owner === null) guests.add(uuid);
  return { registered: true, alive: state.alive, vanished: state.vanished, guests };
}

/** Fills the memory from the log: at the first listing, and now and then, since other processes write too. */
@Injectable()
export class DiscoveryMemory {
  readonly known = new KnownHypervisors();

  constructor(
    private readonly executor: CommandExecutor,
    private readonly lookups: HypervisorLookups,
  ) {}

  async refresh(provider: string): Promise<void> {
    const all = await this.lookups.registry((registry) =>
      [...registry.byUuid.values()].filter((hypervisor) => hypervisor.provider === provider),
    );
    await inParallel(all, looksAtOnce, (entry) => this.refreshOne(entry));
  }

  private async refreshOne(entry: ListedHypervisor): Promise<void> {
    const summary = await this.executor.look(hypervisor, hypervisorStream(entry.uuid), summaryOf);
    this.known.set({ ...entry, ...summary });
  }
}
