import type { CommandContext } from '#kernel';
import { PROVIDERS, type Provider } from '#providers';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { hypervisor, hypervisorStream } from '../../hypervisor/hypervisor.decider.js';
import {
  INVENTORY_CLOCK,
  INVENTORY_SETTINGS,
  type InventorySettings,
  type WaitingClock,
} from '../../inventory.settings.js';
import { derivedContext } from '../derived-context.js';
import { inParallel } from '../in-parallel.js';
import { DiscoveryMemory } from './discovery-memory.js';
import type { KnownHypervisor } from './known-hypervisors.js';

const timeoutMs = 5_000;
const streamsAtOnce = 64;

export interface Freshness {
  readonly alive: boolean;
  /** Milliseconds since 1970; null: never heard of. */
  readonly heartbeatAt: number | null;
}

/** Who is up: a heartbeat not older than the setting. Only a change is an event (C13). */
@Injectable()
export class Heartbeats {
  private readonly logger = new Logger('Heartbeats');
  /** By provider, then by service host. Present once the provider has answered. */
  private readonly heard = new Map<string, ReadonlyMap<string, number>>();
  private readonly startedAt: number;
  private running: Promise<number> | undefined;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly memory: DiscoveryMemory,
    @Inject(PROVIDERS) private readonly providers: readonly Provider[],
    @Inject(INVENTORY_SETTINGS) private readonly settings: InventorySettings,
    @Inject(INVENTORY_CLOCK) private readonly clock: WaitingClock,
  ) {
    this.startedAt = clock.now();
  }

  /** One look at all providers; answers how many events came of it. A look that is under way is joined. */
  check(context: CommandContext): Promise<number> {
    this.running ??= this.look(context).finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** What a provider that does not answer said before stands, and grows old. */
  async listen(provider: Provider, context: CommandContext): Promise<void> {
    const requestId = derivedContext(context, `heartbeats\n${provider.name}`).commandId;
    try {
      const heartbeats = await provider.heartbeats({ requestId, timeoutMs });
      this.heard.set(provider.name, new Map(heartbeats.map(({ serviceHost, at }) => [serviceHost, at])));
    } catch (error) {
      this.logger.warn(`provider ${provider.name} tells no heartbeats: ${String(error)}`);
    }
  }

  /** `aliveBefore`: what the log says, which stands for a while when the provider has not answered since the start. */
  freshness(provider: string, serviceHost: string, aliveBefore: boolean): Freshness {
    const now = this.clock.now();
    const heard = this.heard.get(provider);
    const heartbeatAt = heard?.get(serviceHost) ?? null;
    const since = heard === undefined && aliveBefore ? this.startedAt : heartbeatAt;
    return { alive: since !== null && now - since <= this.settings.serviceDownMs, heartbeatAt };
  }

  private async look(context: CommandContext): Promise<number> {
    await Promise.all(this.providers.map((provider) => this.listen(provider, context)));
    let events = 0;
    const present = [...this.memory.known.byUuid.values()].filter((known) => known.registered && !known.vanished);
    const changed = present.filter(
      (known) => this.freshness(known.provider, known.serviceHost, known.alive).alive !== known.alive,
    );
    await inParallel(changed, streamsAtOnce, async (known) => {
      const noted = await this.note(known, context);
      events += noted;
    });
    return events;
  }

  private async note(known: KnownHypervisor, context: CommandContext): Promise<number> {
    const { alive, heartbeatAt } = this.freshness(known.provider, known.serviceHost, known.alive);
    try {
      const outcome = await this.executor.execute(
        hypervisor,
        hypervisorStream(known.uuid),
        { type: 'note-heartbeat', alive, heartbeatAt, at: this.clock.now() },
        derivedContext(context, `heartbeat\n${known.uuid}`),
        (state) => ({ alive: state?.alive ?? false, vanished: state?.vanished ?? false }),
      );
      if (outcome.kind === 'refused') return 0;
      known.alive = outcome.answer.alive;
      known.vanished = outcome.answer.vanished;
      return outcome.events.length;
    } catch (error) {
      this.logger.error(`the heartbeat of ${known.hypervisorHostname} could not be noted: ${String(error)}`);
      return 0;
    }
  }
}
