import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CheckHeartbeats } from '../../contracts.js';
import { Heartbeats } from './heartbeats.js';

@CommandHandler(CheckHeartbeats)
export class CheckHeartbeatsHandler implements ICommandHandler<CheckHeartbeats> {
  constructor(private readonly heartbeats: Heartbeats) {}

  async execute({ context }: CheckHeartbeats): Promise<{ readonly events: number }> {
    return { events: await this.heartbeats.check(context) };
  }
}
