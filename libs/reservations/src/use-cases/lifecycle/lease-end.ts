import { DestroyServersOfFlavor } from '#inventory';
import type { CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import { ProviderError } from '#providers';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { LeaseEvent } from '../../lease/lease.events.js';
import type { LeaseFacts, ReservationFacts } from '../../lease/lease.facts.state.js';
import {
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../../reservations.settings.js';
import { InstanceOutfitter } from '../allocation/instance-outfitter.js';
import { Settlement } from '../allocation/settlement.js';
import { LeaseFilters } from '../enforcement/lease-filters.js';
import { accepted } from './accepted.js';
import { freshContext } from './fresh-context.js';
import { LeaseDecisions } from './lease-decisions.js';
import { done, over, providerAgain, type StepResult, type StepTry } from './lease-step.js';
import { all, ReservationHosts } from './reservation-hosts.js';

interface Failure {
  readonly reservationId: string;
  readonly error: ProviderError;
}

/** end_lease, and the deletion of what has begun: servers removed, hosts vacant and in the free pool, nothing allocated. */
@Injectable()
export class LeaseEnd {
  constructor(
    private readonly commands: CommandBus,
    private readonly decisions: LeaseDecisions,
    private readonly reservationHosts: ReservationHosts,
    private readonly outfitter: InstanceOutfitter,
    private readonly settlement: Settlement,
    private readonly filters: LeaseFilters,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  async end(its: StepTry): Promise<StepResult> {
    const {
      lease: { id: leaseId },
      context,
      tries,
    } = its;
    const begun = await this.decisions.decide(leaseId, { type: 'begin-end' }, context);
    if (begun === undefined) return over;
    if (begun.lease !== undefined && tries === 0) await this.tell(begun.lease);
    if (begun.lease?.status !== 'TERMINATING') return this.released(begun.events, begun.lease, context);
    const failures = await this.clear(begun.lease, context);
    const again = this.again(failures, its);
    if (again !== undefined) return again;
    const ended = await this.decisions.decide(
      leaseId,
      failures.length === 0 ? { type: 'complete-end' } : { type: 'fail-end', ...described(failures) },
      context,
    );
    return ended === undefined ? over : this.released(ended.events, ended.lease ?? begun.lease, context);
  }

  /** It is under way already. */
  async delete(its: StepTry): Promise<StepResult> {
    const { lease, context, tries } = its;
    const { id: leaseId } = lease;
    if (tries === 0) await this.tell(lease);
    const failures = await this.clear(lease, context);
    const again = this.again(failures, its);
    if (again !== undefined) return again;
    const deleted = await this.decisions.decide(
      leaseId,
      failures.length === 0 ? { type: 'complete-deletion' } : { type: 'fail-deletion', ...described(failures) },
      context,
    );
    return deleted === undefined ? over : this.released(deleted.events, lease, context);
  }

  /** Those who want to know of it; that they could not be told changes nothing. */
  async tell(lease: LeaseFacts): Promise<void> {
    await this.filters.onEnd({ userId: lease.userId, projectId: lease.projectId }, lease);
  }

  /** What was allocated to a lease that is over is free, at once. */
  async released(
    events: readonly LeaseEvent[],
    lease: LeaseFacts | undefined,
    context: CommandContext,
  ): Promise<StepResult> {
    for (const event of events) {
      if (event.type !== 'LeaseEnded' && event.type !== 'LeaseEndFailed' && event.type !== 'LeaseDeleted') continue;
      const ids =
        event.type === 'LeaseDeleted' ? event.data.reservationIds : (lease?.reservations ?? []).map(({ id }) => id);
      await this.settlement.releaseAll(event.data.leaseId, event.data.heldIn, ids, context);
    }
    return done;
  }

  private again(failures: readonly Failure[], its: StepTry): StepResult | undefined {
    if (failures.length === 0 || failures.some(({ error }) => error.kind === 'permanent')) return undefined;
    return providerAgain(its, this.settings.eventMaxRetries);
  }

  /** Each reservation as far as it goes; what did not go. Throws StoreUnavailable. */
  private async clear(lease: LeaseFacts, context: CommandContext): Promise<readonly Failure[]> {
    const failures: Failure[] = [];
    await all(
      lease.reservations.map((reservation) =>
        this.clearOne(reservation, context).catch((error: unknown) => {
          if (!(error instanceof ProviderError)) throw error;
          failures.push({ reservationId: reservation.id, error });
        }),
      ),
    );
    return failures;
  }

  private async clearOne({ id, terms, hosts, status }: ReservationFacts, context: CommandContext): Promise<void> {
    if (status === 'deleted' || terms.resourceType === 'virtual:floatingip') return;
    const uuids = hosts.map(({ hypervisorUuid }) => hypervisorUuid);
    if (terms.resourceType === 'physical:host') return this.reservationHosts.leave(id, uuids, context);
    const outcomes = await Promise.allSettled(uuids.map((uuid) => this.destroyServers(uuid, id, context)));
    await this.outfitter.remove([id], freshContext(context, this.world));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  private async destroyServers(uuid: string, flavorId: string, context: CommandContext): Promise<void> {
    const its = freshContext(context, this.world);
    const outcome: CommandOutcome<DomainEvent, string, unknown> = await this.commands.execute(
      new DestroyServersOfFlavor(its, uuid, flavorId),
    );
    // A hypervisor that has vanished runs nothing that anybody could destroy.
    if (outcome.kind === 'refused' && outcome.code === 'hypervisor-unknown') return;
    accepted(outcome, `hypervisor ${uuid}`);
  }
}

function described(failures: readonly Failure[]) {
  const reservationIds = failures.map(({ reservationId }) => reservationId);
  return { reservationIds, reason: failures.map(({ error }) => error.message).join('; ') };
}
