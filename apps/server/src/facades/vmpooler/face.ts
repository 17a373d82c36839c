import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CommandContext } from '#kernel';
import { POOLS_SETTINGS, type PoolsSettings } from '#pools';
import { poolContext } from './pool-context.js';
import { RubyTimes } from './ruby-time.js';
import { asked } from './vmpooler-request.js';

/** What the controllers of this face share. */
@Injectable()
export class VmpoolerFace {
  readonly times: RubyTimes;
  private readonly names: ReadonlySet<string>;

  constructor(@Inject(POOLS_SETTINGS) readonly settings: PoolsSettings) {
    this.times = new RubyTimes(settings.timeZone);
    this.names = new Set(settings.pools.flatMap(({ name, aliases }) => [name, ...aliases]));
  }

  now(): number {
    return this.settings.clock.now();
  }

  /** Of whoever's token was checked. Throws IdempotencyKeyInvalid. */
  context(request: FastifyRequest): CommandContext {
    return poolContext(request, asked(request).holder, this.now());
  }

  /** A pool's name or an alias. */
  isName(name: string): boolean {
    return this.names.has(name);
  }
}
