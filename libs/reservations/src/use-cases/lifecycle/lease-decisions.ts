import { StoreUnavailable, type CommandContext } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { lease, leaseOf, leaseStream } from '../../lease/lease.aggregate.js';
import type { LeaseCommand } from '../../lease/lease.commands.js';
import type { LeaseEvent } from '../../lease/lease.events.js';
import type { LeaseFacts } from '../../lease/lease.facts.state.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../../reservations.settings.js';
import { freshContext } from './fresh-context.js';

export interface LeaseDecision {
  readonly events: readonly LeaseEvent[];
  /** Undefined: it is deleted. */
  readonly lease: LeaseFacts | undefined;
}

/** Commands of the lifecycle, now. */
export type LifecycleCommand = Exclude<
  LeaseCommand,
  { readonly type: 'create' | 'refuse' | 'update' | 'abandon-change' | 'heal' }
>;
type Timeless<Command> = Command extends unknown ? Omit<Command, 'at'> : never;

/** What a lease's stream is told by its lifecycle. */
@Injectable()
export class LeaseDecisions {
  constructor(
    private readonly executor: CommandExecutor,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  look(leaseId: string): Promise<LeaseFacts | undefined> {
    return this.executor.look(lease, leaseStream(leaseId), (state) => leaseOf(state)?.facts);
  }

  /** Undefined: refused, the lease is not (any more) as that would need it. Throws StoreUnavailable. */
  async decide(
    leaseId: string,
    command: Timeless<LifecycleCommand>,
    context: CommandContext,
  ): Promise<LeaseDecision | undefined> {
    const stream = leaseStream(leaseId);
    const timed = { ...command, at: this.world.now() } as LifecycleCommand;
    const its = freshContext(context, this.world);
    const outcome = await this.executor.execute(lease, stream, timed, its, (state) => leaseOf(state)?.facts);
    if (outcome.kind === 'accepted') return { events: outcome.events, lease: outcome.answer };
    if (outcome.code === 'busy') throw new StoreUnavailable(`${stream} is busy`);
    return undefined;
  }
}
