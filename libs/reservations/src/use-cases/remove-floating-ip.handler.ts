import type { CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RemoveFloatingIp, type ReservationsRefusal } from '../contracts.js';
import { floatingIps, floatingIpsStream } from '../floating-ips/floating-ips.aggregate.js';
import type { UndecidedAddressHold } from '../floating-ips/floating-ips.looks.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../reservations.settings.js';
import { HoldResolution } from './allocation/hold-resolution.js';
import { ownRefusal } from './floating-ip-refusals.js';

/** Decisions about who has the address are waited for so long; then it is busy. */
const mostWaitMs = 10_000;
/** Holds met one after the other. */
const mostHolds = 8;

/** Refused while a reservation has the address, at any time (contracts/blazar §10). */
@CommandHandler(RemoveFloatingIp)
export class RemoveFloatingIpHandler implements ICommandHandler<RemoveFloatingIp> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly resolution: HoldResolution,
    @Inject(RESERVATIONS_WORLD) private readonly world: Pick<ReservationsWorld, 'now'>,
  ) {}

  async execute({ context, id }: RemoveFloatingIp): Promise<CommandOutcome<DomainEvent, ReservationsRefusal>> {
    const until = this.world.now() + mostWaitMs;
    for (let met = 0; ; met += 1) {
      const outcome = await this.remove(id, context);
      if (outcome.kind === 'accepted') return { ...outcome, answer: undefined };
      const { code, facts } = outcome;
      const holds = (facts.holds ?? []) as unknown as readonly UndecidedAddressHold[];
      const waited = code === 'held-by-others' && met < mostHolds && (await this.settled(holds, until, context));
      if (!waited) return ownRefusal(outcome);
    }
  }

  private remove(id: string, context: CommandContext) {
    const command = { type: 'remove', id, at: this.world.now() } as const;
    return this.executor.execute(floatingIps, floatingIpsStream, command, context);
  }

  private settled(holds: readonly UndecidedAddressHold[], until: number, context: CommandContext): Promise<boolean> {
    const all = holds.map(({ attempt, decidedBy, deadline }) => ({
      ...{ stream: floatingIpsStream, attempt, decidedBy, deadline },
    }));
    return this.resolution.untilOneIsSettled(all, until, context);
  }
}
