import { OutcomeUnknown, StoreUnavailable, type CommandContext } from '#kernel';
import { Inject, Injectable } from '@nestjs/common';
import type { AttemptDecision } from '../../lease/lease.commands.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../../reservations.settings.js';
import type { StreamHold } from './attempt.js';
import { AttemptsUnderWay } from './attempts-under-way.js';
import { Settlement } from './settlement.js';

const pollEveryMs = 50;
/** Deciding streams asked in one look around. */
const mostAsked = 16;

/** Waits for what others hold (C11). */
@Injectable()
export class HoldResolution {
  constructor(
    private readonly settlement: Settlement,
    private readonly underWay: AttemptsUnderWay,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  /** Until one of these is decided and settled. False: not until then; a store that does not answer is waited for. */
  async untilOneIsSettled(holds: readonly StreamHold[], until: number, context: CommandContext): Promise<boolean> {
    for (;;) {
      const ends = holds.flatMap(({ attempt }) => this.underWay.endOf(attempt) ?? []);
      const elsewhere = holds.filter(({ attempt }) => this.underWay.endOf(attempt) === undefined);
      for (const hold of elsewhere.slice(0, mostAsked)) {
        if (await this.settledIfDecided(hold, context)) return true;
      }
      const left = until - this.world.now();
      if (left <= 0) return false;
      await this.pause(elsewhere.length > 0 ? Math.min(left, pollEveryMs) : left, ends);
    }
  }

  /** What attempts of this lease hold and have decided is settled: a change begins with what is so. */
  async settleDecided(holds: readonly StreamHold[], context: CommandContext): Promise<void> {
    for (const { stream, attempt, decidedBy } of holds) {
      const decision = await this.settlement.decisionIn(stream, attempt, decidedBy);
      if (decision !== undefined) await this.settlement.settle(stream, attempt, decision, context);
    }
  }

  /** At its deadline: whoever comes first decides that it failed, and it is settled as it is decided. */
  async finish(hold: Omit<StreamHold, 'deadline'>, context: CommandContext): Promise<void> {
    const { stream, attempt, decidedBy } = hold;
    const decision =
      (await this.settlement.decisionIn(stream, attempt, decidedBy)) ??
      (await this.settlement.decideLate(hold, context));
    await this.settlement.settle(stream, attempt, decision, context);
  }

  private async settledIfDecided(hold: StreamHold, context: CommandContext): Promise<boolean> {
    const { stream, attempt } = hold;
    try {
      const decision = await this.decisionIfDue(hold, context);
      if (decision !== undefined) await this.settlement.settle(stream, attempt, decision, context);
      return decision !== undefined;
    } catch (error) {
      if (error instanceof OutcomeUnknown || error instanceof StoreUnavailable) return false;
      throw error;
    }
  }

  private async decisionIfDue(hold: StreamHold, context: CommandContext): Promise<AttemptDecision | undefined> {
    const decided = await this.settlement.decisionIn(hold.stream, hold.attempt, hold.decidedBy);
    if (decided !== undefined || this.world.now() < hold.deadline) return decided;
    return this.settlement.decideLate(hold, context);
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
