import { OutcomeUnknown, StoreUnavailable, type CommandContext } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { checkout, checkoutIdOf } from '../checkout/checkout.decider.js';
import type { CheckoutEvent, CheckoutFailed } from '../checkout/checkout.events.js';
import { pool as poolAggregate, poolStream } from '../pool/pool.aggregate.js';
import type { PoolCommand } from '../pool/pool.commands.js';
import { POOLS_WORLD, type PoolsWorld } from '../pools.settings.js';
import { AttemptsUnderWay } from './attempts-under-way.js';
import { recognisedContext } from './derived-context.js';

/** What an attempt has in one pool. */
export interface UndecidedHold {
  readonly pool: string;
  readonly attempt: string;
  /** Name of the deciding stream. */
  readonly decidedBy: string;
  /** Null: not known; its own timer sees to it. */
  readonly deadline: number | null;
}

const pollEveryMs = 50;
/** Deciding streams asked in one look around. */
const mostAsked = 16;

/** Brings holds to the end that their deciding stream says (C11, C12). Everything may come twice. */
@Injectable()
export class HoldResolution {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly underWay: AttemptsUnderWay,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  decision(decidedBy: string): Promise<CheckoutEvent | undefined> {
    return this.executor.look(checkout, decidedBy, (state) => state);
  }

  /** Nobody decided in time, or somebody just did: how it is decided. */
  async decideFailure(
    decidedBy: string,
    pools: readonly string[],
    reason: CheckoutFailed['data']['reason'],
    context: CommandContext,
  ): Promise<CheckoutEvent> {
    const checkoutId = checkoutIdOf(decidedBy);
    if (checkoutId === undefined) throw new Error(`${decidedBy} decides no checkout`);
    const outcome = await this.executor.execute(
      checkout,
      decidedBy,
      { type: 'fail', checkoutId, pools, reason, at: this.world.now() },
      recognisedContext(context, `fail\n${decidedBy}`),
      (state) => state,
    );
    if (outcome.kind === 'refused' || outcome.answer === undefined) throw new StoreUnavailable(`${decidedBy} is busy`);
    return outcome.answer;
  }

  /** In one pool: confirms what the attempt gave there, else releases what it holds. */
  async settle(pool: string, attempt: string, decided: CheckoutEvent, context: CommandContext): Promise<void> {
    const { data } = decided;
    const share = 'shares' in data ? data.shares.find((each) => each.pool === pool) : undefined;
    const command: PoolCommand =
      'shares' in data && share !== undefined
        ? {
            type: 'confirm-hold',
            attempt,
            checkout: { ...data.checkout, requestedAs: share.vms[0]?.requestedAs ?? pool },
            at: data.at,
          }
        : { type: 'release-hold', attempt, at: this.world.now() };
    const its = recognisedContext(context, `${command.type}\n${attempt}\n${pool}`);
    const outcome = await this.executor.execute(poolAggregate, poolStream(pool), command, its);
    if (outcome.kind === 'refused') throw new StoreUnavailable(`${pool} refused ${command.type}: ${outcome.code}`);
  }

  /** Waits until one of these is decided and settled. False: not until then; a store that does not answer is waited for. */
  async untilOneIsSettled(holds: readonly UndecidedHold[], until: number, context: CommandContext): Promise<boolean> {
    for (;;) {
      const ends = holds.flatMap(({ decidedBy }) => this.underWay.endOf(decidedBy) ?? []);
      const elsewhere = holds.filter(({ decidedBy }) => this.underWay.endOf(decidedBy) === undefined);
      for (const hold of elsewhere.slice(0, mostAsked)) {
        const decided = await this.decisionIfKnown(hold, context);
        if (decided === undefined) continue;
        await this.settle(hold.pool, hold.attempt, decided, context);
        return true;
      }
      const left = until - this.world.now();
      if (left <= 0) return false;
      await this.pause(elsewhere.length > 0 ? Math.min(left, pollEveryMs) : left, ends);
    }
  }

  private async decisionIfKnown(
    { decidedBy, deadline, pool }: UndecidedHold,
    context: CommandContext,
  ): Promise<CheckoutEvent | undefined> {
    try {
      const decided = await this.decision(decidedBy);
      if (decided !== undefined || deadline === null || this.world.now() < deadline) return decided;
      return await this.decideFailure(decidedBy, [pool], 'deadline', context);
    } catch (error) {
      if (error instanceof OutcomeUnknown || error instanceof StoreUnavailable) return undefined;
      throw error;
    }
  }

  private pause(ms: number, ends: readonly Promise<void>[]): Promise<void> {
    return new Promise((resolve) => {
      const handle = this.world.setTimeout(resolve, ms);
      for (const end of ends) {
        void end.then(() => {
          this.world.clearTimeout(handle);
          resolve();
        });
      }
    });
  }
}
