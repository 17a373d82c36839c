import { CommandExecutor, running, type RunningProcess } from '#runtime';
import type { Timer } from '#timers';
import { Inject, Injectable } from '@nestjs/common';
import { vmOf } from '../../pool/pool.looks.js';
import { vmPlacementSaga, type Placed } from '../../processes/vm-placement.saga.js';
import { ownerOf, vmName, vmNameStream } from '../../vm-name/vm-name.aggregate.js';
import { NewMachines } from '../cloning/new-machines.js';
import { POOLS_SETTINGS, type PoolsSettings } from '../../pools.settings.js';
import { patienceMs } from '../rules.policy.js';
import { PoolDecisions } from '../pool-decisions.js';

/** Clears away what a stop left of a machine that nobody came to wish for. */
@Injectable()
export class VmPlacements {
  readonly running: RunningProcess;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly decisions: PoolDecisions,
    private readonly machines: NewMachines,
    @Inject(POOLS_SETTINGS) settings: Pick<PoolsSettings, 'checkLoopMaxMs'>,
  ) {
    this.running = running(vmPlacementSaga(patienceMs(settings)), {
      handlers: {},
      onTimer: { 'vm-unclaimed': (timer) => this.clear(timer) },
    });
  }

  private async clear(timer: Timer): Promise<void> {
    const { pool, name, vmId, hypervisorUuid } = timer.payload as unknown as Placed;
    const known = await this.decisions.look(pool, (state) => vmOf(state, name)?.vmId);
    if (known === vmId) return;
    // The name of a machine that was destroyed since is kept as long as its record.
    const owner = await this.executor.look(vmName, vmNameStream(name), ownerOf);
    if (owner?.vmId === vmId && owner.forgetAt !== null) return;
    await this.machines.undo(name, vmId, hypervisorUuid);
  }
}
