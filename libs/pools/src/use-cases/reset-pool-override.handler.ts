import { refuse } from '#kernel';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ResetPoolOverride } from '../contracts.js';
import { PoolOverrides } from './pool-overrides.js';

@CommandHandler(ResetPoolOverride)
export class ResetPoolOverrideHandler implements ICommandHandler<ResetPoolOverride> {
  constructor(private readonly pools: PoolOverrides) {}

  async execute({ context, pool, setting }: ResetPoolOverride) {
    const unknown = this.pools.unknown([pool]);
    if (unknown !== undefined) return unknown;
    const overrides = await this.pools.look(pool);
    if (overrides === undefined) return refuse('pool-unknown', { pool, pools: [pool] });
    const command = { type: setting === 'size' ? 'reset-size' : 'reset-template', at: context.time } as const;
    const outcome = await this.pools.each(context, [[pool, command]]);
    if (outcome.kind === 'refused') return outcome;
    if (!outcome.answer.changed) return { kind: 'accepted' as const, answer: { before: null } };
    const configured = overrides.settings[setting];
    const { inEffect } = overrides[setting] ?? { inEffect: configured };
    return { kind: 'accepted' as const, answer: { before: { reset: inEffect, overrides: configured } } };
  }
}
