import { ClaimForReservations, type HypervisorCard } from '#inventory';
import { refuse, type CommandContext, type CommandOutcome, type DomainEvent, type Refused } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { EnrolHost, type ReservationsRefusal } from '../../contracts.js';
import { hostCalendar, hostCalendarStream } from '../../host-calendar/host-calendar.aggregate.js';
import type { Capability, EnrolledHost } from '../../host-calendar/host-calendar.events.js';
import type { HostFacts } from '../../host-calendar/host-facts.state.js';
import { hostFactsOf } from '../../host-calendar/host-calendar.looks.js';
import { isHostColumn } from '../../host-calendar/requirements.policy.js';
import {
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../../reservations.settings.js';
import { derivedContext, recognisedContext } from '../derived-context.js';
import { derivedTrustId } from '../derived-ids.js';
import { obstacleOf } from '../health/host-obstacle.policy.js';
import { PropertyNames } from '../property-names.js';
import { HostEnrolments } from './host-enrolments.js';
import { HostPartitions } from './host-partitions.js';

type Refusal = Refused<ReservationsRefusal | 'busy'>;
type Outcome = CommandOutcome<DomainEvent, ReservationsRefusal, HostFacts>;

/** Claims the hypervisor, then enters it in a calendar, then in the free pool; HostEnrolments finishes what stops in between. */
@CommandHandler(EnrolHost)
export class EnrolHostHandler implements ICommandHandler<EnrolHost> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly commands: CommandBus,
    private readonly hosts: HostPartitions,
    private readonly enrolments: HostEnrolments,
    private readonly properties: PropertyNames,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  async execute({ context, wanted }: EnrolHost): Promise<Outcome> {
    const found = await this.find(wanted);
    if ('kind' in found) return found;
    // Columns are the hypervisor's, whatever was sent for them.
    const sent = new Map(wanted.capabilities.filter(([key]) => !isHostColumn(key)));
    const capabilities = Array.from(sent, ([key, value]) => ({ key, value }));
    return this.enrolments.exclusively(found.uuid, () => this.enrol(found.uuid, capabilities, context));
  }

  private async enrol(uuid: string, capabilities: readonly Capability[], context: CommandContext): Promise<Outcome> {
    const card = await this.hosts.card(uuid);
    if (card === undefined) return refuse('hypervisor-unknown', { name: uuid });
    const { hypervisorHostname: name, servers } = card;
    const partition = this.hosts.chosenFor(card);
    const known = await this.hosts.facts(partition, String(card.number));
    // The first answer of a command that comes again stands, whatever runs there by now.
    const mayBeRepeat = context.repeatable && known !== undefined;
    if (servers.length > 0 && !mayBeRepeat) return refuse('host-has-servers', { name, servers });
    const tooLong = capabilities.find(({ key }) => key.length > longestKey);
    if (tooLong !== undefined) return refuse('capability-key-too-long', { key: tooLong.key });
    const refused = known === undefined ? await this.claim(card, partition, context) : undefined;
    if (refused !== undefined) return refused;
    await this.properties.note(
      capabilities.map((each) => each.key),
      context,
    );
    const outcome = await this.enter(card, partition, capabilities, context);
    // Once more as a whole: the claim may have been taken back in between as one that nobody goes on with.
    if (outcome.kind === 'accepted') await this.enrolments.settle(uuid, context);
    return outcome;
  }

  private async find(wanted: EnrolHost['wanted']): Promise<HypervisorCard | Refusal> {
    const { id, name } = wanted;
    const text = id ?? name;
    if (text === undefined) return refuse('host-unnamed', { rest: Object.fromEntries(wanted.capabilities) });
    const byId = await this.hosts.find({ id: text });
    const cards = byId.length > 0 ? byId : await this.hosts.find({ name: text });
    const [card, another] = cards.filter(({ vanished }) => !vanished);
    if (card === undefined) return refuse('hypervisor-unknown', { name: text });
    return another === undefined ? card : refuse('hypervisors-ambiguous', { name: text });
  }

  private async claim(
    { uuid, hypervisorHostname: name }: HypervisorCard,
    partition: string,
    context: CommandContext,
  ): Promise<Refusal | undefined> {
    const its = recognisedContext(context, `claim\n${uuid}`);
    const outcome: CommandOutcome<DomainEvent, string, HypervisorCard> = await this.commands.execute(
      new ClaimForReservations(its, uuid, partition),
    );
    if (outcome.kind === 'accepted') return undefined;
    if (outcome.code === 'host-has-guests')
      return refuse('host-has-servers', { name, servers: outcome.facts.servers ?? [] });
    return outcome.code === 'busy' ? refuse('busy', outcome.facts) : refuse('hypervisor-unknown', { name });
  }

  private enter(
    card: HypervisorCard,
    partition: string,
    capabilities: readonly Capability[],
    context: CommandContext,
  ): Promise<Outcome> {
    const hostId = String(card.number);
    const reservable = !this.settings.monitorsHosts || obstacleOf(card) === null;
    const trustId = derivedTrustId(context.commandId);
    return this.executor.execute(
      hostCalendar,
      hostCalendarStream(partition),
      {
        type: 'enrol',
        partition,
        hostId,
        host: copyOf(card, trustId),
        capabilities,
        reservable,
        at: this.world.now(),
      },
      derivedContext(context, `enrol\n${partition}\n${hostId}`),
      (state) => factsOf(hostFactsOf(state, hostId), hostId),
    ) as Promise<Outcome>;
  }
}

/** As the calendar has it: known before anything is claimed. */
const longestKey = 64;

function factsOf(facts: HostFacts | undefined, hostId: string): HostFacts {
  if (facts === undefined) throw new Error(`host ${hostId} was enrolled and is not there`);
  return facts;
}

function copyOf(card: HypervisorCard, trustId: string): EnrolledHost {
  const { type, version, vcpus, memoryMb, localGb, cpuInfo } = card.resources;
  return {
    hypervisorUuid: card.uuid,
    provider: card.provider,
    nativeId: card.nativeId,
    serviceName: card.serviceHost,
    hypervisorHostname: card.hypervisorHostname,
    hypervisorType: type,
    hypervisorVersion: version,
    ...{ vcpus, memoryMb, localGb },
    cpuInfo: JSON.stringify(cpuInfo ?? {}),
    availabilityZone: card.availabilityZone ?? '',
    trustId,
  };
}
