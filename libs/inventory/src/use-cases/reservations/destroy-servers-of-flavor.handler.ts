import { refuse } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DestroyServersOfFlavor } from '../../contracts.js';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';
import { INVENTORY_CLOCK, type WaitingClock } from '../../inventory.settings.js';
import { freshContext } from '../derived-context.js';
import { HostGuests } from './host-guests.js';

@CommandHandler(DestroyServersOfFlavor)
export class DestroyServersOfFlavorHandler implements ICommandHandler<DestroyServersOfFlavor> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly guests: HostGuests,
    @Inject(INVENTORY_CLOCK) private readonly clock: WaitingClock,
  ) {}

  async execute({ context, uuid, flavorId }: DestroyServersOfFlavor) {
    const host = await this.guests.host(uuid);
    if (host === undefined) return refuse('hypervisor-unknown', { id: uuid });
    const nobodyElse = async () => false;
    const destroyed = await this.guests.clear(host, context, (guest) => guest.flavorId === flavorId, nobodyElse);
    return this.executor.execute(
      hypervisor,
      hypervisorStream(uuid),
      // All of it is told by now.
      { type: 'note-destroyed', guestUuids: [], at: this.clock.now() },
      freshContext(context),
      () => ({ destroyed }),
    );
  }
}
