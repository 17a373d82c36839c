import { refuse } from '#kernel';
import { CommandExecutor, deriveUuid, leasebookNamespace, firstMissing } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { onlyPlan, planCheckout, withoutChoice, type CheckoutPlan } from '../checkout/checkout-plan.policy.js';
import { checkoutStream } from '../checkout/checkout.decider.js';
import { LOG_EPOCH } from '../log-epoch.js';
import { pool as poolAggregate, poolStream } from '../pool/pool.aggregate.js';
import { stockOf, undecidedHolds } from '../pool/pool.looks.js';
import { POOLS_SETTINGS, POOLS_WORLD, type PoolsSettings, type PoolsWorld } from '../pools.settings.js';
import { CheckoutAttempts } from './checkout-attempts.js';
import { completedAnswer, poolsEmpty, type CheckoutOrder, type CheckoutOutcome, type Epoch } from './checkout-order.js';
import { HoldResolution, type UndecidedHold } from './hold-resolution.js';
import { OnePoolCheckout } from './one-pool-checkout.js';
import { othersHolds, type Attempt } from './pool-holds.js';

/** Others are waited for so long at most; then what they have counts as taken. */
const mostWaitMs = 10_000;
/** Tries of one request, each with another plan or behind another's decision. */
const mostRounds = 32;

/** One way to a result, or why not: then perhaps another way. */
type Tried =
  | { readonly kind: 'outcome'; readonly outcome: CheckoutOutcome }
  | { readonly kind: 'short'; readonly name: string; readonly ready: number }
  | {
      readonly kind: 'again';
      /** Whom to wait for first; nobody: with another plan. */
      readonly behind: readonly UndecidedHold[];
      readonly decided: boolean;
      /** Should there be no time left. */
      readonly short: { readonly name: string; readonly ready: number };
    };

