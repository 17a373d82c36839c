import { CommandExecutor } from '#runtime';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { TakeHost } from '../../contracts.js';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';
import { freshContext } from '../derived-context.js';

@CommandHandler(TakeHost)
export class TakeHostHandler implements ICommandHandler<TakeHost> {
  constructor(private readonly executor: CommandExecutor) {}

  execute({ context, uuid, leaseId, reservationId }: TakeHost) {
    return this.executor.execute(
      hypervisor,
      hypervisorStream(uuid),
      { type: 'take', uuid, leaseId, reservationId, at: context.time },
      freshContext(context),
      (state) => ({ fencingToken: state?.takenBy?.fencingToken ?? 0 }),
    );
  }
}
