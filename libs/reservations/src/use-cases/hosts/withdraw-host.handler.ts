import { refuse, type CommandContext, type CommandOutcome, type DomainEvent } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { WithdrawHost, type ReservationsRefusal } from '../../contracts.js';
import { hostCalendar, hostCalendarStream } from '../../host-calendar/host-calendar.aggregate.js';
import { reservationsOn } from '../../host-calendar/host-calendar.looks.js';
import type { HostFacts } from '../../host-calendar/host-facts.state.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../../reservations.settings.js';
import { derivedContext } from '../derived-context.js';
import { HostEnrolments } from './host-enrolments.js';
import { HostPartitions } from './host-partitions.js';

type Outcome = CommandOutcome<DomainEvent, ReservationsRefusal>;

/** Leaves the calendar, then the free pool, then gives the hypervisor back; HostEnrolments finishes what stops in between. */
@CommandHandler(WithdrawHost)
export class WithdrawHostHandler implements ICommandHandler<WithdrawHost> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly hosts: HostPartitions,
    private readonly enrolments: HostEnrolments,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  async execute({ context, hostId }: WithdrawHost): Promise<Outcome> {
    const facts = await this.hosts.enrolled(hostId);
    if (facts !== undefined)
      return this.enrolments.exclusively(facts.hypervisorUuid, () => this.withdraw(facts, context));
    const again = context.repeatable ? await this.repeated(hostId, context) : undefined;
    return again ?? refuse('host-unknown', { hostId });
  }

  private async withdraw(facts: HostFacts, context: CommandContext): Promise<Outcome> {
    const { id: hostId, partition, hypervisorUuid: uuid, hypervisorHostname: name } = facts;
    const stream = hostCalendarStream(partition);
    const reserved = await this.executor.look(
      hostCalendar,
      stream,
      (state) => reservationsOn(state, hostId).length > 0,
    );
    const card = await this.hosts.card(uuid);
    // Its last reservation is over, but has not moved out.
    if (reserved || card?.use.takenBy != null) return refuse('host-reserved', { hostId });
    if (card !== undefined && !card.vanished && card.servers.length > 0)
      return refuse('host-has-servers', { name, servers: card.servers });
    const outcome = await this.leave(hostId, partition, context);
    if (outcome.kind === 'accepted') await this.enrolments.settle(uuid, context);
    return outcome;
  }

  /** The answer that this very command had before; undefined: it never had one. */
  private async repeated(hostId: string, context: CommandContext): Promise<Outcome | undefined> {
    const [card] = await this.hosts.find({ id: hostId });
    if (card === undefined) return undefined;
    const outcome = await this.leave(hostId, this.hosts.chosenFor(card), context);
    return outcome.kind === 'accepted' && outcome.repeated ? outcome : undefined;
  }

  private leave(hostId: string, partition: string, context: CommandContext): Promise<Outcome> {
    return this.executor.execute(
      hostCalendar,
      hostCalendarStream(partition),
      { type: 'withdraw', hostId, at: this.world.now() },
      derivedContext(context, `withdraw\n${hostId}`),
    ) as Promise<Outcome>;
  }
}
