import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { RemoveHostFromAggregate } from '../contracts.js';
import { INVENTORY_SETTINGS, type InventorySettings } from '../inventory.settings.js';
import { AggregateCommands } from './aggregate-commands.js';
import { HypervisorLookups } from './hypervisor-lookups.js';

@CommandHandler(RemoveHostFromAggregate)
export class RemoveHostFromAggregateHandler implements ICommandHandler<RemoveHostFromAggregate> {
  constructor(
    private readonly aggregates: AggregateCommands,
    private readonly lookups: HypervisorLookups,
    @Inject(INVENTORY_SETTINGS) private readonly settings: InventorySettings,
  ) {}

  async execute({ context, id, host }: RemoveHostFromAggregate) {
    const hostKnown = await this.lookups.wasEverListed(host);
    const { defaultZone } = this.settings;
    return this.aggregates.change(context, id, (servers) => ({
      type: 'remove-host',
      id,
      host,
      hostKnown,
      defaultZone,
      servers,
      at: context.time,
    }));
  }
}
