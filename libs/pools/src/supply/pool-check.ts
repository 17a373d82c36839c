import { Inject, Injectable } from '@nestjs/common';
import { supplyOf, type PendingVm, type Supply } from '../pool/pool.looks.js';
import { POOLS_SETTINGS, POOLS_WORLD, type PoolsSettings, type PoolsWorld } from '../pools.settings.js';
import { Boots } from './cloning/boots.js';
import { Clones } from './cloning/clones.js';
import { NewMachines } from './cloning/new-machines.js';
import { FairSlots } from './pace/fair-slots.js';
import { Rush } from './pace/rush.js';
import { PoolDecisions, unlessBusy } from './pool-decisions.js';
import { messageOf } from './providers/vm-providers.js';
import { Destructions } from './work/destructions.js';
import { Pauses } from './work/pauses.js';
import { planOf, type CloneJob, type SupplyPlan, type TaskJob } from './work/supply-plan.policy.js';
import { SupplyJournal } from './work/supply-journal.js';
import { VmTasks } from './work/vm-tasks.js';
import { Workers, type WorkKind, type WorkToken } from './work/workers.js';

const destroysAtOnce = 32;
const tasksAtOnce = 16;
/** A pool of which so much is missing is short of machines. */
const scarce = 0.9;
/** Machines of each kind looked at in one check, besides those that something is done to already. */
const mostLookedAt = 256;

/** One look at a pool, and the beginning of everything that is missing there. */
@Injectable()
export class PoolCheck {
  readonly workers = new Workers();
  private readonly stock: FairSlots<CloneJob>;
  private readonly onDemand: FairSlots<CloneJob>;
  private readonly destroys: FairSlots<Supply['completed'][number]>;
  private readonly tasks: FairSlots<TaskJob>;
  private readonly pauses: Pauses;
  /** As last looked at. */
  private readonly supplies = new Map<string, Supply>();
  private readonly warnedOf = new Map<string, ReadonlySet<string>>();
  private again: (pool: string) => void = () => undefined;
  private stopped = false;

