import { ProviderError, type VmSpec } from '#providers';
import { Inject, Injectable } from '@nestjs/common';
import { calendarDay } from '../../calendar-day.policy.js';
import type { PendingVm, Supply } from '../../pool/pool.looks.js';
import { POOLS_SETTINGS, POOLS_WORLD, type PoolsSettings, type PoolsWorld } from '../../pools.settings.js';
import { PoolDecisions, unlessBusy } from '../pool-decisions.js';
import { messageOf, VmProviders } from '../providers/vm-providers.js';
import type { WorkToken } from '../work/workers.js';

/** `interrupted`: the server stops; nothing is noted, and after the next start it is gone on with. */
export type Cloned =
  { readonly kind: 'cloned' | 'interrupted' } | { readonly kind: 'failed'; readonly message: string };

/** The provider's part: from the wish to a machine that has been told to boot. Again: the same machine. */
@Injectable()
export class Clones {
  constructor(
    private readonly decisions: PoolDecisions,
    private readonly providers: VmProviders,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  async make(supply: Supply, vm: PendingVm, token: WorkToken): Promise<Cloned> {
    const pool = supply.settings.name;
    const { name, vmId, placement } = vm;
    const began = this.world.now();
    let ip: string | null;
    try {
      const provider = this.providers.named(placement.provider);
      ({ ip } = await provider.createVm(specOf(supply, vm), this.providers.call(vmId)));
    } catch (error) {
      if (token.interrupted) return { kind: 'interrupted' };
      const message = messageOf(error);
      const permanent = error instanceof ProviderError && error.kind === 'permanent';
      const at = this.world.now();
      const failure = { type: 'note-clone-failed', name, vmId, message, permanent, at } as const;
      unlessBusy(await this.decisions.execute(pool, failure));
      return { kind: 'failed', message };
    }
    const at = this.world.now();
    // A clock that is set back in between must not make it negative.
    const seconds = Math.round(Math.max(0, at - began) / 10) / 100;
    const day = calendarDay(at, this.settings.timeZone);
    unlessBusy(await this.decisions.execute(pool, { type: 'note-cloned', name, vmId, seconds, ip, day, at }));
    return { kind: token.interrupted ? 'interrupted' : 'cloned' };
  }
}

function specOf(supply: Supply, { vmId, name, placement }: PendingVm): VmSpec {
  const { template, cloneTarget, domain, settings } = supply;
  const { name: pool, folder, datastore, vcpus, memoryMb, diskGb } = settings;
  return {
    vmId,
    name,
    pool,
    domain,
    hypervisor: placement.nativeId,
    template,
    cloneTarget,
    folder,
    datastore,
    vcpus,
    memoryMb,
    diskGb,
  };
}
