import { randomUUID } from 'node:crypto';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CreateAggregate } from '../contracts.js';
import { aggregateFacts } from '../host-aggregates/host-aggregates.decider.js';
import { AggregateCommands } from './aggregate-commands.js';

@CommandHandler(CreateAggregate)
export class CreateAggregateHandler implements ICommandHandler<CreateAggregate> {
  constructor(private readonly aggregates: AggregateCommands) {}

  execute({ context, wanted: { name, availabilityZone } }: CreateAggregate) {
    const uuid = randomUUID();
    return this.aggregates.run(
      context,
      () => ({ type: 'create', uuid, name, availabilityZone, at: context.time }),
      (state) => {
        const id = state.idByName.get(name);
        const facts = id === undefined ? undefined : aggregateFacts(state, id);
        if (facts === undefined) throw new Error(`aggregate ${name} was created and is not there`);
        return facts;
      },
    );
  }
}