  constructor(
    private readonly decisions: PoolDecisions,
    private readonly machines: NewMachines,
    private readonly clones: Clones,
    private readonly boots: Boots,
    private readonly destructions: Destructions,
    private readonly vmTasks: VmTasks,
    private readonly journal: SupplyJournal,
    rush: Rush,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {
    const drained = (pool: string): void => {
      this.again(pool);
    };
    this.pauses = new Pauses(world);
    const wait = (callback: () => void, ms: number): void => void world.setTimeout(callback, ms);
    const whileStocked = { wait, pause: (pool: string) => (this.isShort(pool) ? 0 : rush.pause('clone')) };
    this.stock = new FairSlots(settings.taskLimit, (pool, job) => this.clone(pool, job), drained, whileStocked);
    this.onDemand = new FairSlots(settings.onDemandCloneLimit, (pool, job) => this.clone(pool, job), drained);
    this.destroys = new FairSlots(destroysAtOnce, (pool, vm) => this.destroy(pool, vm), drained, {
      wait,
      pause: () => rush.pause('destroy'),
    });
    this.tasks = new FairSlots(tasksAtOnce, (pool, job) => this.carryOut(pool, job), drained);
  }

  /** `again`: asked for another check of a pool. */
  start(again: (pool: string) => void): void {
    this.again = again;
    this.stopped = false;
  }

  /** Nothing is begun any more; fulfilled when what is under way has ended. */
  stop(): Promise<void> {
    this.stopped = true;
    for (const slots of [this.stock, this.onDemand, this.destroys, this.tasks]) slots.clear();
    return this.workers.stop();
  }

  /** Never rejects; answers whether anything was begun. */
  async check(pool: string): Promise<boolean> {
    try {
      const limit = this.workers.countOf(pool) + mostLookedAt;
      const plan = await this.decisions.look(pool, (state) => {
        const supply = supplyOf(state, limit);
        if (supply === undefined) return undefined;
        this.supplies.set(pool, supply);
        // In the same instant as the look, or machines on their way would be counted twice or not at all.
        return planOf(supply, this.underWay(pool), this.world.now());
      });
      this.journal.fine(pool, 'checking');
      if (plan === undefined || this.stopped) return false;
      this.warnOfSlowOnes(pool);
      return await this.carryOutPlan(pool, plan);
    } catch (error) {
      this.journal.trouble(pool, 'checking', `could not be checked: ${messageOf(error)}`);
      return false;
    }
  }

  /** Hardly any machine is left there: then making some is what users wait for. */
  private isShort(pool: string): boolean {
    const { wantedForStock = 0, size = 0 } = this.supplies.get(pool) ?? {};
    return wantedForStock > size * scarce;
  }

  private underWay(pool: string) {
    return {
      kindOf: (vmId: string) => this.workers.kindOf(vmId),
      unborn: (request: string | null) => this.machines.unborn.countOf(pool, request),
      pausing: (key: 'stock' | 'placing' | { readonly vmId: string }) =>
        this.pauses.pausing(typeof key === 'string' ? `${key}\n${pool}` : key.vmId),
    };
  }

  private async carryOutPlan(pool: string, plan: SupplyPlan): Promise<boolean> {
    for (const vmId of plan.interrupted) this.workers.interrupt(vmId);
    for (const vm of plan.boots) void this.boot(pool, vm);
    this.stock.replace(pool, plan.stock);
    this.onDemand.replace(pool, plan.onDemand);
    this.destroys.replace(pool, plan.destroys);
    this.tasks.replace(pool, plan.tasks);
    if (plan.shed) unlessBusy(await this.decisions.execute(pool, { type: 'shed', at: this.world.now() }));
    const { stock, onDemand, boots, destroys, tasks } = plan;
    return plan.shed || [stock, onDemand, boots, destroys, tasks].some(({ length }) => length > 0);
  }

  private async clone(pool: string, job: CloneJob): Promise<void> {
    const supply = this.supplies.get(pool);
    if (supply === undefined) return;
    const vmId = job.kind === 'begin' ? this.world.uuid() : job.vm.vmId;
    let cloned: PendingVm | undefined;
    await this.work(pool, vmId, 'clone', async (token) => {
      const vm = job.kind === 'begin' ? await this.newMachine(supply, vmId, job.request) : job.vm;
      if (vm === undefined || token.interrupted) return;
      const made = await this.clones.make(supply, vm, token);
      if (made.kind === 'failed') this.cloneFailed(pool, vm, made.message);
      else if (made.kind === 'cloned') {
        if (vm.request === null) this.pauses.worked(`stock\n${pool}`);
        this.journal.fine(pool, 'cloning');
        cloned = vm;
      }
    });
    // Its place is free again while it boots.
    if (cloned !== undefined) void this.boot(pool, cloned);
  }

  private async newMachine(supply: Supply, vmId: string, request: string | null): Promise<PendingVm | undefined> {
    const pool = supply.settings.name;
    const born = await this.machines.make(supply, vmId, request);
    if (born.kind === 'born') {
      // Not when another one has just failed beside it.
      if (!this.pauses.pausing(`placing\n${pool}`)) {
        this.pauses.worked(`placing\n${pool}`);
        this.journal.fine(pool, 'placing');
      }
      return born.vm;
    }
    if (born.why !== 'too-late') {
      this.pauses.failed(`placing\n${pool}`);
      this.stock.replace(pool, []);
      this.onDemand.replace(pool, []);
      this.journal.trouble(pool, 'placing', born.message);
    }
    return undefined;
  }

  private cloneFailed(pool: string, { request }: PendingVm, message: string): void {
    // A request is tried again so often and no oftener; stock would be for ever.
    if (request === null) {
      this.pauses.failed(`stock\n${pool}`);
      this.stock.replace(pool, []);
    }
    this.journal.failure(pool, 'cloning', `a machine could not be cloned: ${message}`);
  }

  private async boot(pool: string, vm: PendingVm): Promise<void> {
    await this.work(pool, vm.vmId, 'boot', (token) => this.boots.wait(pool, vm, token));
  }

  private async destroy(pool: string, vm: Supply['completed'][number]): Promise<void> {
    const done = await this.work(pool, vm.vmId, 'destroy', () => this.destructions.destroy(pool, vm));
    if (!done) return;
    // There is room again, perhaps for another pool.
    for (const other of this.supplies.keys()) this.pauses.worked(`placing\n${other}`);
  }

  private async carryOut(pool: string, job: TaskJob): Promise<void> {
    await this.work(pool, job.vmId, 'task', (token) => this.vmTasks.carryOut(pool, job, token));
  }

  /** Never rejects; answers whether it worked. What failed is tried again by a later check. */
  private async work(
    pool: string,
    vmId: string,
    kind: WorkKind,
    work: (token: WorkToken) => Promise<void>,
  ): Promise<boolean> {
    try {
      const begun = this.workers.begin(pool, vmId, kind, work);
      if (begun === undefined) return false;
      await begun;
    } catch (error) {
      const key = kind === 'clone' ? `stock\n${pool}` : vmId;
      this.pauses.failed(key);
      this.journal.failure(pool, kind, `${kind} failed: ${messageOf(error)}`);
      return false;
    }
    this.pauses.worked(vmId);
    this.journal.fine(pool, kind);
    if (kind !== 'destroy' && !this.stopped) this.again(pool);
    return true;
  }

  private warnOfSlowOnes(pool: string): void {
    const supply = this.supplies.get(pool);
    if (supply === undefined) return;
    const minutes = supply.settings.timeoutNotificationMinutes ?? this.settings.timeoutNotificationMinutes;
    const slow = supply.pending.filter(({ requestedAt }) => this.world.now() - requestedAt > minutes * 60_000);
    const warned = this.warnedOf.get(pool);
    for (const { vmId, name } of slow) {
      if (warned?.has(vmId) !== true) this.journal.note(pool, `${name} is pending for over ${String(minutes)} minutes`);
    }
    this.warnedOf.set(pool, new Set(slow.map(({ vmId }) => vmId)));
  }
}
