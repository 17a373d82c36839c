import { StoreUnavailable, type CommandContext } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { floatingIps, floatingIpsStream } from '../../floating-ips/floating-ips.aggregate.js';
import { heldAddressesOf } from '../../floating-ips/floating-ips.looks.js';
import { hostCalendar } from '../../host-calendar/host-calendar.aggregate.js';
import { heldBy } from '../../host-calendar/host-calendar.looks.js';
import { lease, leaseIdOf } from '../../lease/lease.aggregate.js';
import type { AttemptDecision } from '../../lease/lease.commands.js';
import type { AttemptFailure } from '../../lease/lease.events.js';
import { decisionOf, heldInOf, lastDecision } from '../../lease/lease.looks.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../../reservations.settings.js';
import { recognisedContext } from '../derived-context.js';

/** An attempt that did not succeed. */
export interface FailedAttempt {
  readonly id: string;
  /** Name of the deciding stream. */
  readonly decidedBy: string;
  /** Streams in which it may hold something. */
  readonly heldIn: readonly string[];
  /** Of a creation: whose aggregates and flavors may be there. */
  readonly reservationIds: readonly string[];
  readonly reason: AttemptFailure;
}

export interface HeldInStream {
  readonly stream: string;
  readonly attempt: string;
  /** Name of the deciding stream. */
  readonly decidedBy: string;
}

/** Brings holds to the end that their deciding stream says (C1, C12). Everything may come twice. */
@Injectable()
export class Settlement {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  /** Undefined: nobody has decided yet. */
  decisionFor(attempt: string, decidedBy: string): Promise<AttemptDecision | undefined> {
    return this.executor.look(lease, decidedBy, (state) => decisionOf(state, attempt));
  }

  /**
   * The same for one stream: where the attempt was committed without this stream, what it holds here was held by an
   * earlier run of the same command, and is not part of the result.
   */
  decisionIn(stream: string, attempt: string, decidedBy: string): Promise<AttemptDecision | undefined> {
    return this.executor.look(lease, decidedBy, (state) => {
      const decision = decisionOf(state, attempt);
      return decision === 'committed' && !heldInOf(state).includes(stream) ? 'abandoned' : decision;
    });
  }

  /** In one stream: confirms what the attempt holds there, or releases it. */
  async settle(stream: string, attempt: string, decision: AttemptDecision, context: CommandContext): Promise<void> {
    const type = decision === 'committed' ? 'confirm-hold' : 'release-hold';
    const command = { type, attempt, at: this.world.now() } as const;
    const its = recognisedContext(context, `${type}\n${attempt}\n${stream}`);
    const outcome =
      stream === floatingIpsStream
        ? await this.executor.execute(floatingIps, stream, command, its)
        : await this.executor.execute(hostCalendar, stream, command, its);
    if (outcome.kind === 'refused') throw new StoreUnavailable(`${stream} refused ${type}: ${outcome.code}`);
  }

  async settleIn(
    streams: readonly string[],
    attempt: string,
    decision: AttemptDecision,
    context: CommandContext,
  ): Promise<void> {
    await Promise.all(streams.map((stream) => this.settle(stream, attempt, decision, context)));
  }

  /** The lease has ended or is gone: what its reservations have or hold in these streams is free. */
  async releaseAll(
    leaseId: string,
    heldIn: readonly string[],
    reservationIds: readonly string[],
    context: CommandContext,
  ): Promise<void> {
    await Promise.all(heldIn.map((stream) => this.release(leaseId, stream, reservationIds, context)));
  }

  private async release(
    leaseId: string,
    stream: string,
    reservationIds: readonly string[],
    context: CommandContext,
  ): Promise<void> {
    const its = recognisedContext(context, `release\n${leaseId}\n${stream}`);
    const released = { leaseId, reservationIds, at: this.world.now() };
    const outcome =
      stream === floatingIpsStream
        ? await this.executor.execute(floatingIps, stream, { type: 'release', ...released }, its)
        : await this.executor.execute(hostCalendar, stream, { type: 'release-allocations', ...released }, its);
    if (outcome.kind === 'refused') throw new StoreUnavailable(`${stream} refused to release: ${outcome.code}`);
  }

  /** Decides that the attempt failed, durable before anything is released; or somebody decided before: how. */
  async decideFailure(failed: FailedAttempt, context: CommandContext): Promise<AttemptDecision> {
    const { id: attempt, decidedBy, heldIn, reservationIds, reason } = failed;
    const leaseId = leaseIdOf(decidedBy);
    if (leaseId === undefined) throw new Error(`${decidedBy} decides no attempt`);
    // A creation is the first attempt of its lease.
    const isChange = await this.executor.look(lease, decidedBy, (state) => lastDecision(state) !== undefined);
    const at = this.world.now();
    const outcome = await this.executor.execute(
      lease,
      decidedBy,
      isChange
        ? { type: 'abandon-change', leaseId, attempt, heldIn, reason, at }
        : { type: 'refuse', leaseId, attempt, heldIn, reservationIds, reason, at },
      recognisedContext(context, `abandon\n${attempt}`),
      (state) => decisionOf(state, attempt),
    );
    if (outcome.kind === 'accepted' && outcome.answer !== undefined) return outcome.answer;
    const decided = await this.decisionFor(attempt, decidedBy);
    if (decided === undefined) throw new StoreUnavailable(`${decidedBy} did not decide ${attempt}`);
    return decided;
  }

  /** Its deadline has passed, and all that is known is what it holds in one stream. */
  async decideLate(hold: HeldInStream, context: CommandContext): Promise<AttemptDecision> {
    const { stream, attempt: id, decidedBy } = hold;
    const held =
      stream === floatingIpsStream
        ? await this.executor.look(floatingIps, stream, (state) => heldAddressesOf(state, id))
        : await this.executor.look(hostCalendar, stream, (state) => heldBy(state, id));
    const reservationIds = (held ?? []).map(({ reservationId }) => reservationId);
    return this.decideFailure({ id, decidedBy, heldIn: [stream], reservationIds, reason: 'deadline' }, context);
  }
}
