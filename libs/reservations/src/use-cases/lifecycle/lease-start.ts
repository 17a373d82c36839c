import { GrantRegionFlavorAccess } from '#flavors';
import type { CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { hostCalendar, hostCalendarStream } from '../../host-calendar/host-calendar.aggregate.js';
import { reservationsOn } from '../../host-calendar/host-calendar.looks.js';
import type { LeaseFacts, ReservationFacts } from '../../lease/lease.facts.state.js';
import {
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../../reservations.settings.js';
import { HostPartitions } from '../hosts/host-partitions.js';
import { freshContext } from './fresh-context.js';
import { LeaseDecisions } from './lease-decisions.js';
import { done, over, patienceMs, type StepResult, type StepTry } from './lease-step.js';
import { stepDue } from './lease-steps.policy.js';
import { ReservationHosts } from './reservation-hosts.js';

/** Somebody who is moving out is asked again after so long. */
const lookAgainMs = 200;
const lastLeaveMs = 2_000;

/** Why a start has to wait. `leaving`: whoever is in the way is about to end. */
interface Wait {
  readonly leaseIds: readonly string[];
  readonly leaving: boolean;
}

/** start_lease: hosts are taken and go from the free pool to the reservation's aggregate; or everything is put back. */
@Injectable()
export class LeaseStart {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly commands: CommandBus,
    private readonly decisions: LeaseDecisions,
    private readonly hosts: HostPartitions,
    private readonly reservationHosts: ReservationHosts,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  /** `inTheWay`: leases that are to end first; nobody waits for them here. */
  async try(
    { lease, context, waitedMs }: StepTry,
    inTheWay: (leaseIds: readonly string[]) => void,
  ): Promise<StepResult> {
    const begun = await this.decisions.decide(lease.id, { type: 'begin-start' }, context);
    if (begun === undefined) return over;
    if (begun.lease?.status !== 'STARTING') return done;
    const starting = begun.lease;
    const wait = (await this.predecessors(starting)) ?? (await this.take(starting, context));
    if (wait === undefined) return this.complete(starting, context);
    if (wait === 'lost') return this.fail(starting, 'a host is not reservable any more', context);
    inTheWay(wait.leaseIds);
    if (waitedMs < this.patienceMs(wait)) return { kind: 'again', afterMs: lookAgainMs };
    return this.fail(starting, 'a host is not vacant', context);
  }

  /** Everything of the reservations is where it was before; what of it fails is seen to by the check of occupied hosts. */
  async putBack(lease: LeaseFacts, context: CommandContext): Promise<void> {
    await Promise.all(
      lease.reservations.map(({ id, terms, hosts }) => {
        if (terms.resourceType === 'virtual:floatingip') return Promise.resolve();
        const services = hosts.map(({ serviceName }) => serviceName);
        const uuids = hosts.map(({ hypervisorUuid }) => hypervisorUuid);
        return terms.resourceType === 'physical:host'
          ? this.reservationHosts.leave(id, uuids, context)
          : this.reservationHosts.part(id, services, context);
      }),
    );
  }

  /** Hosts that came to a lease that has begun. Undefined: all have moved in. */
  async moveIn(lease: LeaseFacts, context: CommandContext): Promise<Wait | 'lost' | undefined> {
    const wait = await this.take(lease, context);
    if (wait === undefined) await this.join(lease, context);
    return wait;
  }

  /** Whoever leaves with its last try has left in time. */
  private patienceMs({ leaving }: Wait): number {
    const { eventMaxRetries } = this.settings;
    return leaving ? patienceMs(Math.max(eventMaxRetries, 1)) + lastLeaveMs : patienceMs(eventMaxRetries);
  }

  /** Leases before this one that have not left its hosts yet, in the calendar's account. */
  private async predecessors(lease: LeaseFacts): Promise<Wait | undefined> {
    const wanted = wholeHosts(lease).flatMap(({ hosts }) => hosts);
    const found = new Set<string>();
    for (const partition of new Set(wanted.map((host) => host.partition))) {
      const hostIds = wanted.filter((host) => host.partition === partition).map(({ hostId }) => hostId);
      const before = await this.executor.look(hostCalendar, hostCalendarStream(partition), (state) =>
        hostIds.flatMap((hostId) => reservationsOn(state, hostId).filter(({ to }) => to <= lease.startsAt)),
      );
      for (const { leaseId } of before) if (leaseId !== lease.id) found.add(leaseId);
    }
    return found.size === 0 ? undefined : { leaseIds: [...found], leaving: true };
  }

  private async take(lease: LeaseFacts, context: CommandContext): Promise<Wait | 'lost' | undefined> {
    const takes = wholeHosts(lease).map((reservation) => this.reservationHosts.take(lease.id, reservation, context));
    const missing = (await Promise.all(takes)).flat().filter((each) => each !== 'taken');
    if (missing.some(({ kind }) => kind === 'lost')) return 'lost';
    if (missing.length === 0) return undefined;
    const cards = await Promise.all(missing.map(({ uuid }) => this.hosts.card(uuid)));
    const leaseIds = [...new Set(cards.flatMap((card) => card?.use.takenBy?.leaseId ?? []))];
    const others = await Promise.all(leaseIds.map((leaseId) => this.decisions.look(leaseId)));
    const leaving = others.every((other) => other === undefined || isLeaving(other, this.world.now()));
    return { leaseIds, leaving: leaving && leaseIds.length > 0 };
  }

  private async complete(lease: LeaseFacts, context: CommandContext): Promise<StepResult> {
    const aggregates = await this.join(lease, context);
    const started = await this.decisions.decide(lease.id, { type: 'complete-start', aggregates }, context);
    if (started !== undefined) return done;
    // Another server was faster, and it failed or has ended again.
    const now = await this.decisions.look(lease.id);
    if (now?.status !== 'ACTIVE') await this.putBack(lease, context);
    return over;
  }

  /** Aggregates of the reservations for hosts, and the use of their flavors. */
  private async join(lease: LeaseFacts, context: CommandContext) {
    const withHosts = lease.reservations.filter(({ terms }) => terms.resourceType !== 'virtual:floatingip');
    return Promise.all(
      withHosts.map(async (reservation) => {
        if (reservation.means !== null) await this.grant(reservation.means.flavorId, lease.projectId, context);
        const aggregateId = await this.reservationHosts.join(lease, reservation, context);
        return { reservationId: reservation.id, aggregateId };
      }),
    );
  }

  /** Without its flavor nobody can boot, but the hosts are the reservation's all the same. */
  private async grant(flavorId: string, projectId: string, context: CommandContext): Promise<void> {
    const its = freshContext(context, this.world);
    const outcome: CommandOutcome<DomainEvent, string, unknown> = await this.commands.execute(
      new GrantRegionFlavorAccess(its, flavorId, projectId),
    );
    if (outcome.kind === 'refused' && outcome.code === 'busy') throw new Error(`flavor ${flavorId} is busy`);
  }

  /** Durable before anything is put back: whoever is late with the start finds that it failed. */
  private async fail(lease: LeaseFacts, reason: string, context: CommandContext): Promise<StepResult> {
    const ids = lease.reservations.map(({ id }) => id);
    const failed = await this.decisions.decide(lease.id, { type: 'fail-start', reservationIds: ids, reason }, context);
    if (failed === undefined) return over;
    await this.putBack(lease, context);
    return done;
  }
}

function wholeHosts(lease: LeaseFacts): readonly ReservationFacts[] {
  return lease.reservations.filter(({ terms }) => terms.resourceType === 'physical:host');
}

function isLeaving(lease: LeaseFacts, now: number): boolean {
  const step = stepDue(lease, now);
  return step === 'end' || step === 'delete';
}
