import { OutcomeUnknown, StoreUnavailable } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { CheckoutPlan } from '../checkout/checkout-plan.policy.js';
import { checkout } from '../checkout/checkout.decider.js';
import type { CheckoutCompleted, CheckoutEvent, CheckoutFailed, CheckoutShare } from '../checkout/checkout.events.js';
import { POOLS_WORLD, type PoolsWorld } from '../pools.settings.js';
import { AttemptsUnderWay } from './attempts-under-way.js';
import type { CheckoutOrder } from './checkout-order.js';
import { recognisedContext } from './derived-context.js';
import { HoldResolution } from './hold-resolution.js';
import { PoolHolds, type Attempt, type HoldFailure } from './pool-holds.js';

export type AttemptOutcome =
  | { readonly kind: 'completed'; readonly event: CheckoutCompleted }
  /** Nothing is held any more. `decided`: the log says so, and the next attempt is another one. */
  | { readonly kind: 'failed'; readonly failure: HoldFailure | undefined; readonly decided: boolean };

const hourMs = 3_600_000;

/** Holds in every pool, then commits in the deciding stream; or fails there, then releases (design §6, C1). */
@Injectable()
export class CheckoutAttempts {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly underWay: AttemptsUnderWay,
    private readonly holds: PoolHolds,
    private readonly resolution: HoldResolution,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  /**
   * `patientUntil` undefined: holds everywhere at once, and gives way to whoever holds what is missing. Else one pool
   * after the other in ascending order of their names, and waits for others until then without letting go: nobody
   * waits in a circle (C11).
   */
  run(
    order: CheckoutOrder,
    attempt: Attempt,
    plan: CheckoutPlan,
    patientUntil: number | undefined,
  ): Promise<AttemptOutcome> {
    return this.underWay.during(attempt.decidedBy, async () => {
      try {
        return await this.holdAndDecide(order, attempt, plan, patientUntil);
      } catch (error) {
        // C3: with an unknown outcome nothing is decided; the holds' timers will.
        if (error instanceof StoreUnavailable && attempt.held.size > 0)
          await this.fail(order, attempt, plan, 'unavailable');
        throw error;
      }
    });
  }

  private async holdAndDecide(
    order: CheckoutOrder,
    attempt: Attempt,
    plan: CheckoutPlan,
    patientUntil: number | undefined,
  ): Promise<AttemptOutcome> {
    const failure = await (patientUntil === undefined
      ? this.holdAtOnce(order, attempt, plan)
      : this.holdInTurn(order, attempt, plan, patientUntil));
    if (failure === undefined) return this.commit(order, attempt, plan);
    const reason = failure.kind === 'empty' ? 'empty' : 'waiting';
    const toDecide = attempt.held.size > 0 || failure.kind === 'stale';
    const decided = toDecide ? await this.fail(order, attempt, plan, reason) : undefined;
    return outcomeOf(decided, failure);
  }

  private async holdAtOnce(
    { context }: CheckoutOrder,
    attempt: Attempt,
    plan: CheckoutPlan,
  ): Promise<HoldFailure | undefined> {
    const outcomes = await Promise.allSettled(
      Array.from(plan, ([pool, parts]) => this.holds.hold(attempt, pool, sumOf(parts), context)),
    );
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    if (errors.length > 0) throw errors.find((error) => !(error instanceof StoreUnavailable)) ?? errors[0];
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? (outcome.value ?? []) : []));
    return failures.find(({ kind }) => kind === 'empty') ?? failures[0];
  }

  private async holdInTurn(
    { context }: CheckoutOrder,
    attempt: Attempt,
    plan: CheckoutPlan,
    until: number,
  ): Promise<HoldFailure | undefined> {
    const ascending = [...plan].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [pool, parts] of ascending) {
      for (;;) {
        const failure = await this.holds.hold(attempt, pool, sumOf(parts), context);
        if (failure === undefined) break;
        if (failure.kind !== 'waiting') return failure;
        if (!(await this.resolution.untilOneIsSettled(failure.holds, until, context))) return failure;
      }
    }
    return undefined;
  }

  private async commit(order: CheckoutOrder, attempt: Attempt, plan: CheckoutPlan): Promise<AttemptOutcome> {
    const { context, holder } = order;
    const at = this.world.now();
    const { tokenHash, userId, lifetime } = holder;
    const facts = { checkoutId: attempt.id, tokenHash, userId, lifetime };
    const outcome = await this.executor.execute(
      checkout,
      attempt.decidedBy,
      { type: 'complete', checkout: facts, shares: sharesOf(plan, attempt, lifetime, at), at },
      recognisedContext(context, `complete\n${attempt.decidedBy}`),
      (state) => state,
    );
    if (outcome.kind === 'refused' || outcome.answer === undefined)
      throw new OutcomeUnknown(`${attempt.decidedBy} is busy`);
    const decided = outcome.answer;
    if (decided.type === 'CheckoutCompleted' && outcome.events.length > 0) return { kind: 'completed', event: decided };
    // Somebody else decided: the timer of a hold, or another run of the same command.
    await this.settleAll(order, attempt, decided);
    return outcomeOf(decided, undefined);
  }

  /** Durable before anything is released. */
  private async fail(
    order: CheckoutOrder,
    attempt: Attempt,
    plan: CheckoutPlan,
    reason: CheckoutFailed['data']['reason'],
  ): Promise<CheckoutEvent> {
    const { decidedBy } = attempt;
    const decided = await this.resolution.decideFailure(decidedBy, [...plan.keys()], reason, order.context);
    await this.settleAll(order, attempt, decided);
    return decided;
  }

  private async settleAll({ context }: CheckoutOrder, attempt: Attempt, decided: CheckoutEvent): Promise<void> {
    const pools = [...attempt.held.keys()];
    await Promise.all(pools.map((pool) => this.resolution.settle(pool, attempt.id, decided, context)));
  }
}

function outcomeOf(decided: CheckoutEvent | undefined, failure: HoldFailure | undefined): AttemptOutcome {
  if (decided?.type === 'CheckoutCompleted') return { kind: 'completed', event: decided };
  return { kind: 'failed', failure, decided: decided !== undefined };
}

type Parts = CheckoutPlan extends ReadonlyMap<string, infer P> ? P : never;

function sumOf(parts: Parts): number {
  return parts.reduce((sum, { count }) => sum + count, 0);
}

/** The held machines of each pool, under the names that they were asked for, in order. */
function sharesOf(plan: CheckoutPlan, { held }: Attempt, lifetime: number | null, at: number): CheckoutShare[] {
  return Array.from(plan, ([pool, parts]): CheckoutShare => {
    const { machines, lifetimeHours } = held.get(pool) ?? { machines: [], lifetimeHours: 0 };
    const names = parts.flatMap(({ requestedAs, count }) => Array<string>(count).fill(requestedAs));
    const vms = machines.map((machine, index) => ({ ...machine, requestedAs: names[index] ?? pool }));
    const hours = lifetime ?? lifetimeHours;
    return { pool, vms, expiresAt: hours > 0 ? at + hours * hourMs : null };
  });
}
