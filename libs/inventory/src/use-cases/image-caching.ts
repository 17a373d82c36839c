import type { CommandContext, Json } from '#kernel';
import { PROVIDERS, type Provider } from '#providers';
import { CommandExecutor, deriveUuid, leasebookNamespace, type RunningProcess } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { hostAggregates, hostAggregatesStream } from '../host-aggregates/host-aggregates.decider.js';
import { hypervisor, hypervisorStream } from '../hypervisor/hypervisor.decider.js';
import type { ListedHypervisor } from '../hypervisor-registry/hypervisor-registry.state.js';
import { INVENTORY_CLOCK, type WaitingClock } from '../inventory.settings.js';
import { imageCachingSaga } from '../processes/image-caching.saga.js';
import { derivedContext } from './derived-context.js';
import { HypervisorLookups } from './hypervisor-lookups.js';
import { inParallel } from './in-parallel.js';

const hostsAtOnce = 8;
const timeoutMs = 600_000;

/** Nest injection token: the RunningProcess that the runtime is to run. */
export const imageCaching = Symbol('ImageCaching');

interface Portion {
  readonly requestId: string;
  readonly imageIds: readonly string[];
  readonly hosts: readonly string[];
}

/** Carries out what the saga wants. Everything may come again: the provider and the streams recognise it. */
@Injectable()
export class ImageCaching {
  readonly running: RunningProcess = {
    process: imageCachingSaga,
    handlers: {
      'cache-images': (input: Json, context: CommandContext) => this.cache(input as unknown as Portion, context),
      'finish-caching': (input: Json, context: CommandContext) =>
        this.finish((input as { readonly requestId: string }).requestId, context),
    },
  };

  constructor(
    private readonly executor: CommandExecutor,
    private readonly lookups: HypervisorLookups,
    @Inject(PROVIDERS) private readonly providers: readonly Provider[],
    @Inject(INVENTORY_CLOCK) private readonly clock: WaitingClock,
  ) {}

  private async cache({ requestId, imageIds, hosts }: Portion, context: CommandContext): Promise<void> {
    const there: ListedHypervisor[] = [];
    for (const host of hosts) there.push(...(await this.lookups.ofHost(host)));
    await inParallel(there, hostsAtOnce, async (target) => {
      for (const imageId of imageIds) await this.cacheOne(target, imageId, requestId, context);
    });
  }

  private async cacheOne(
    target: ListedHypervisor,
    imageId: string,
    requestId: string,
    context: CommandContext,
  ): Promise<void> {
    const { uuid } = target;
    const failure = await this.tryOne(target, imageId, requestId);
    await this.executor.execute(
      hypervisor,
      hypervisorStream(uuid),
      { type: 'note-image', imageId, requestId, failure, at: this.clock.now() },
      { ...derivedContext(context, `${uuid}\n${imageId}`), repeatable: true },
    );
  }

  /** Null when the image is there; else why not. */
  private async tryOne(target: ListedHypervisor, imageId: string, requestId: string): Promise<string | null> {
    const provider = this.providers.find(({ name }) => name === target.provider);
    if (provider === undefined) return `there is no provider ${target.provider}`;
    const call = deriveUuid(leasebookNamespace, `cache-image\n${requestId}\n${target.uuid}\n${imageId}`);
    try {
      await provider.cacheImage(target.nativeId, imageId, { requestId: call, timeoutMs });
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private async finish(requestId: string, context: CommandContext): Promise<void> {
    const command = { type: 'finish-caching', requestId, at: this.clock.now() } as const;
    await this.executor.execute(hostAggregates, hostAggregatesStream, command, context);
  }
}
