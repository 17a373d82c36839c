import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AddHostToAggregate } from '../contracts.js';
import { INVENTORY_SETTINGS, type InventorySettings } from '../inventory.settings.js';
import { AggregateCommands } from './aggregate-commands.js';
import { HypervisorLookups } from './hypervisor-lookups.js';

@CommandHandler(AddHostToAggregate)
export class AddHostToAggregateHandler implements ICommandHandler<AddHostToAggregate> {
  constructor(
    private readonly aggregates: AggregateCommands,
    private readonly lookups: HypervisorLookups,
    @Inject(INVENTORY_SETTINGS) private readonly settings: InventorySettings,
  ) {}

  async execute({ context, id, host }: AddHostToAggregate) {
    const hostKnown = await this.lookups.isListed(host);
    const { defaultZone } = this.settings;
    return this.aggregates.change(context, id, (servers) => ({
      type: 'add-host',
      id,
      host,
      hostKnown,
      defaultZone,
      servers,
      at: context.time,
    }));
  }
}
