import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { dueVms, stockOf } from '../pool/pool.looks.js';
import { POOLS_SETTINGS, POOLS_WORLD, type PoolsSettings, type PoolsWorld } from '../pools.settings.js';
import { ListingCheck } from './checks/listing-check.js';
import { ReadinessCheck } from './checks/readiness-check.js';
import { CheckLoop } from './pace/check-loop.js';
import { PoolCheck } from './pool-check.js';
import { PoolDecisions, unlessBusy } from './pool-decisions.js';
import { poolRegister, poolRegisterStream } from './register/pool-register.decider.js';
import { messageOf } from './providers/vm-providers.js';
import { SupplyJournal } from './work/supply-journal.js';
import { WorkToken } from './work/workers.js';

/** What is under way for a pool, and what went wrong last. */
export interface PoolSupplyStatus {
  readonly cloning: number;
  readonly booting: number;
  readonly destroying: number;
  readonly tasks: number;
  /** Since the start. */
  readonly failures: number;
  /** Null: all is well. */
  readonly lastError: string | null;
}

interface Loops {
  readonly checks: CheckLoop;
  readonly listings: CheckLoop;
  readonly readiness: CheckLoop;
}

/** How long `stop` waits for what is under way; after the next start it is gone on with. */
const longestEndMs = 3_000;
const mostExpiredAtOnce = 1_000;

/**
 * Looks after the machines of all pools as long as the server runs: level-triggered, so that whatever was missed is
 * seen by the next check. A process without that role leaves it to others.
 */
@Injectable()
export class VmSupply {
  private readonly loops = new Map<string, Loops>();

  constructor(
    private readonly executor: CommandExecutor,
    private readonly decisions: PoolDecisions,
    private readonly poolCheck: PoolCheck,
    private readonly listingCheck: ListingCheck,
    private readonly readinessCheck: ReadinessCheck,
    private readonly journal: SupplyJournal,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  /** After ConfigurePools. Fulfilled when every pool is looked after. */
  async start(): Promise<void> {
    if (!this.settings.supplies) return;
    this.poolCheck.start((pool) => {
      this.nudge(pool);
    });
    for (const pool of await this.pools()) this.loops.set(pool, this.loopsFor(pool));
    for (const { checks, listings, readiness } of this.loops.values()) {
      checks.start();
      listings.start();
      readiness.start();
    }
  }

  /** Nothing is begun any more; waits, bounded, for what is under way. */
  async stop(): Promise<void> {
    const loops = [...this.loops.values()];
    this.loops.clear();
    const late = new WorkToken();
    const ended = Promise.all([
      this.poolCheck.stop(),
      ...loops.flatMap(({ checks, listings, readiness }) => [checks.stop(), listings.stop(), readiness.stop()]),
    ]);
    await Promise.race([ended, late.sleep(this.world, longestEndMs)]);
    late.interrupt();
  }

  /** Something may be to be done for the pool. Only a hint; one that is not looked after is nobody's business. */
  nudge(pool: string): void {
    this.loops.get(pool)?.checks.nudge();
  }

  status(): ReadonlyMap<string, PoolSupplyStatus> {
    const pools = [...this.loops.keys()].map((pool) => {
      const { clone, boot, destroy, task } = this.poolCheck.workers.countsOf(pool);
      const failures = this.journal.failuresOf(pool);
      const lastError = this.journal.lastErrorOf(pool);
      return [pool, { cloning: clone, booting: boot, destroying: destroy, tasks: task, failures, lastError }] as const;
    });
    return new Map(pools);
  }

  /** The configured ones, and those that left the configuration and still have machines. */
  private async pools(): Promise<readonly string[]> {
    const known = await this.executor.look(poolRegister, poolRegisterStream, (state) => [...state]);
    const configured = this.settings.pools.map(({ name }) => name);
    const left = known.filter((pool) => !configured.includes(pool));
    const empty = await Promise.all(left.map((pool) => this.decisions.look(pool, isEmpty)));
    return [...configured, ...left.filter((_, index) => empty[index] !== true)];
  }

  private loopsFor(pool: string): Loops {
    const { checkLoopMinMs: minMs, checkLoopMaxMs: maxMs, checkLoopDecay: decay, vmCheckMinutes } = this.settings;
    const steady = (ms: number) => ({ minMs: ms, maxMs: ms, decay: 1 });
    const wanted = (): boolean => this.loops.has(pool);
    return {
      checks: new CheckLoop(() => this.poolCheck.check(pool), { minMs, maxMs, decay }, this.world),
      listings: new CheckLoop(() => this.compare(pool), steady(maxMs), this.world),
      readiness: new CheckLoop(
        () => this.readinessCheck.check(pool, wanted),
        steady(vmCheckMinutes * 60_000),
        this.world,
      ),
    };
  }

  /** What needs a look at every machine of the pool. */
  private async compare(pool: string): Promise<boolean> {
    await this.expire(pool);
    return this.listingCheck.check(pool);
  }

  /** Timers end machines in time; this ends those whose rules have changed since, or whose timer was lost. */
  private async expire(pool: string): Promise<void> {
    try {
      const now = this.world.now();
      for (const { name, vmId } of await this.decisions.look(pool, (state) => dueVms(state, now, mostExpiredAtOnce)))
        unlessBusy(await this.decisions.execute(pool, { type: 'expire', name, vmId, at: this.world.now() }));
      this.journal.fine(pool, 'expiring');
    } catch (error) {
      this.journal.trouble(pool, 'expiring', `due machines could not be ended: ${messageOf(error)}`);
    }
  }
}

function isEmpty(state: Parameters<typeof stockOf>[0]): boolean {
  const stock = stockOf(state);
  return stock === undefined || (state?.vms.size ?? 0) === 0;
}
