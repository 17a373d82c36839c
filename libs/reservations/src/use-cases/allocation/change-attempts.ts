import { OutcomeUnknown, StoreUnavailable, type CommandContext } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { floatingIps, floatingIpsStream } from '../../floating-ips/floating-ips.aggregate.js';
import { undecidedHolds as undecidedAddressHolds } from '../../floating-ips/floating-ips.looks.js';
import { hostCalendar } from '../../host-calendar/host-calendar.aggregate.js';
import { undecidedHolds } from '../../host-calendar/host-calendar.looks.js';
import { leaseStream } from '../../lease/lease.aggregate.js';
import type { LeaseFacts } from '../../lease/lease.facts.state.js';
import {
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../../reservations.settings.js';
import { derivedId } from '../derived-ids.js';
import type { Attempt, StreamHold } from './attempt.js';
import { HoldResolution } from './hold-resolution.js';
import { InstanceOutfitter } from './instance-outfitter.js';
import { Settlement } from './settlement.js';

/** What changes of a lease have in common with its healing: what is before the holds, and behind the commit. */
@Injectable()
export class ChangeAttempts {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly settlement: Settlement,
    private readonly resolution: HoldResolution,
    private readonly outfitter: InstanceOutfitter,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  /** One for each version of the lease that it was prepared on, so that nothing held for another one is taken for it. */
  async attempt(context: CommandContext, leaseId: string, version: number, number: number): Promise<Attempt> {
    const decidedBy = leaseStream(leaseId);
    const idOf = (each: number): string =>
      derivedId(context.commandId, `change\n${leaseId}\n${String(version)}\n${String(each)}`);
    let free = number;
    // An earlier run of the same command may have failed on this version.
    while (context.repeatable && (await this.settlement.decisionFor(idOf(free), decidedBy)) !== undefined) free += 1;
    const deadline = this.world.now() + this.settings.holdMs;
    return { id: idOf(free), leaseId, decidedBy, deadline, reservationIds: [], held: new Map() };
  }

  /** Confirms what the lease got by former attempts, and lets go of what these held in vain (C12). */
  async settleFormer(leaseId: string, heldIn: readonly string[], context: CommandContext): Promise<void> {
    const holds = await Promise.all(heldIn.map((stream) => this.holdsOf(leaseId, stream)));
    await this.resolution.settleDecided(holds.flat(), context);
  }

  /** At once, so that what a change gives back is free when it is answered. What fails here is done by the saga. */
  async settleCommitted(
    { id }: Pick<Attempt, 'id'>,
    heldIn: readonly string[],
    facts: LeaseFacts,
    reservationIds: readonly string[],
    context: CommandContext,
  ): Promise<void> {
    try {
      await this.settlement.settleIn(heldIn, id, 'committed', context);
      await this.outfitter.alignAll(facts, reservationIds, context);
    } catch (error) {
      if (!(error instanceof StoreUnavailable || error instanceof OutcomeUnknown)) throw error;
    }
  }

  private async holdsOf(leaseId: string, stream: string): Promise<readonly StreamHold[]> {
    const holds =
      stream === floatingIpsStream
        ? await this.executor.look(floatingIps, stream, undecidedAddressHolds)
        : await this.executor.look(hostCalendar, stream, undecidedHolds);
    return holds
      .filter((hold) => hold.leaseId === leaseId)
      .map(({ attempt, decidedBy, deadline }) => ({ stream, attempt, decidedBy, deadline }));
  }
}
