import type { CommandContext } from '#kernel';
import { PROVIDERS, type Listing, type Provider } from '#providers';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { derivedContext } from '../derived-context.js';
import { inParallel } from '../in-parallel.js';
import { DiscoveryMemory } from './discovery-memory.js';
import { Heartbeats } from './heartbeats.js';
import { missesUntilGone, type KnownHypervisor } from './known-hypervisors.js';
import { sightingsOf, type Sighted } from './sightings.js';
import { HypervisorReports } from './hypervisor-reports.js';

const timeoutMs = 30_000;
/** Reports under way at once: wide enough that their appends share the writes to disk. */
const streamsAtOnce = 512;
/** Rounds after which the memory is compared with the log again: other processes write too. */
const roundsBetweenRefreshes = 10;

/** `complete`: every provider listed all it has, and everything listed is in the log now. */
export interface Round {
  readonly complete: boolean;
  readonly events: number;
}

/** Listings → events: what is new, changed, gone and back (C6). */
@Injectable()
export class Discovery {
  private readonly logger = new Logger('Discovery');
  /** By provider. */
  private readonly rounds = new Map<string, number>();
  private running: Promise<Round> | undefined;

  constructor(
    private readonly memory: DiscoveryMemory,
    private readonly heartbeats: Heartbeats,
    private readonly reports: HypervisorReports,
    @Inject(PROVIDERS) private readonly providers: readonly Provider[],
  ) {}

  /** One round over all providers. A round that is under way is joined. */
  round(context: CommandContext): Promise<Round> {
    this.running ??= this.all(context).finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  private async all(context: CommandContext): Promise<Round> {
    const rounds = await Promise.all(
      this.providers.map((provider) => this.one(provider, derivedContext(context, provider.name))),
    );
    return {
      complete: rounds.every(({ complete }) => complete),
      events: rounds.reduce((sum, { events }) => sum + events, 0),
    };
  }

  private async one(provider: Provider, context: CommandContext): Promise<Round> {
    try {
      const count = this.rounds.get(provider.name) ?? 0;
      if (count % roundsBetweenRefreshes === 0) await this.memory.refresh(provider.name);
      this.rounds.set(provider.name, count + 1);
      return await this.list(provider, context);
    } catch (error) {
      // A listing that failed proves nothing, and the next round begins with a look at the log.
      this.rounds.delete(provider.name);
      this.logger.warn(`provider ${provider.name} could not be listed: ${String(error)}`);
      return { complete: false, events: 0 };
    }
  }

  private async list(provider: Provider, context: CommandContext): Promise<Round> {
    const before = this.memory.known.of(provider.name).map((known) => ({ known, guests: known.guests }));
    const guestsBefore = new Map(before.map(({ known, guests }) => [known.uuid, guests]));
    const listing: Listing = await provider.listHypervisors({ requestId: context.commandId, timeoutMs });
    await this.heartbeats.listen(provider, context);

    const sighted = sightingsOf(provider.name, listing.hypervisors);
    let events = await this.reports.enlist(sighted, context);
    let failures = 0;
    await inParallel(sighted, streamsAtOnce, async (one) => {
      try {
        const reported = await this.reports.report(one, listing.complete, guestsBefore.get(one.sighting.uuid), context);
        events += reported;
      } catch (error) {
        failures += 1;
        this.complain(one, error);
      }
    });
    if (listing.complete) {
      const present = new Set(sighted.map(({ sighting }) => sighting.uuid));
      events += await this.countMissing(
        before.map(({ known }) => known),
        present,
        context,
      );
    }
    return { complete: listing.complete && failures === 0, events };
  }

  private async countMissing(
    before: readonly KnownHypervisor[],
    present: ReadonlySet<string>,
    context: CommandContext,
  ): Promise<number> {
    let events = 0;
    for (const { uuid } of before) {
      // The entry may have been replaced since.
      const known = this.memory.known.byUuid.get(uuid);
      if (known === undefined || present.has(uuid) || (!known.listed && (known.vanished || !known.registered)))
        continue;
      known.missed += 1;
      if (known.missed < missesUntilGone) continue;
      events += await this.reports.vanish(known, context);
    }
    return events;
  }

  private complain({ sighting }: Sighted, error: unknown): void {
    this.logger.error(`hypervisor ${sighting.hypervisorHostname} could not be reported: ${String(error)}`);
  }
}
