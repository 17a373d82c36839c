import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { UpdateAggregate } from '../contracts.js';
import { AggregateCommands } from './aggregate-commands.js';

@CommandHandler(UpdateAggregate)
export class UpdateAggregateHandler implements ICommandHandler<UpdateAggregate> {
  constructor(private readonly aggregates: AggregateCommands) {}

  execute({ context, id, change }: UpdateAggregate) {
    return this.aggregates.change(context, id, (servers) => ({
      type: 'update',
      id,
      ...change,
      servers,
      at: context.time,
    }));
  }
}
