import { refuse, type CommandContext, type Refused } from '#kernel';
import { Inject, Injectable } from '@nestjs/common';
import {
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../../reservations.settings.js';
import { AllocationAttempts, type AttemptFailed, type Undertaking } from './allocation-attempts.js';
import type { Shortage, StreamHold } from './attempt.js';
import { HoldResolution } from './hold-resolution.js';
import type { LeaseRefused } from './lease-outcome.js';

/** Others are waited for so long at most; then what they have counts as taken. */
const mostWaitMs = 10_000;
/** Tries of one command, each behind another's decision or on another version of the lease. */
const mostRounds = 32;

/** Refusals of a deciding stream after which the same may succeed as another attempt. */
const overtaken: ReadonlySet<string> = new Set(['lease-changed', 'attempt-abandoned']);

export type RoundsOutcome<Answer> =
  | { readonly kind: 'committed'; readonly answer: Answer }
  /** `waiting`: others hold what is missing, and have not decided in time. */
  | (LeaseRefused & { readonly waiting: boolean });

/** What to try next, or why there is nothing to try: for good (a refusal), or as things are. */
export type Prepared<Answer> = Undertaking<Answer> | Refused | AttemptFailed;

/** Tries until it is decided for good. */
@Injectable()
export class AllocationRounds {
  private readonly waitMs: number;

  constructor(
    private readonly attempts: AllocationAttempts,
    private readonly resolution: HoldResolution,
    @Inject(RESERVATIONS_SETTINGS) settings: ReservationsSettings,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {
    this.waitMs = Math.min(mostWaitMs, settings.holdMs / 2);
  }

  /** `prepare` is asked anew for each attempt; `number` is raised whenever one was decided. */
  async run<Answer>(
    context: CommandContext,
    first: number,
    prepare: (number: number) => Prepared<Answer> | Promise<Prepared<Answer>>,
  ): Promise<RoundsOutcome<Answer>> {
    const until = this.world.now() + this.waitMs;
    let number = first;
    let waitFor: readonly StreamHold[] = [];
    let inTurn = false;
    let last: Shortage = { code: 'busy', facts: {} };
    for (let round = 0; round < mostRounds; round += 1) {
      if (waitFor.length > 0) {
        if (!(await this.resolution.untilOneIsSettled(waitFor, until, context))) return refused(last, true);
        inTurn = true;
        waitFor = [];
      }
      const prepared = await prepare(number);
      if ('code' in prepared) return refused(prepared, false);
      const patientUntil = inTurn ? until : undefined;
      const outcome = 'attempt' in prepared ? await this.attempts.run(prepared, context, patientUntil) : prepared;
      if (outcome.kind === 'committed') return outcome;
      if (outcome.kind === 'lost') {
        if (!overtaken.has(outcome.code)) return refused(outcome, false);
        last = { code: 'busy', facts: outcome.facts };
        number += 1;
        continue;
      }
      const { failure, decided } = outcome;
      if (failure.kind === 'short') return refused(failure, false);
      last = failure;
      if (failure.kind === 'waiting') waitFor = failure.holds;
      if (decided) number += 1;
    }
    return refused(last, false);
  }
}

/** Only what the door knows is left when it comes to an end. */
function refused({ code, facts }: Shortage, waiting: boolean): LeaseRefused & { readonly waiting: boolean } {
  return { ...refuse(code as LeaseRefused['code'], facts), waiting };
}