/** Checkouts that need more than one append: several pools, several that may give, or a command that may come again. */
@Injectable()
export class CheckoutRounds {
  private readonly waitMs: number;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly attempts: CheckoutAttempts,
    private readonly onePool: OnePoolCheckout,
    private readonly resolution: HoldResolution,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
    @Inject(LOG_EPOCH) private readonly epoch: Epoch,
  ) {
    this.waitMs = Math.min(mostWaitMs, settings.holdMs / 2);
  }

  /** `behind`: first wait until one of these is settled. */
  async run(order: CheckoutOrder, behind: readonly UndecidedHold[] = []): Promise<CheckoutOutcome> {
    const until = this.world.now() + this.waitMs;
    let number = 0;
    if (order.context.repeatable) {
      number = await firstMissing(0, async (round) => (await this.decision(order, round)) !== undefined);
      const former = number === 0 ? undefined : await this.decision(order, number - 1);
      if (former?.type === 'CheckoutCompleted') return completedAnswer(former, order.asked, this.epoch());
    }
    let waitFor = behind;
    let inTurn = false;
    let short = { name: order.asked[0]?.name ?? '', ready: 0 };
    for (let round = 0; round < mostRounds; round += 1) {
      if (waitFor.length > 0) {
        if (!(await this.resolution.untilOneIsSettled(waitFor, until, order.context))) break;
        inTurn = true;
      }
      const tried = await this.tryOnce(order, this.attempt(order, number), until, inTurn);
      if (tried.kind === 'outcome') return tried.outcome;
      if (tried.kind === 'short') {
        short = tried;
        break;
      }
      ({ behind: waitFor, short } = tried);
      if (tried.decided) number += 1;
    }
    return poolsEmpty(order.asked, short.name, short.ready);
  }

  private async tryOnce(order: CheckoutOrder, attempt: Attempt, until: number, inTurn: boolean): Promise<Tried> {
    const plan = await this.plan(order, attempt);
    if (!('plan' in plan)) return plan;
    const { context, asked } = order;
    const [only, more] = [...plan.plan];
    const [part, otherPart] = only?.[1] ?? [];
    if (
      only !== undefined &&
      part !== undefined &&
      more === undefined &&
      otherPart === undefined &&
      !context.repeatable
    )
      return this.takeFromOne(order, only[0], part.requestedAs, part.count);
    const outcome = await this.attempts.run(order, attempt, plan.plan, inTurn ? until : undefined);
    if (outcome.kind === 'completed')
      return { kind: 'outcome', outcome: completedAnswer(outcome.event, asked, this.epoch()) };
    const { failure, decided } = outcome;
    if (failure?.kind === 'busy') return { kind: 'outcome', outcome: refuse('busy', { pool: failure.pool }) };
    const name = plan.plan.get(failure?.pool ?? '')?.[0]?.requestedAs ?? asked[0]?.name ?? '';
    const short = { name, ready: failure !== undefined && 'ready' in failure ? failure.ready : 0 };
    if (failure?.kind === 'empty' && withoutChoice(asked)) return { kind: 'short', ...short };
    return { kind: 'again', behind: failure?.kind === 'waiting' ? failure.holds : [], decided, short };
  }

  private async takeFromOne(order: CheckoutOrder, pool: string, name: string, count: number): Promise<Tried> {
    const outcome = await this.onePool.take(order, pool, name, count);
    if (outcome.kind === 'accepted') return { kind: 'outcome', outcome };
    const { code, facts } = outcome;
    if (code === 'busy') return { kind: 'outcome', outcome: refuse(code, facts) };
    const short = { name, ready: typeof facts.ready === 'number' ? facts.ready : 0 };
    if (code === 'held-by-others') return { kind: 'again', behind: othersHolds(pool, facts), decided: false, short };
    return withoutChoice(order.asked)
      ? { kind: 'short', ...short }
      : { kind: 'again', behind: [], decided: false, short };
  }

  /** Who gives what, by the stocks on the streams; where others hold what is missing, they are to be waited for. */
  private async plan(
    { asked }: CheckoutOrder,
    attempt: Attempt,
  ): Promise<{ readonly plan: CheckoutPlan } | Exclude<Tried, { kind: 'outcome' }>> {
    if (withoutChoice(asked)) return { plan: onlyPlan(asked) };
    const pools = [...new Set(asked.flatMap(({ candidates }) => candidates.pools))];
    const stocks = await Promise.all(pools.map((pool) => this.stock(pool, attempt)));
    const ready = new Map(stocks.map(({ pool, free }) => [pool, free]));
    const planned = planCheckout(asked, ready, () => this.world.random());
    if (planned.kind === 'planned') return planned;
    const candidates = asked.find(({ name }) => name === planned.name)?.candidates.pools ?? [];
    const total = candidates.reduce((sum, pool) => sum + (ready.get(pool) ?? 0), 0);
    const short = { name: planned.name, ready: total };
    const withHeld = new Map(stocks.map(({ pool, free, held }) => [pool, free + held]));
    return planCheckout(asked, withHeld, () => 0).kind === 'planned'
      ? { kind: 'again', behind: stocks.flatMap(({ holds }) => holds), decided: false, short }
      : { kind: 'short', ...short };
  }

  private async stock(pool: string, attempt: Attempt) {
    const seen = await this.executor.look(poolAggregate, poolStream(pool), (state) => {
      const stock = stockOf(state);
      return { ready: stock?.configured === true ? stock.ready : 0, holds: undecidedHolds(state) };
    });
    const sum = (holds: typeof seen.holds): number => holds.reduce((total, { vms }) => total + vms.length, 0);
    // What an earlier run of this attempt holds is its own.
    const own = seen.holds.filter((hold) => hold.attempt === attempt.id);
    const others = seen.holds.filter((hold) => hold.attempt !== attempt.id);
    const holds = others.map(({ attempt: its, decidedBy, deadline }) => ({ pool, attempt: its, decidedBy, deadline }));
    return { pool, free: seen.ready + sum(own), held: sum(others), holds };
  }

  private decision(order: CheckoutOrder, round: number) {
    return this.resolution.decision(checkoutStream(attemptId(order, round)));
  }

  private attempt(order: CheckoutOrder, round: number): Attempt {
    const id = attemptId(order, round);
    const deadline = this.world.now() + this.settings.holdMs;
    return { id, decidedBy: checkoutStream(id), deadline, held: new Map() };
  }
}

function attemptId({ context }: CheckoutOrder, round: number): string {
  return deriveUuid(leasebookNamespace, `checkout\n${context.commandId}\n${String(round)}`);
}
