import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DiscoverHypervisors } from '../../contracts.js';
import { Discovery, type Round } from './discovery.js';

@CommandHandler(DiscoverHypervisors)
export class DiscoverHypervisorsHandler implements ICommandHandler<DiscoverHypervisors> {
  constructor(private readonly discovery: Discovery) {}

  execute({ context }: DiscoverHypervisors): Promise<Round> {
    return this.discovery.round(context);
  }
}
