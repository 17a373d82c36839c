import { OutcomeUnknown, StoreUnavailable, type CommandContext, type Facts } from '#kernel';
import { Injectable } from '@nestjs/common';
import { floatingIpsStream } from '../../floating-ips/floating-ips.aggregate.js';
import { hostCalendarStream } from '../../host-calendar/host-calendar.aggregate.js';
import type { PickedShares } from '../../host-calendar/host-calendar.commands.js';
import type { AttemptDecision } from '../../lease/lease.commands.js';
import type { AttemptFailure } from '../../lease/lease.events.js';
import type { Attempt, Held, HoldFailure, Wanted } from './attempt.js';
import { allHeld } from './attempt.js';
import { AttemptsUnderWay } from './attempts-under-way.js';
import { HoldResolution } from './hold-resolution.js';
import { HostPlans, pickedWishes } from './host-plans.js';
import { Settlement } from './settlement.js';
import { StreamHolds, type StreamWish } from './stream-holds.js';

export type Commit<Answer> =
  | { readonly kind: 'committed'; readonly answer: Answer }
  /** The deciding stream refused. */
  | { readonly kind: 'lost'; readonly code: string; readonly facts: Facts };

/** Everything that one attempt is about. */
export interface Undertaking<Answer> {
  readonly attempt: Attempt;
  readonly wanted: Wanted;
  /** By partition: hosts that were picked before, in place of wishes. */
  readonly picked?: ReadonlyMap<string, readonly PickedShares[]>;
  /** When all is held: one event in the deciding stream, with the whole result. */
  readonly commit: (held: Held, heldIn: readonly string[]) => Promise<Commit<Answer>>;
  /** The result, where another run of the same command has committed this attempt. */
  readonly former: () => Promise<Answer>;
  /** Takes back what was made besides, when it is decided that the attempt failed. */
  readonly undo?: () => Promise<void>;
}

/** Nothing is held any more. `decided`: the log says so, and the next attempt is another one. */
export interface AttemptFailed {
  readonly kind: 'failed';
  readonly failure: HoldFailure;
  readonly decided: boolean;
}

export type AttemptOutcome<Answer> = Commit<Answer> | AttemptFailed;

/** Holds in every stream, then commits in the deciding stream; or fails there, then releases (design §6, C1). */
@Injectable()
export class AllocationAttempts {
  constructor(
    private readonly underWay: AttemptsUnderWay,
    private readonly plans: HostPlans,
    private readonly holds: StreamHolds,
    private readonly resolution: HoldResolution,
    private readonly settlement: Settlement,
  ) {}

  /**
   * `patientUntil` undefined: holds everywhere at once, and gives way to whoever holds what is missing. Else in one
   * stream after the other in ascending order of their names, and waits for others until then without letting go:
   * nobody waits in a circle (C11).
   */
  run<Answer>(
    undertaking: Undertaking<Answer>,
    context: CommandContext,
    patientUntil: number | undefined,
  ): Promise<AttemptOutcome<Answer>> {
    const { attempt } = undertaking;
    return this.underWay.during(attempt.id, async () => {
      try {
        return await this.holdAndDecide(undertaking, context, patientUntil);
      } catch (error) {
        // C3: with an unknown outcome nothing is decided; the holds' timers will.
        if (!(error instanceof OutcomeUnknown) && attempt.held.size > 0)
          await this.fail(undertaking, 'unavailable', context);
        throw error;
      }
    });
  }

  private async holdAndDecide<Answer>(
    undertaking: Undertaking<Answer>,
    context: CommandContext,
    patientUntil: number | undefined,
  ): Promise<AttemptOutcome<Answer>> {
    const { attempt, commit } = undertaking;
    const failure = await this.hold(undertaking, context, patientUntil);
    if (failure !== undefined) {
      const reason = failure.kind === 'short' ? 'short' : failure.kind === 'stale' ? 'changed' : 'waiting';
      const toDecide = attempt.held.size > 0 || failure.kind === 'stale';
      const decision = toDecide ? await this.fail(undertaking, reason, context) : undefined;
      if (decision === 'committed') return { kind: 'committed', answer: await undertaking.former() };
      return { kind: 'failed', failure, decided: toDecide };
    }
    const outcome = await commit(allHeld(attempt), [...attempt.held.keys()]);
    // Somebody else decided, or the lease is another one by now; with nothing held there is nothing to decide.
    if (outcome.kind === 'lost' && attempt.held.size > 0) await this.fail(undertaking, 'changed', context);
    return outcome;
  }

  private async hold(
    { attempt, wanted, picked }: Undertaking<unknown>,
    context: CommandContext,
    patientUntil: number | undefined,
  ): Promise<HoldFailure | undefined> {
    if (context.repeatable && (await this.plans.holdsAlready(attempt))) {
      for (const partition of this.plans.partitions)
        attempt.held.set(hostCalendarStream(partition), { hosts: new Map(), addresses: new Map() });
      return { kind: 'stale', code: 'busy', facts: {} };
    }
    const hosts = picked === undefined ? await this.plans.wishes(wanted.hosts) : pickedWishes(picked);
    if ('kind' in hosts) return hosts;
    const all = new Map(hosts);
    if (wanted.addresses.length > 0) all.set(floatingIpsStream, { kind: 'addresses', wishes: wanted.addresses });
    return patientUntil === undefined
      ? this.holdAtOnce(attempt, all, context)
      : this.holdInTurn(attempt, all, context, patientUntil);
  }

  private async holdAtOnce(
    attempt: Attempt,
    wishes: ReadonlyMap<string, StreamWish>,
    context: CommandContext,
  ): Promise<HoldFailure | undefined> {
    const [only, ...others] = wishes;
    if (only !== undefined && others.length === 0) return this.holds.hold(attempt, only[0], only[1], context);
    const outcomes = await Promise.allSettled(
      Array.from(wishes, ([stream, wish]) => this.holds.hold(attempt, stream, wish, context)),
    );
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    if (errors.length > 0) throw errors.find((error) => !(error instanceof StoreUnavailable)) ?? errors[0];
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? (outcome.value ?? []) : []));
    return failures.find(({ kind }) => kind === 'short') ?? failures[0];
  }

  private async holdInTurn(
    attempt: Attempt,
    wishes: ReadonlyMap<string, StreamWish>,
    context: CommandContext,
    until: number,
  ): Promise<HoldFailure | undefined> {
    const ascending = [...wishes].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [stream, wish] of ascending) {
      for (;;) {
        const failure = await this.holds.hold(attempt, stream, wish, context);
        if (failure === undefined) break;
        if (failure.kind !== 'waiting') return failure;
        if (!(await this.resolution.untilOneIsSettled(failure.holds, until, context))) return failure;
      }
    }
    return undefined;
  }

  /** Durable before anything is released. */
  private async fail(
    { attempt, undo }: Undertaking<unknown>,
    reason: AttemptFailure,
    context: CommandContext,
  ): Promise<AttemptDecision> {
    const { id, decidedBy, reservationIds, held } = attempt;
    const heldIn = [...held.keys()];
    const decision = await this.settlement.decideFailure({ id, decidedBy, heldIn, reservationIds, reason }, context);
    await this.settlement.settleIn(heldIn, id, decision, context);
    if (decision === 'abandoned') await undo?.();
    return decision;
  }
}
