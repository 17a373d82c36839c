import { refuse } from '#kernel';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ReturnVm } from '../contracts.js';
import { MachineCommands } from './machine-commands.js';

@CommandHandler(ReturnVm)
export class ReturnVmHandler implements ICommandHandler<ReturnVm> {
  constructor(private readonly machines: MachineCommands) {}

  async execute({ context, name, toucher }: ReturnVm) {
    const owner = await this.machines.owner(name, context.time);
    if (owner === undefined) return refuse('vm-unknown', { name });
    if (owner.kept) return refuse('vm-not-running', { name, state: 'destroyed' });
    const { pool } = owner;
    const { rules } = this.machines;
    const command = { type: 'return-vm', name, toucher, rules, at: context.time } as const;
    return this.machines.run(context, pool, command, () => ({ pool }));
  }
}
