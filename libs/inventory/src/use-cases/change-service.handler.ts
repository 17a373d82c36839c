import { refuse, type CommandContext, type CommandOutcome } from '#kernel';
import { CommandExecutor } from '#runtime';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ChangeService, type InventoryRefusal } from '../contracts.js';
import { hypervisor, hypervisorStream } from '../hypervisor/hypervisor.decider.js';
import type { HypervisorEvent } from '../hypervisor/hypervisor.events.js';
import { derivedContext } from './derived-context.js';
import { HypervisorLookups } from './hypervisor-lookups.js';

type Outcome = CommandOutcome<HypervisorEvent, InventoryRefusal>;

/**
 * The service of one hypervisor is the service of all that share it. Each is changed in its own stream; where a stop in
 * between left some as they were, the same command again changes the rest.
 */
@CommandHandler(ChangeService)
export class ChangeServiceHandler implements ICommandHandler<ChangeService> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly lookups: HypervisorLookups,
  ) {}

  async execute(command: ChangeService): Promise<Outcome> {
    const { context, id } = command;
    const addressed = await this.lookups.find(id);
    if (addressed === undefined) return refuse('hypervisor-unknown', { id });
    const sharing = await this.lookups.ofHost(addressed.serviceHost);
    const outcomes: Outcome[] = [];
    for (const { uuid } of sharing) outcomes.push(await this.changeOne(command, uuid, derivedContext(context, uuid)));
    const accepted = outcomes.filter((outcome) => outcome.kind === 'accepted');
    const [first] = outcomes;
    if (accepted.length === 0) return first ?? refuse('hypervisor-unknown', { id });
    const busy = outcomes.find((outcome) => outcome.kind === 'refused' && outcome.code === 'busy');
    if (busy !== undefined) return busy;
    const last = accepted.reduce((a, b) => ((b.position ?? -1) > (a.position ?? -1) ? b : a));
    return { ...last, events: accepted.flatMap(({ events }) => events) };
  }

  private changeOne({ id, change }: ChangeService, uuid: string, context: CommandContext): Promise<Outcome> {
    return this.executor.execute(
      hypervisor,
      hypervisorStream(uuid),
      { type: 'change-service', id, change, at: context.time },
      context,
      () => undefined,
    );
  }
}
