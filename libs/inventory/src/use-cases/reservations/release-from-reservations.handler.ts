import { CommandExecutor } from '#runtime';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ReleaseFromReservations } from '../../contracts.js';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';
import { freshContext } from '../derived-context.js';

@CommandHandler(ReleaseFromReservations)
export class ReleaseFromReservationsHandler implements ICommandHandler<ReleaseFromReservations> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ context, uuid }: ReleaseFromReservations) {
    return this.executor.execute(
      hypervisor,
      hypervisorStream(uuid),
      { type: 'release', uuid, at: context.time },
      freshContext(context),
      () => undefined,
    );
  }
}
