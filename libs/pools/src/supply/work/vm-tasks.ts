import { ProviderError } from '#providers';
import { Inject, Injectable } from '@nestjs/common';
import type { VmTask } from '../../pool/pool.events.js';
import { POOLS_WORLD, type PoolsWorld } from '../../pools.settings.js';
import { PoolDecisions, unlessBusy } from '../pool-decisions.js';
import { messageOf, VmProviders } from '../providers/vm-providers.js';
import type { TaskJob } from './supply-plan.policy.js';
import type { WorkToken } from './workers.js';

/** Disks, snapshots and reverts that were asked for. */
@Injectable()
export class VmTasks {
  constructor(
    private readonly decisions: PoolDecisions,
    private readonly providers: VmProviders,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  /** In order. What fails for good is noted so; for other failures the provider is asked again by a later check. */
  async carryOut(pool: string, { name, vmId, provider, tasks }: TaskJob, token: WorkToken): Promise<void> {
    for (const task of tasks) {
      const failure = await this.tryOne(provider, vmId, task);
      if (token.interrupted) return;
      const at = this.world.now();
      unlessBusy(await this.decisions.execute(pool, { type: 'note-task', name, vmId, taskId: task.id, failure, at }));
    }
  }

  /** Null when it is done; else why it never will be. The provider knows a task again by its id. */
  private async tryOne(providerName: string, vmId: string, task: VmTask): Promise<string | null> {
    try {
      const provider = this.providers.named(providerName);
      const call = this.providers.call(task.id);
      if (task.kind === 'disk') await provider.addDisk(vmId, task.gb, call);
      else if (task.kind === 'snapshot') await provider.snapshotVm(vmId, task.snapshotId, call);
      else await provider.revertVm(vmId, task.snapshotId, call);
      return null;
    } catch (error) {
      if (error instanceof ProviderError && error.kind === 'permanent') return messageOf(error);
      throw error;
    }
  }
}
