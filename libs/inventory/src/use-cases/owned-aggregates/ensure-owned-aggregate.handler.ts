import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EnsureOwnedAggregate } from '../../contracts.js';
import { aggregateFacts } from '../../host-aggregates/host-aggregates.decider.js';
import { ownedBy } from '../../host-aggregates/owned-aggregates.policy.js';
import { AggregateCommands } from '../aggregate-commands.js';
import { derivedContext, freshContext } from '../derived-context.js';

@CommandHandler(EnsureOwnedAggregate)
export class EnsureOwnedAggregateHandler implements ICommandHandler<EnsureOwnedAggregate> {
  constructor(private readonly aggregates: AggregateCommands) {}

  execute({ context, aggregate }: EnsureOwnedAggregate) {
    const uuid = derivedContext(context, 'aggregate').commandId;
    return this.aggregates.run(
      freshContext(context),
      () => ({ type: 'ensure-owned', uuid, aggregate, at: context.time }),
      (state) => {
        const there = ownedBy(state, aggregate.owner);
        const facts = there && aggregateFacts(state, there.id);
        if (facts === undefined) throw new Error(`aggregate ${aggregate.name} was ensured and is not there`);
        return facts;
      },
    );
  }
}
