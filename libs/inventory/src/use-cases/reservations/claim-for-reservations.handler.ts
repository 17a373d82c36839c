import type { CommandContext } from '#kernel';
import { CommandExecutor } from '#runtime';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ClaimForReservations } from '../../contracts.js';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';
import { freshContext } from '../derived-context.js';
import { HostGuests } from './host-guests.js';
import { cardOf, HypervisorCards } from './hypervisor-cards.js';

/**
 * Asks the host itself as well: servers that no listing has brought yet would be destroyed with the first lease. One
 * that does not answer is claimed as its stream knows it.
 */
@CommandHandler(ClaimForReservations)
export class ClaimForReservationsHandler implements ICommandHandler<ClaimForReservations> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly guests: HostGuests,
    private readonly cards: HypervisorCards,
  ) {}

  async execute({ context, uuid, partition }: ClaimForReservations) {
    const stream = hypervisorStream(uuid);
    const host = await this.executor.look(hypervisor, stream, (state) => state?.service.host ?? null);
    const zone = host === null ? null : await this.cards.zone(host);
    const running = await this.running(uuid, context).catch(() => null);
    return this.executor.execute(
      hypervisor,
      stream,
      { type: 'claim', uuid, partition, running, at: context.time },
      freshContext(context),
      (state) => {
        const card = cardOf(state, zone);
        if (card === undefined) throw new Error(`hypervisor ${uuid} was claimed and is not there`);
        return card;
      },
    );
  }

  private async running(uuid: string, context: CommandContext): Promise<readonly string[] | null> {
    const host = await this.guests.host(uuid);
    if (host === undefined) return null;
    const { guests } = await this.guests.list(host, context);
    return guests.map((guest) => guest.uuid);
  }
}
