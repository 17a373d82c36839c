import { refuse } from '#kernel';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OverridePools } from '../contracts.js';
import type { PoolCommand } from '../pool/pool.commands.js';
import { PoolOverrides } from './pool-overrides.js';

@CommandHandler(OverridePools)
export class OverridePoolsHandler implements ICommandHandler<OverridePools> {
  constructor(private readonly pools: PoolOverrides) {}

  async execute({ context, overrides }: OverridePools) {
    const unknown = this.pools.unknown(overrides.values.keys());
    if (unknown !== undefined) return unknown;
    if (overrides.setting === 'size') {
      const wrong = [...overrides.values].find(([, size]) => !Number.isSafeInteger(size) || size < 0);
      if (wrong !== undefined) return refuse('size-invalid', { pool: wrong[0] });
    }
    return this.pools.each(context, commandsOf(overrides, context.time));
  }
}

function commandsOf(overrides: OverridePools['overrides'], at: number): (readonly [string, PoolCommand])[] {
  switch (overrides.setting) {
    case 'size':
      return Array.from(overrides.values, ([pool, size]) => [pool, { type: 'override-size', size, at }]);
    case 'template':
      return Array.from(overrides.values, ([pool, template]) => [pool, { type: 'override-template', template, at }]);
    case 'cloneTarget':
      return Array.from(overrides.values, ([pool, cloneTarget]) => [
        pool,
        { type: 'override-clone-target', cloneTarget, at },
      ]);
  }
}
