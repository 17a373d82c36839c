import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeleteOwnedAggregate } from '../../contracts.js';
import { AggregateCommands } from '../aggregate-commands.js';
import { freshContext } from '../derived-context.js';

@CommandHandler(DeleteOwnedAggregate)
export class DeleteOwnedAggregateHandler implements ICommandHandler<DeleteOwnedAggregate> {
  constructor(private readonly aggregates: AggregateCommands) {}

  execute({ context, owner }: DeleteOwnedAggregate) {
    return this.aggregates.run(
      freshContext(context),
      () => ({ type: 'delete-owned', owner, at: context.time }),
      () => undefined,
    );
  }
}
