import { Inject, Injectable } from '@nestjs/common';
import { calendarDay } from '../../calendar-day.policy.js';
import type { PendingVm } from '../../pool/pool.looks.js';
import { POOLS_SETTINGS, POOLS_WORLD, type PoolsSettings, type PoolsWorld } from '../../pools.settings.js';
import { bootPause } from '../pace/check-pace.policy.js';
import { PoolDecisions, unlessBusy } from '../pool-decisions.js';
import { messageOf, VmProviders } from '../providers/vm-providers.js';
import { Gate } from '../work/gate.js';
import { SupplyJournal } from '../work/supply-journal.js';
import type { WorkToken } from '../work/workers.js';

/** Machines asked at a time whether they answer. */
const looksAtOnce = 64;

/** Waits until a machine has booted, and offers it to its pool. */
@Injectable()
export class Boots {
  private readonly looks = new Gate(looksAtOnce);

  constructor(
    private readonly decisions: PoolDecisions,
    private readonly providers: VmProviders,
    private readonly journal: SupplyJournal,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  /** Gives up when the machine is interrupted or its time is over: its pool retires it then. */
  async wait(pool: string, vm: PendingVm, token: WorkToken): Promise<void> {
    for (let looks = 0; ; looks += 1) {
      if (looks > 0) await token.sleep(this.world, bootPause(looks));
      if (token.interrupted || this.world.now() >= vm.timeoutAt) return;
      if (await this.answers(pool, vm)) return this.offer(pool, vm);
    }
  }

  private async offer(pool: string, { name, vmId }: PendingVm): Promise<void> {
    const at = this.world.now();
    const day = calendarDay(at, this.settings.timeZone);
    unlessBusy(await this.decisions.execute(pool, { type: 'offer', name, vmId, day, at }));
  }

  private async answers(pool: string, { vmId, placement }: PendingVm): Promise<boolean> {
    try {
      const provider = this.providers.named(placement.provider);
      const condition = await this.looks.run(() => provider.inspectVm(vmId, this.providers.call()));
      this.journal.fine(pool, 'looking at machines');
      return condition?.reachable === true;
    } catch (error) {
      this.journal.trouble(pool, 'looking at machines', `a machine could not be looked at: ${messageOf(error)}`);
      return false;
    }
  }
}
