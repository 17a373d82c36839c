import { refuse } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeleteOnDemandRequest, type PoolsOutcome } from '../contracts.js';
import { onDemand } from '../on-demand/on-demand.decider.js';
import { POOLS_SETTINGS, type PoolsSettings } from '../pools.settings.js';
import { OnDemandRequests } from './on-demand-requests.js';

@CommandHandler(DeleteOnDemandRequest)
export class DeleteOnDemandRequestHandler implements ICommandHandler<DeleteOnDemandRequest> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly requests: OnDemandRequests,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
  ) {}

  async execute({
    context,
    requestId,
    toucher,
  }: DeleteOnDemandRequest): Promise<PoolsOutcome<{ readonly alreadyDeleted: boolean }>> {
    const at = context.time;
    const place = await this.requests.find(requestId, at);
    if (place === undefined) return refuse('request-unknown', { requestId });
    const { strictOwnership } = this.settings;
    const command = { type: 'delete', requestId, toucher, strictOwnership, at } as const;
    const outcome = await this.executor.execute(onDemand, place.stream, command, context);
    return outcome.kind === 'refused'
      ? outcome
      : { kind: 'accepted', answer: { alreadyDeleted: outcome.events.length === 0 } };
  }
}
