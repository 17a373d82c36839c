import { CommandExecutor, systemContext } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { POOLS_SETTINGS, POOLS_WORLD, type PoolsSettings, type PoolsWorld } from '../pools.settings.js';
import { PoolDecisions, unlessBusy } from './pool-decisions.js';
import { poolRegister, poolRegisterStream } from './register/pool-register.decider.js';
import { rulesOf } from './rules.policy.js';

/** Tells the log what the configuration says, at start, before the supply begins. */
@Injectable()
export class ConfigurePools {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly decisions: PoolDecisions,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  /** Only what differs becomes an event. Rejected when the log cannot be written: the server is not to serve then. */
  async run(): Promise<void> {
    const configured = this.settings.pools.map(({ name }) => name);
    const known = await this.list(configured);
    for (const [order, settings] of this.settings.pools.entries()) {
      const rules = rulesOf(settings, this.settings);
      const at = this.world.now();
      unlessBusy(await this.decisions.execute(settings.name, { type: 'configure', order, settings, rules, at }));
    }
    const left = known.filter((pool) => !configured.includes(pool));
    for (const pool of left) {
      unlessBusy(await this.decisions.execute(pool, { type: 'unconfigure', pool, at: this.world.now() }));
    }
  }

  /** Durable before anything is in a pool's own stream, so that no pool is ever forgotten. Answers all that are listed. */
  private async list(pools: readonly string[]): Promise<readonly string[]> {
    const at = this.world.now();
    const outcome = await this.executor.execute(
      poolRegister,
      poolRegisterStream,
      { type: 'list', pools, at },
      systemContext(at),
      (state) => [...state],
    );
    if (outcome.kind === 'accepted') return outcome.answer;
    unlessBusy(outcome);
    return [];
  }
}
