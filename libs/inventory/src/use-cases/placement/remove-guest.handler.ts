import { CommandExecutor } from '#runtime';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RemoveGuest } from '../../contracts.js';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';

@CommandHandler(RemoveGuest)
export class RemoveGuestHandler implements ICommandHandler<RemoveGuest> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ context, hypervisorUuid, guestUuid }: RemoveGuest) {
    return this.executor.execute(
      hypervisor,
      hypervisorStream(hypervisorUuid),
      { type: 'remove-guest', guestUuid, at: context.time },
      context,
      () => undefined,
    );
  }
}
