import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { MoveHosts } from '../../contracts.js';
import { ownedBy } from '../../host-aggregates/owned-aggregates.policy.js';
import { AggregateCommands } from '../aggregate-commands.js';
import { derivedContext, freshContext } from '../derived-context.js';

@CommandHandler(MoveHosts)
export class MoveHostsHandler implements ICommandHandler<MoveHosts> {
  constructor(private readonly aggregates: AggregateCommands) {}

  execute({ context, hosts, from, to, deleteFrom }: MoveHosts) {
    const uuid = derivedContext(context, 'aggregate').commandId;
    return this.aggregates.run(
      freshContext(context),
      () => ({ type: 'move-hosts', uuid, hosts, from, to, deleteFrom, at: context.time }),
      (state) => ({
        from: from === null ? null : (ownedBy(state, from)?.id ?? null),
        to: to === null ? null : (ownedBy(state, to.owner)?.id ?? null),
      }),
    );
  }
}
