import { StoreUnavailable, type CommandContext } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { hostCalendarStream } from '../host-calendar/host-calendar.aggregate.js';
import { lease, leaseStream } from '../lease/lease.aggregate.js';
import type { LeaseFacts } from '../lease/lease.facts.state.js';
import { heldInOf, leaseOf } from '../lease/lease.looks.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../reservations.settings.js';
import type { Commit } from './allocation/allocation-attempts.js';
import { AllocationRounds, type Prepared } from './allocation/allocation-rounds.js';
import type { Attempt, Held } from './allocation/attempt.js';
import { ChangeAttempts } from './allocation/change-attempts.js';
import { HostPlans } from './allocation/host-plans.js';
import { replacementWish, sharesAfter, type Failure } from './allocation/replacement.policy.js';
import { recognisedContext } from './derived-context.js';

/** `replaced`: by another host; `missing`: there is none; `unconcerned`: it does not have that host (any more), or is over. */
export type Healing = 'replaced' | 'missing' | 'unconcerned';

/** Another host in place of one that failed (contracts/blazar §13). */
@Injectable()
export class ReservationHealing {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly plans: HostPlans,
    private readonly rounds: AllocationRounds,
    private readonly changes: ChangeAttempts,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  /** Throws StoreUnavailable where others hold what could replace it, or an event of the lease runs: to be tried again. */
  async heal(leaseId: string, reservationId: string, hostId: string, context: CommandContext): Promise<Healing> {
    const outcome = await this.rounds.run(context, 0, (number) =>
      this.prepare(leaseId, reservationId, hostId, number, context),
    );
    if (outcome.kind === 'committed') return outcome.answer;
    if (outcome.code === 'lease-unknown') return 'unconcerned';
    throw new StoreUnavailable(`${reservationId} cannot be healed now: ${outcome.code}`);
  }

  private async prepare(
    leaseId: string,
    reservationId: string,
    hostId: string,
    number: number,
    context: CommandContext,
  ): Promise<Prepared<Healing>> {
    const found = await this.executor.look(lease, leaseStream(leaseId), (state) => {
      const there = leaseOf(state);
      return there && { ...there, heldIn: heldInOf(state) };
    });
    const attempt = await this.changes.attempt(context, leaseId, found?.version ?? 0, number);
    const failure = found && failureOf(found.facts, reservationId, hostId, this.world.now());
    if (found === undefined || failure === undefined) return done(attempt, 'unconcerned');
    await this.changes.settleFormer(leaseId, found.heldIn, context);
    const plan = await this.plans.plan([replacementWish(failure)], failure.excluded);
    if (plan.kind === 'waiting') return { kind: 'failed', failure: plan, decided: false };
    const picked = sharesAfter(failure, plan.kind === 'planned' ? plan.picked : new Map());
    const replacement = plan.kind === 'planned' ? ([...plan.picked.values()][0]?.[0]?.shares[0]?.hostId ?? null) : null;
    return {
      attempt,
      wanted: { hosts: [], addresses: [] },
      picked,
      commit: (held, heldIn) => this.commit(attempt, found.version, failure, replacement, held, heldIn, context),
      former: () => Promise.resolve(replacement === null ? 'missing' : 'replaced'),
    };
  }

  private async commit(
    { id, leaseId, decidedBy }: Attempt,
    version: number,
    { reservation, failed, kept }: Failure,
    replacementHostId: string | null,
    held: Held,
    heldIn: readonly string[],
    context: CommandContext,
  ): Promise<Commit<Healing>> {
    // Partitions that are not concerned keep what they gave.
    const elsewhere = kept.filter(({ partition }) => !heldIn.includes(hostCalendarStream(partition)));
    const hosts = [...elsewhere, ...(held.hosts.get(reservation.id) ?? [])];
    const outcome = await this.executor.execute(
      lease,
      decidedBy,
      {
        ...{ type: 'heal', version, leaseId, attempt: id, heldIn, at: this.world.now() },
        ...{ reservationId: reservation.id, failedHostId: failed.hostId, replacementHostId, hosts },
        resourcesChanged: reservation.status === 'active' && replacementHostId !== null,
      },
      recognisedContext(context, `heal\n${id}`),
      (state) => leaseOf(state)?.facts,
    );
    if (outcome.kind === 'refused') return { ...outcome, kind: 'lost' };
    if (outcome.answer !== undefined)
      await this.changes.settleCommitted({ id }, heldIn, outcome.answer, [reservation.id], context);
    return { kind: 'committed', answer: replacementHostId === null ? 'missing' : 'replaced' };
  }
}

function done(attempt: Attempt, answer: Healing): Prepared<Healing> {
  const committed = { kind: 'committed' as const, answer };
  return {
    attempt,
    wanted: { hosts: [], addresses: [] },
    commit: () => Promise.resolve(committed),
    former: () => Promise.resolve(answer),
  };
}

function failureOf(lease: LeaseFacts, reservationId: string, hostId: string, now: number): Failure | undefined {
  const reservation = lease.reservations.find(({ id }) => id === reservationId);
  const failed = reservation?.hosts.find((host) => host.hostId === hostId);
  if (reservation === undefined || failed === undefined) return undefined;
  if (reservation.terms.resourceType === 'virtual:floatingip') return undefined;
  if ((reservation.status !== 'pending' && reservation.status !== 'active') || lease.endsAt <= now) return undefined;
  const kept = reservation.hosts.filter((host) => host !== failed);
  const apart = reservation.terms.resourceType === 'virtual:instance' && reservation.terms.affinity === false;
  return {
    ...{ reservation, terms: reservation.terms, failed, kept },
    window: { from: Math.max(now, lease.startsAt), to: lease.endsAt },
    excluded: new Set((apart ? reservation.hosts : [failed]).map((host) => host.hostId)),
  };
}
