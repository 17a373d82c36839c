import { StoreUnavailable, type CommandContext } from '#kernel';
import { ProviderError } from '#providers';
import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import type { LeaseFacts } from '../../lease/lease.facts.state.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../../reservations.settings.js';
import { freshContext } from './fresh-context.js';
import { Lanes } from './lanes.js';
import { LeaseAnnouncement } from './lease-announcement.js';
import { LeaseDecisions } from './lease-decisions.js';
import { LeaseEnd } from './lease-end.js';
import { LeaseStart } from './lease-start.js';
import { Pauses } from './pauses.js';
import { ReservationHosts } from './reservation-hosts.js';
import type { StepResult, StepTry } from './lease-step.js';
import { stepDue, type LeaseStep } from './lease-steps.policy.js';

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/**
 * Carries out what is due for leases, in order start, before end, end, until nothing is. May be called at any time,
 * twice, late, by two servers: the lease's stream says what is due, and whatever is so already is left as it is.
 */
@Injectable()
export class LeaseLifecycle implements OnModuleDestroy {
  private readonly lanes = new Lanes();
  /** Asked for and not begun, by lease: whoever asks again joins them. */
  private readonly waiting = new Map<string, Promise<void>>();
  private readonly pauses: Pauses;
  private readonly logger = new Logger('Reservations');

  constructor(
    private readonly decisions: LeaseDecisions,
    private readonly start: LeaseStart,
    private readonly announcement: LeaseAnnouncement,
    private readonly end: LeaseEnd,
    private readonly hosts: ReservationHosts,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {
    this.pauses = new Pauses(world);
  }

  /** Nothing is begun any more; what waits gives up, and goes on after the next start. */
  onModuleDestroy(): void {
    this.pauses.stop();
  }

  /** Fulfilled when nothing is due any more. Throws StoreUnavailable: to be tried again. */
  advance(leaseId: string, context: CommandContext): Promise<void> {
    const joined = this.waiting.get(leaseId);
    if (joined !== undefined) return joined;
    const state = { begun: false };
    const work = this.lanes.run(leaseId, () => {
      state.begun = true;
      this.waiting.delete(leaseId);
      return this.carryOut(leaseId, context);
    });
    // What is under way already may not see what whoever asks now has seen.
    if (!state.begun) this.waiting.set(leaseId, work);
    return work;
  }

  /** For so long at most; then it goes on without anybody waiting, and is tried again should it fail. */
  async advanceWithin(leaseId: string, ms: number, context: CommandContext): Promise<void> {
    const state = { left: false };
    const work = this.advance(leaseId, context).catch((error: unknown) => {
      if (!state.left) throw error;
      this.again(leaseId, firstRetryMs, context, error);
    });
    const pause = this.pauses.begin(ms);
    const leave = pause.ended.then(() => {
      state.left = true;
    });
    await Promise.race([work, leave]).finally(() => {
      pause.cancel();
    });
  }

  /** Until what is under way here for a lease is over, for so long at most. False: nothing was, or it still is. */
  async stepsOver(leaseId: string, ms: number): Promise<boolean> {
    const end = this.lanes.endOf(leaseId);
    if (end === undefined) return false;
    const pause = this.pauses.begin(ms);
    const over = await Promise.race([end.then(() => true), pause.ended.then(() => false)]);
    pause.cancel();
    return over;
  }

  /**
   * The hosts of a lease that has begun are others than before: those that came move in, as soon as they are vacant; the
   * one that failed is left, as far as that goes now.
   */
  async align(
    leaseId: string,
    left: { readonly reservationId: string; readonly uuid: string } | undefined,
    context: CommandContext,
  ): Promise<void> {
    if (left !== undefined) await this.leave(leaseId, left.reservationId, left.uuid, context).catch(ofProviders);
    const waits = await this.lanes.run(leaseId, async () => {
      const lease = await this.decisions.look(leaseId);
      return lease?.status === 'ACTIVE' && (await this.start.moveIn(lease, context)) !== undefined;
    });
    if (!waits) return;
    void this.pauses.begin(firstRetryMs).ended.then((ended) => {
      if (!ended) return;
      this.align(leaseId, undefined, context).catch((error: unknown) => {
        this.logger.warn(`hosts of lease ${leaseId} did not move in: ${String(error)}`);
      });
    });
  }

  /** A reservation leaves a host, unless it should be there. Throws ProviderError. */
  leave(leaseId: string, reservationId: string, uuid: string, context: CommandContext): Promise<void> {
    return this.lanes.run(leaseId, async () => {
      const lease = await this.decisions.look(leaseId);
      if (lease !== undefined && belongsThere(lease, reservationId, uuid)) return;
      await this.hosts.leave(reservationId, [uuid], context, lease?.status !== 'ACTIVE');
    });
  }

  private async carryOut(leaseId: string, context: CommandContext): Promise<void> {
    let last: { readonly step: LeaseStep; readonly result: StepResult } | undefined;
    let tries = 0;
    let waitedMs = 0;
    for (;;) {
      if (this.pauses.stopped) throw new StoreUnavailable('the server is stopping');
      const lease = await this.decisions.look(leaseId);
      const step = lease && stepDue(lease, this.world.now());
      if (lease === undefined || step === undefined) return;
      if (last?.step !== step) [tries, waitedMs] = [0, 0];
      else if (last.result.kind === 'done') throw new StoreUnavailable(`${step} of lease ${leaseId} is due again`);
      const result = await this.try(step, { lease, context: freshContext(context, this.world), tries, waitedMs });
      if (result.kind === 'over') return;
      last = { step, result };
      if (result.kind === 'done') continue;
      tries += 1;
      waitedMs += result.afterMs;
      await this.pauses.begin(result.afterMs).ended;
    }
  }

  private try(step: LeaseStep, its: StepTry): Promise<StepResult> {
    switch (step) {
      case 'start':
        return this.start.try(its, (leaseIds) => {
          // Their own timers may be late: whoever ends first leaves first.
          for (const leaseId of leaseIds) this.advance(leaseId, its.context).catch(() => undefined);
        });
      case 'announce':
        return this.announcement.try(its);
      case 'end':
        return this.end.end(its);
      case 'delete':
        return this.end.delete(its);
    }
  }

  private again(leaseId: string, afterMs: number, context: CommandContext, error: unknown): void {
    this.logger.warn(`lease ${leaseId} is gone on with in ${String(afterMs / 1000)} s: ${String(error)}`);
    void this.pauses.begin(afterMs).ended.then((ended) => {
      if (!ended) return;
      this.advance(leaseId, context).catch((failure: unknown) => {
        this.again(leaseId, Math.min(afterMs * 2, longestRetryMs), context, failure);
      });
    });
  }
}

/** Also while it is being let in or out: whoever does that sees to it. */
function belongsThere(lease: LeaseFacts, reservationId: string, uuid: string): boolean {
  if (lease.status === 'STARTING' || lease.status === 'TERMINATING' || lease.status === 'DELETING') return true;
  const reservation = lease.reservations.find(({ id }) => id === reservationId);
  return (
    lease.status === 'ACTIVE' &&
    reservation?.status === 'active' &&
    reservation.hosts.some(({ hypervisorUuid }) => hypervisorUuid === uuid)
  );
}

function ofProviders(error: unknown): void {
  // The check of occupied hosts comes back to it.
  if (!(error instanceof ProviderError)) throw error;
}
