import { hypervisorUuid } from '#inventory';
import type { Provider, ProviderVm, VmListing } from '#providers';
import { Inject, Injectable } from '@nestjs/common';
import { POOLS_WORLD, type PoolsWorld } from '../../pools.settings.js';
import { PoolDecisions, unlessBusy } from '../pool-decisions.js';
import { messageOf, VmProviders } from '../providers/vm-providers.js';
import { Destructions } from '../work/destructions.js';
import { SupplyJournal } from '../work/supply-journal.js';
import { knownVms, missedVms, unknownVms, type KnownVms } from './listing.policy.js';

/** Missing from so many complete listings in a row (C6). */
const missesUntilVanished = 2;
const mostAtOnce = 256;

/** Compares what providers have with what the log knows: unknown machines are destroyed, vanished ones replaced. */
@Injectable()
export class ListingCheck {
  /** By pool and provider, then by vmId: how often it was missing in a row. */
  private readonly missed = new Map<string, ReadonlyMap<string, number>>();

  constructor(
    private readonly decisions: PoolDecisions,
    private readonly providers: VmProviders,
    private readonly destructions: Destructions,
    private readonly journal: SupplyJournal,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  /** Never rejects; answers whether anything was found. */
  async check(pool: string): Promise<boolean> {
    const found = await Promise.all(this.providers.all.map((provider) => this.listed(pool, provider)));
    return found.includes(true);
  }

  private async listed(pool: string, provider: Provider): Promise<boolean> {
    const about = `listing at ${provider.name}`;
    const watch = this.destructions.watch();
    try {
      const before = await this.decisions.look(pool, knownVms);
      const listing = await provider.listVms(pool, this.providers.call());
      // The log is read after the listing, or machines made meanwhile would seem unknown (C6).
      const after = await this.decisions.look(pool, knownVms);
      const unknown = unknownVms(listing.vms, after, watch.destroyed).slice(0, mostAtOnce);
      if (unknown.length > 0) await this.discover(pool, provider, unknown, after);
      const vanished = await this.vanish(pool, provider.name, before, listing);
      this.journal.fine(pool, about);
      return unknown.length > 0 || vanished;
    } catch (error) {
      this.journal.trouble(pool, about, `provider ${provider.name} could not be compared: ${messageOf(error)}`);
      return false;
    } finally {
      watch.end();
    }
  }

  private async discover(
    pool: string,
    provider: Provider,
    unknown: readonly ProviderVm[],
    known: KnownVms,
  ): Promise<void> {
    const { hypervisors } = await provider.listHypervisors(this.providers.call());
    const hosts = new Map(hypervisors.map(({ nativeId, serviceHost }) => [nativeId, serviceHost] as const));
    const names = new Set(Array.from(known.values(), ({ name }) => name));
    for (const { vmId, name, hypervisor } of unknown) {
      const placement = {
        hypervisorUuid: hypervisorUuid(provider.name, hypervisor),
        provider: provider.name,
        nativeId: hypervisor,
        serviceHost: hosts.get(hypervisor) ?? hypervisor,
      };
      // Two machines of one pool are never called the same, whatever a provider says.
      const unlike = names.has(name) ? `${name}-${vmId.slice(0, 8)}` : name;
      names.add(unlike);
      const at = this.world.now();
      unlessBusy(await this.decisions.execute(pool, { type: 'discover-vm', name: unlike, vmId, placement, at }));
      this.journal.note(pool, `${name} (${vmId}) at ${provider.name} is unknown and will be destroyed`);
    }
  }

  private async vanish(pool: string, provider: string, before: KnownVms, listing: VmListing): Promise<boolean> {
    // A partial listing proves nothing, not even that somebody was missing in a row.
    if (!listing.complete) return false;
    const key = `${pool}\n${provider}`;
    const missed = missedVms(before, listing.vms, provider, this.missed.get(key) ?? new Map());
    this.missed.set(key, missed);
    const vms = Array.from(missed)
      .filter(([, times]) => times >= missesUntilVanished)
      .map(([vmId]) => ({ vmId, name: before.get(vmId)?.name ?? '' }));
    if (vms.length === 0) return false;
    unlessBusy(
      await this.decisions.execute(pool, { type: 'retire-vms', vms, reason: 'vanished', at: this.world.now() }),
    );
    this.journal.note(pool, `${String(vms.length)} machines have vanished at ${provider}`);
    return true;
  }
}
