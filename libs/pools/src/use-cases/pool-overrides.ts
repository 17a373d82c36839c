import { refuse, type CommandContext, type Refused, type RuntimeRefusal } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Injectable } from '@nestjs/common';
import type { PoolsOutcome, PoolsRefusal } from '../contracts.js';
import { pool as poolAggregate, poolStream } from '../pool/pool.aggregate.js';
import type { PoolCommand } from '../pool/pool.commands.js';
import { overridesOf, type Overrides } from '../pool/pool.looks.js';
import { derivedContext } from './derived-context.js';
import { passedOn } from './machine-commands.js';
import { PoolNames } from './pool-names.js';

/** Commands of operators, on pools by their own names. */
@Injectable()
export class PoolOverrides {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly names: PoolNames,
  ) {}

  /** `pools`: all that are none. */
  unknown(pools: Iterable<string>): Refused<'pool-unknown'> | undefined {
    const unknown = Array.from(pools).filter((name) => !this.names.isPool(name));
    const [pool] = unknown;
    return pool === undefined ? undefined : refuse('pool-unknown', { pool, pools: unknown });
  }

  look(pool: string): Promise<Overrides | undefined> {
    return this.executor.look(poolAggregate, poolStream(pool), overridesOf);
  }

  /** One after the other; where one is refused, those before it stay changed, and the same command again changes the rest. */
  async each(
    context: CommandContext,
    commands: Iterable<readonly [pool: string, command: PoolCommand]>,
  ): Promise<PoolsOutcome<{ readonly changed: boolean }>> {
    let changed = false;
    for (const [pool, command] of commands) {
      const outcome = await this.one(context, pool, command);
      if (outcome.kind === 'refused') return outcome;
      changed ||= outcome.changed;
    }
    return { kind: 'accepted', answer: { changed } };
  }

  private async one(
    context: CommandContext,
    pool: string,
    command: PoolCommand,
  ): Promise<{ readonly kind: 'accepted'; readonly changed: boolean } | Refused<PoolsRefusal | RuntimeRefusal>> {
    const its = derivedContext(context, pool);
    const outcome = await this.executor.execute(poolAggregate, poolStream(pool), command, its);
    return outcome.kind === 'refused' ? passedOn(outcome) : { kind: 'accepted', changed: outcome.events.length > 0 };
  }
}
