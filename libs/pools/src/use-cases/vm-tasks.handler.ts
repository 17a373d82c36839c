import { refuse, type CommandContext } from '#kernel';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AddDisk, RevertVm, SnapshotVm, type PoolsOutcome, type Toucher } from '../contracts.js';
import type { PoolEvent, VmTask } from '../pool/pool.events.js';
import { POOLS_WORLD, type PoolsWorld } from '../pools.settings.js';
import { MachineCommands } from './machine-commands.js';

/** Snapshot ids: so many characters of a-z0-9. */
const snapshotIdLength = 32;

/** Wishes that are carried out in the background. */
abstract class VmTaskHandler {
  constructor(
    protected readonly machines: MachineCommands,
    @Inject(POOLS_WORLD) protected readonly world: PoolsWorld,
  ) {}

  protected async request<Answer>(
    { context, name, toucher }: { context: CommandContext; name: string; toucher: Toucher | null },
    task: VmTask,
    answer: (events: readonly PoolEvent[]) => Answer,
  ): Promise<PoolsOutcome<Answer>> {
    const at = context.time;
    const owner = await this.machines.owner(name, at);
    if (owner === undefined) return refuse('vm-unknown', { name });
    const { rules } = this.machines;
    return this.machines.run(context, owner.pool, { type: 'request-task', name, task, toucher, rules, at }, answer);
  }
}

@CommandHandler(AddDisk)
export class AddDiskHandler extends VmTaskHandler implements ICommandHandler<AddDisk> {
  execute(command: AddDisk) {
    return this.request(command, { id: this.world.uuid(), kind: 'disk', gb: command.gb }, () => undefined);
  }
}

@CommandHandler(SnapshotVm)
export class SnapshotVmHandler extends VmTaskHandler implements ICommandHandler<SnapshotVm> {
  execute(command: SnapshotVm) {
    const snapshotId = this.world.characters(snapshotIdLength);
    return this.request(command, { id: this.world.uuid(), kind: 'snapshot', snapshotId }, ([event]) => {
      // Of a command that came again, the first one's.
      const task = event?.type === 'VmTaskRequested' ? event.data.task : undefined;
      return { snapshotId: task?.kind === 'snapshot' ? task.snapshotId : snapshotId };
    });
  }
}

@CommandHandler(RevertVm)
export class RevertVmHandler extends VmTaskHandler implements ICommandHandler<RevertVm> {
  execute(command: RevertVm) {
    const { snapshotId } = command;
    return this.request(command, { id: this.world.uuid(), kind: 'revert', snapshotId }, () => undefined);
  }
}
