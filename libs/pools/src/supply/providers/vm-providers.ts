import { ProviderError, PROVIDERS, type Provider, type ProviderCall } from '#providers';
import { Inject, Injectable } from '@nestjs/common';
import { POOLS_SETTINGS, POOLS_WORLD, type PoolsSettings, type PoolsWorld } from '../../pools.settings.js';

/** The providers by name, and how they are called. */
@Injectable()
export class VmProviders {
  constructor(
    @Inject(PROVIDERS) readonly all: readonly Provider[],
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
    @Inject(POOLS_WORLD) private readonly world: PoolsWorld,
  ) {}

  has(name: string): boolean {
    return this.all.some((provider) => provider.name === name);
  }

  /** Throws a permanent ProviderError when it is not configured (any more). */
  named(name: string): Provider {
    const found = this.all.find((provider) => provider.name === name);
    if (found === undefined) throw new ProviderError('permanent', `there is no provider ${name}`);
    return found;
  }

  /** `requestId`: what the provider is to recognise again; left out: a call that may have its effect again. */
  call(requestId: string = this.world.uuid()): ProviderCall {
    return { requestId, timeoutMs: this.settings.providerTimeoutMs };
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
