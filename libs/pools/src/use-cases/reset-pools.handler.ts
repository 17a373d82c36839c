import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ResetPools, type PoolsOutcome } from '../contracts.js';
import { PoolOverrides } from './pool-overrides.js';

@CommandHandler(ResetPools)
export class ResetPoolsHandler implements ICommandHandler<ResetPools> {
  constructor(private readonly pools: PoolOverrides) {}

  async execute({ context, pools }: ResetPools): Promise<PoolsOutcome<undefined>> {
    const unknown = this.pools.unknown(pools);
    if (unknown !== undefined) return unknown;
    const command = { type: 'reset', at: context.time } as const;
    const outcome = await this.pools.each(
      context,
      [...new Set(pools)].map((pool) => [pool, command]),
    );
    return outcome.kind === 'refused' ? outcome : { kind: 'accepted', answer: undefined };
  }
}
