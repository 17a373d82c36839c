import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { SetAggregateMetadata } from '../contracts.js';
import { AggregateCommands } from './aggregate-commands.js';

@CommandHandler(SetAggregateMetadata)
export class SetAggregateMetadataHandler implements ICommandHandler<SetAggregateMetadata> {
  constructor(private readonly aggregates: AggregateCommands) {}

  execute({ context, id, metadata }: SetAggregateMetadata) {
    return this.aggregates.change(context, id, (servers) => ({
      type: 'set-metadata',
      id,
      metadata: Object.entries(metadata),
      servers,
      at: context.time,
    }));
  }
}
