import { Inject, Injectable } from '@nestjs/common';
import { readyVms, type ReadyVm } from '../../pool/pool.looks.js';
import type { RetirementReason } from '../../pool/pool.events.js';
import { POOLS_WORLD, type PoolsWorld } from '../../pools.settings.js';
import { PoolDecisions, unlessBusy } from '../pool-decisions.js';
import { messageOf, VmProviders } from '../providers/vm-providers.js';
import { Gate } from '../work/gate.js';
import { SupplyJournal } from '../work/supply-journal.js';
import { judgeReady, type ReadyVerdict } from './readiness.policy.js';

const page = 100;
const looksAtOnce = 16;

/** Looks whether the machines in stock still answer, and under their own names. */
@Injectable()
export class ReadinessCheck {
  private readonly looks = new Gate(looksAtOnce);
  /** By pool: machines that did not answer in the last round. */
  private readonly silent = new Map<string, ReadonlySet<string>>();

  constructor(
    private readonly decisions: PoolDecisions,
    private readonly providers: VmProviders,
    private readonly journal: SupplyJournal,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  /** Never rejects; answers whether any machine was found bad. `wanted`: false from then on ends it early. */
  async check(pool: string, wanted: () => boolean): Promise<boolean> {
    const formerly = this.silent.get(pool) ?? new Set();
    const silent = new Set<string>();
    let found = false;
    try {
      let after: number | null = null;
      while (wanted()) {
        const vms: readonly ReadyVm[] = await this.decisions.look(pool, (state) => readyVms(state, after, page));
        const verdicts = await Promise.all(vms.map((vm) => this.judge(pool, vm, formerly)));
        vms.forEach(({ vmId }, index) => {
          if (verdicts[index] !== 'good' && verdicts[index] !== 'unknown') silent.add(vmId);
        });
        for (const reason of ['unreachable', 'name-mismatch'] as const) {
          const bad = vms.filter((_, index) => verdicts[index] === reason);
          if (bad.length > 0) await this.retire(pool, bad, reason);
          found ||= bad.length > 0;
        }
        after = vms.at(-1)?.place ?? null;
        if (vms.length < page) break;
      }
      this.silent.set(pool, silent);
    } catch (error) {
      this.journal.trouble(
        pool,
        'checks of ready machines',
        `ready machines could not be checked: ${messageOf(error)}`,
      );
    }
    return found;
  }

  private async judge(pool: string, vm: ReadyVm, formerly: ReadonlySet<string>): Promise<ReadyVerdict> {
    try {
      const provider = this.providers.named(vm.placement.provider);
      const condition = await this.looks.run(() => provider.inspectVm(vm.vmId, this.providers.call()));
      this.journal.fine(pool, 'checks of ready machines');
      return judgeReady(vm, condition, formerly.has(vm.vmId), this.world.now());
    } catch (error) {
      this.journal.trouble(
        pool,
        'checks of ready machines',
        `ready machines could not be checked: ${messageOf(error)}`,
      );
      // Not to be told is not to be told that it is silent: what was noted before stands.
      return formerly.has(vm.vmId) ? 'silent' : 'unknown';
    }
  }

  private async retire(pool: string, bad: readonly ReadyVm[], reason: RetirementReason): Promise<void> {
    const vms = bad.map(({ name, vmId }) => ({ name, vmId }));
    unlessBusy(await this.decisions.execute(pool, { type: 'retire-vms', vms, reason, at: this.world.now() }));
    this.journal.note(pool, `${reason}: ${vms.map(({ name }) => name).join(', ')}`);
  }
}
