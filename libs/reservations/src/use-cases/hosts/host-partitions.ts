import { FindHypervisors, type HypervisorCard } from '#inventory';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import { hostCalendar, hostCalendarStream } from '../../host-calendar/host-calendar.aggregate.js';
import type { HostFacts } from '../../host-calendar/host-facts.state.js';
import { hostFactsOf } from '../../host-calendar/host-calendar.looks.js';
import { RESERVATIONS_SETTINGS, type ReservationsSettings } from '../../reservations.settings.js';
import { partitionFor, partitionNames } from './host-partitions.policy.js';

/** Which calendar has a host. The settings choose when it is enrolled; afterwards its hypervisor's claim says so. */
@Injectable()
export class HostPartitions {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly queries: QueryBus,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
  ) {}

  async card(uuid: string): Promise<HypervisorCard | undefined> {
    return (await this.find({ uuid }))[0];
  }

  find(by: FindHypervisors['by']): Promise<readonly HypervisorCard[]> {
    return this.queries.execute(new FindHypervisors(by));
  }

  chosenFor(card: HypervisorCard): string {
    return card.use.partition ?? partitionFor(this.settings.partitions, card.hypervisorHostname);
  }

  facts(partition: string, hostId: string): Promise<HostFacts | undefined> {
    return this.executor.look(hostCalendar, hostCalendarStream(partition), (state) => hostFactsOf(state, hostId));
  }

  /** An enrolled host, wherever it is. */
  async enrolled(hostId: string): Promise<HostFacts | undefined> {
    const [card] = await this.find({ id: hostId });
    const claimed = card?.use.partition ?? undefined;
    // A hypervisor that has vanished, or is claimed no more, is asked for in every calendar.
    const partitions = new Set([
      ...(claimed === undefined ? [] : [claimed]),
      ...partitionNames(this.settings.partitions),
    ]);
    for (const partition of partitions) {
      const facts = await this.facts(partition, hostId);
      if (facts !== undefined) return facts;
    }
    return undefined;
  }
}
