import { refuse, type CommandContext, type CommandOutcome, type DomainEvent } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { SetHostCapabilities, type ReservationsRefusal } from '../../contracts.js';
import { hostCalendar, hostCalendarStream } from '../../host-calendar/host-calendar.aggregate.js';
import { hostFactsOf } from '../../host-calendar/host-calendar.looks.js';
import type { HostFacts } from '../../host-calendar/host-facts.state.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../../reservations.settings.js';
import { derivedContext } from '../derived-context.js';
import { PropertyNames } from '../property-names.js';
import { HostPartitions } from './host-partitions.js';

type Outcome = CommandOutcome<DomainEvent, ReservationsRefusal, HostFacts>;

@CommandHandler(SetHostCapabilities)
export class SetHostCapabilitiesHandler implements ICommandHandler<SetHostCapabilities> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly hosts: HostPartitions,
    private readonly properties: PropertyNames,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  async execute({ context, hostId, capabilities }: SetHostCapabilities): Promise<Outcome> {
    const partition = await this.partitionOf(hostId, context);
    if (partition === undefined) return refuse('host-unknown', { hostId });
    const set = capabilities.map(([key, value]) => ({ key, value }));
    const outcome = await this.executor.execute(
      hostCalendar,
      hostCalendarStream(partition),
      { type: 'set-capabilities', hostId, set, at: this.world.now() },
      derivedContext(context, `capabilities\n${hostId}`),
      (state) => hostFactsOf(state, hostId),
    );
    if (outcome.kind === 'accepted') {
      const names = set.map((each) => each.key);
      await this.properties.note(names, context);
    }
    return outcome as Outcome;
  }

  /** Also of a host that was withdrawn since: the calendar knows whether this very command was answered before. */
  private async partitionOf(hostId: string, { repeatable }: CommandContext): Promise<string | undefined> {
    const facts = await this.hosts.enrolled(hostId);
    if (facts !== undefined || !repeatable) return facts?.partition;
    const [card] = await this.hosts.find({ id: hostId });
    return card && this.hosts.chosenFor(card);
  }
}
