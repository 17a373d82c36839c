import { RemoveGuest } from '#inventory';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { Supply } from '../../pool/pool.looks.js';
import { POOLS_WORLD, type PoolsWorld } from '../../pools.settings.js';
import { PoolDecisions, unlessBusy } from '../pool-decisions.js';
import { VmProviders } from '../providers/vm-providers.js';

/**
 * Takes a machine away: from its provider, from its hypervisor, from its pool, in this order, so that a stop in between
 * is repaired by doing all of it again. Its name is retired by the process `vmLifetime`, because of VmDestroyed.
 */
@Injectable()
export class Destructions {
  private readonly watches = new Set<Set<string>>();

  constructor(
    private readonly commands: CommandBus,
    private readonly decisions: PoolDecisions,
    private readonly providers: VmProviders,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  /** Machines that are destroyed from now on until the watch ends. */
  watch(): { readonly destroyed: ReadonlySet<string>; readonly end: () => void } {
    const destroyed = new Set<string>();
    this.watches.add(destroyed);
    return { destroyed, end: () => this.watches.delete(destroyed) };
  }

  async destroy(pool: string, { name, vmId, placement }: Supply['completed'][number]): Promise<void> {
    for (const watch of this.watches) watch.add(vmId);
    // Every time another request id: one that is listed again is really to be destroyed again.
    await this.providers.named(placement.provider).destroyVm(vmId, this.providers.call());
    unlessBusy(await this.commands.execute(new RemoveGuest(this.decisions.context(), placement.hypervisorUuid, vmId)));
    unlessBusy(await this.decisions.execute(pool, { type: 'note-destroyed', name, vmId, at: this.world.now() }));
  }
}
