import { randomUUID } from 'node:crypto';
import { PROVIDERS, type Provider } from '#providers';
import { Inject } from '@nestjs/common';
import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { HypervisorUptimes } from '../contracts.js';
import { INVENTORY_CLOCK, type WaitingClock } from '../inventory.settings.js';
import { HypervisorLookups } from './hypervisor-lookups.js';
import { UptimeCache } from './uptime-cache.js';

/** How long a question may wait for texts that nobody has yet; what comes later serves the next question. */
const waitMs = 250;
const timeoutMs = 5_000;

@QueryHandler(HypervisorUptimes)
export class HypervisorUptimesHandler implements IQueryHandler<HypervisorUptimes> {
  private readonly cache: UptimeCache;

  constructor(
    private readonly lookups: HypervisorLookups,
    @Inject(PROVIDERS) private readonly providers: readonly Provider[],
    @Inject(INVENTORY_CLOCK) private readonly clock: WaitingClock,
  ) {
    const ask = (uuid: string) => this.ask(uuid);
    this.cache = new UptimeCache({ clock, ask, freshMs: 60_000, concurrency: 16, maxQueue: 10_000, max: 100_000 });
  }

  async execute({ uuids }: HypervisorUptimes): Promise<ReadonlyMap<string, string | null>> {
    let handle: unknown;
    const enough = new Promise<void>((resolve) => {
      handle = this.clock.setTimeout(resolve, waitMs);
    });
    await Promise.race([this.cache.refresh(uuids), enough]);
    this.clock.clearTimeout(handle);
    return new Map(uuids.map((uuid) => [uuid, this.cache.get(uuid)]));
  }

  private async ask(uuid: string): Promise<string | null> {
    const found = await this.lookups.find(uuid);
    const provider = this.providers.find(({ name }) => name === found?.provider);
    if (found === undefined || provider === undefined) return null;
    return provider.uptime(found.nativeId, { requestId: randomUUID(), timeoutMs });
  }
}
