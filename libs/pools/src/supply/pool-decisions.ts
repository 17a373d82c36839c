import type { CommandContext, CommandOutcome } from '#kernel';
import { CommandExecutor, systemContext } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { pool, poolStream } from '../pool/pool.aggregate.js';
import type { PoolCommand, PoolRefusal } from '../pool/pool.commands.js';
import type { PoolEvent } from '../pool/pool.events.js';
import type { PoolState } from '../pool/pool.state.js';
import { POOLS_WORLD, type PoolsWorld } from '../pools.settings.js';

/** What the supply decides on a pool's stream, of the server's own accord. */
@Injectable()
export class PoolDecisions {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  /** `decided`: called in the instant of the decision, before it is durable; again when it is decided again. */
  execute(name: string, command: PoolCommand, decided?: () => void): Promise<CommandOutcome<PoolEvent, PoolRefusal>> {
    return this.executor.execute(pool, poolStream(name), command, this.context(), () => {
      decided?.();
      return undefined;
    });
  }

  look<T>(name: string, look: (state: Readonly<PoolState>) => T): Promise<T> {
    return this.executor.look(pool, poolStream(name), look);
  }

  context(): CommandContext {
    return systemContext(this.world.now());
  }
}

/** A stream that was too busy to decide: to be tried again like a store that does not answer. */
export class StreamBusy extends Error {
  override readonly name = 'StreamBusy';
}

/** For commands that are refused only when it does not matter any more, or when the stream is busy. */
export function unlessBusy(outcome: { readonly kind: string; readonly code?: string }): void {
  if (outcome.kind === 'refused' && outcome.code === 'busy') throw new StreamBusy('the stream is busy');
}
