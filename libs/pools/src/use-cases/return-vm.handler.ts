import { refuse } from '#kernel';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ReturnVm } from '../contracts.js';
import { Rush } from '../supply/pace/rush.js';
import { MachineCommands } from './machine-commands.js';

@CommandHandler(ReturnVm)
export class ReturnVmHandler implements ICommandHandler<ReturnVm> {
  constructor(
    private readonly machines: MachineCommands,
    private readonly rush: Rush,
  ) {}

  async execute({ context, name, toucher }: ReturnVm) {
    const owner = await this.machines.owner(name, context.time);
    if (owner === undefined) return refuse('vm-unknown', { name });
    const { pool, kept } = owner;
    const { rules } = this.machines;
    const command = { type: 'return-vm', name, toucher, rules, at: context.time } as const;
    // Also of a destroyed one: a command that came again gets its first answer there.
    const outcome = await this.machines.run(context, pool, command, () => ({ pool }));
    if (outcome.kind === 'accepted') this.rush.note();
    const isGone = kept && outcome.kind === 'refused' && outcome.code === 'vm-unknown';
    return isGone ? refuse('vm-not-running', { name, state: 'destroyed' }) : outcome;
  }
}
