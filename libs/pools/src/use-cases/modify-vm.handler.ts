import { refuse } from '#kernel';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { calendarDay } from '../calendar-day.policy.js';
import { ModifyVm } from '../contracts.js';
import { POOLS_SETTINGS, type PoolsSettings } from '../pools.settings.js';
import { modificationFailures } from '../vm/modification.policy.js';
import { tagFilter, type TagFilter } from '../vm/tag-filter.policy.js';
import { MachineCommands } from './machine-commands.js';

@CommandHandler(ModifyVm)
export class ModifyVmHandler implements ICommandHandler<ModifyVm> {
  private readonly filter: TagFilter;

  constructor(
    private readonly machines: MachineCommands,
    @Inject(POOLS_SETTINGS) private readonly settings: PoolsSettings,
  ) {
    this.filter = tagFilter(settings.tagFilter);
  }

  async execute({ context, name, change, toucher }: ModifyVm) {
    const at = context.time;
    const owner = await this.machines.owner(name, at);
    if (owner === undefined) return refuse('vm-unknown', { name });
    const [failure] = modificationFailures(change, this.settings);
    if (failure !== undefined) return failure;
    const { lifetime, tags = {} } = change;
    const { rules } = this.machines;
    const day = calendarDay(at, this.settings.timeZone);
    const common = { name, kept: owner.kept, tags: this.filter(tags), toucher, rules, day, at };
    const command = { type: 'modify-vm', ...common, ...(lifetime === undefined ? {} : { lifetime }) } as const;
    return this.machines.run(context, owner.pool, command, () => undefined);
  }
}
