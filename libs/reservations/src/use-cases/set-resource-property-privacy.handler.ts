import type { CommandOutcome, DomainEvent } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { SetResourcePropertyPrivacy, type ReservationsRefusal, type ResourcePropertyFacts } from '../contracts.js';
import {
  propertyOf,
  resourceProperties,
  resourcePropertiesStream,
} from '../resource-properties/resource-properties.aggregate.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../reservations.settings.js';

@CommandHandler(SetResourcePropertyPrivacy)
export class SetResourcePropertyPrivacyHandler implements ICommandHandler<SetResourcePropertyPrivacy> {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  execute({
    context,
    name,
    isPrivate,
  }: SetResourcePropertyPrivacy): Promise<CommandOutcome<DomainEvent, ReservationsRefusal, ResourcePropertyFacts>> {
    return this.executor.execute(
      resourceProperties,
      resourcePropertiesStream,
      { type: 'set-privacy', name, private: isPrivate, at: this.world.now() },
      context,
      (state) => {
        const facts = propertyOf(state, name);
        if (facts === undefined) throw new Error(`the resource property ${name} was changed and is not there`);
        return facts;
      },
    );
  }
}
