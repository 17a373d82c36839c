import type { CommandContext } from '#kernel';
import { systemContext } from '#runtime';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CheckHeartbeats, DiscoverHypervisors } from '../../contracts.js';
import {
  INVENTORY_CLOCK,
  INVENTORY_SETTINGS,
  type InventorySettings,
  type WaitingClock,
} from '../../inventory.settings.js';

/** Looks after the hypervisors as long as the server runs; a process without that role leaves it to others. */
@Injectable()
export class HypervisorDiscovery {
  private readonly logger = new Logger('Discovery');
  private readonly waiting = new Set<unknown>();
  private readonly working = new Set<Promise<void>>();
  private stopped = false;

  constructor(
    private readonly commands: CommandBus,
    @Inject(INVENTORY_SETTINGS) private readonly settings: InventorySettings,
    @Inject(INVENTORY_CLOCK) private readonly clock: WaitingClock,
  ) {}

  /** Fulfilled after the first round, whatever came of it: so a server that is ready has its hosts. */
  async start(): Promise<void> {
    this.stopped = false;
    if (!this.settings.discovers) return;
    const discover = (context: CommandContext) => this.commands.execute(new DiscoverHypervisors(context));
    await this.run(discover);
    this.repeat(this.settings.discoveryEveryMs, discover);
    this.repeat(this.settings.heartbeatsEveryMs, (context) => this.commands.execute(new CheckHeartbeats(context)));
  }

  /** Fulfilled when no round is under way and none will begin. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const handle of this.waiting) this.clock.clearTimeout(handle);
    this.waiting.clear();
    await Promise.all(this.working);
  }

  /** The pause begins when the work has ended, so that slow providers are never asked twice at once. */
  private repeat(everyMs: number, work: (context: CommandContext) => Promise<unknown>): void {
    if (this.stopped) return;
    const handle = this.clock.setTimeout(() => {
      this.waiting.delete(handle);
      const round = this.run(work).finally(() => {
        this.working.delete(round);
        this.repeat(everyMs, work);
      });
      this.working.add(round);
    }, everyMs);
    this.waiting.add(handle);
  }

  private async run(work: (context: CommandContext) => Promise<unknown>): Promise<void> {
    try {
      await work(systemContext(this.clock.now()));
    } catch (error) {
      this.logger.error(`a look at the hypervisors failed: ${String(error)}`);
    }
  }
}
