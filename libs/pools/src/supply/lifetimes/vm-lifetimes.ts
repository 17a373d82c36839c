import type { CommandContext, Json } from '#kernel';
import { CommandExecutor, running, type RunningProcess } from '#runtime';
import type { Timer } from '#timers';
import { Injectable } from '@nestjs/common';
import { pool, poolStream } from '../../pool/pool.aggregate.js';
import { vmLifetimeSaga } from '../../processes/vm-lifetime.saga.js';
import { vmName, vmNameStream } from '../../vm-name/vm-name.aggregate.js';
import { unlessBusy } from '../pool-decisions.js';

interface Machine {
  readonly pool: string;
  readonly name: string;
  readonly vmId: string;
}

/** Carries out what time brings to a machine. All of it may come late, twice, or for a machine that is gone. */
@Injectable()
export class VmLifetimes {
  readonly running: RunningProcess = running(vmLifetimeSaga, {
    handlers: { 'retire-name': (input, context) => this.retireName(input, context) },
    onTimer: {
      'vm-expire': (timer, context) => this.expire(timer, context),
      'vm-forget': (timer, context) => this.forget(timer, context),
    },
  });

  constructor(private readonly executor: CommandExecutor) {}

  private async expire(timer: Timer, context: CommandContext): Promise<void> {
    const { pool: poolName, name, vmId } = timer.payload as unknown as Machine;
    const command = { type: 'expire', name, vmId, at: context.time } as const;
    unlessBusy(await this.executor.execute(pool, poolStream(poolName), command, { ...context, repeatable: false }));
  }

  private async forget(timer: Timer, context: CommandContext): Promise<void> {
    const { name, vmId } = timer.payload as unknown as Machine;
    const command = { type: 'release', vmId, at: context.time } as const;
    unlessBusy(await this.executor.execute(vmName, vmNameStream(name), command, { ...context, repeatable: false }));
  }

  private async retireName(input: Json, context: CommandContext): Promise<void> {
    const { name, vmId, forgetAt } = input as unknown as Machine & { readonly forgetAt: number };
    const command = { type: 'retire', vmId, forgetAt, at: context.time } as const;
    unlessBusy(await this.executor.execute(vmName, vmNameStream(name), command, { ...context, repeatable: false }));
  }
}
