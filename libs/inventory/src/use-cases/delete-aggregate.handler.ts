import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeleteAggregate } from '../contracts.js';
import { AggregateCommands } from './aggregate-commands.js';

@CommandHandler(DeleteAggregate)
export class DeleteAggregateHandler implements ICommandHandler<DeleteAggregate> {
  constructor(private readonly aggregates: AggregateCommands) {}

  execute({ context, id }: DeleteAggregate) {
    return this.aggregates.run(
      context,
      () => ({ type: 'delete', id, at: context.time }),
      () => undefined,
    );
  }
}
