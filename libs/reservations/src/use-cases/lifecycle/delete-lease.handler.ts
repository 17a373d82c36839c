import { refuse, type CommandContext, type CommandOutcome, type DomainEvent } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DeleteLease, type ReservationsRefusal } from '../../contracts.js';
import { lease, leaseStream } from '../../lease/lease.aggregate.js';
import type { LeaseEvent } from '../../lease/lease.events.js';
import { eventOf, type LeaseFacts } from '../../lease/lease.facts.state.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../../reservations.settings.js';
import { InstanceOutfitter } from '../allocation/instance-outfitter.js';
import { derivedContext } from '../derived-context.js';
import { LeaseDecisions } from './lease-decisions.js';
import { LeaseEnd } from './lease-end.js';
import { LeaseLifecycle } from './lease-lifecycle.js';
import { StepPatience } from './step-patience.js';

type Outcome = CommandOutcome<DomainEvent, ReservationsRefusal>;

/** Answered when its hosts are free (contracts/blazar §9). */
@CommandHandler(DeleteLease)
export class DeleteLeaseHandler implements ICommandHandler<DeleteLease> {
  constructor(
    private readonly executor: CommandExecutor,
    private readonly decisions: LeaseDecisions,
    private readonly lifecycle: LeaseLifecycle,
    private readonly end: LeaseEnd,
    private readonly outfitter: InstanceOutfitter,
    private readonly patience: StepPatience,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  async execute({ context, caller, leaseId }: DeleteLease): Promise<Outcome> {
    const found = await this.decisions.look(leaseId);
    if (found === undefined) return this.gone(leaseId, context);
    if (!caller.administrator && found.projectId !== caller.projectId) return refuse('not-the-project', { leaseId });
    const begun = await this.patience.run(leaseId, () => this.begin(leaseId, context));
    if (begun.kind === 'refused') return begun.code === 'lease-unknown' ? this.gone(leaseId, context) : begun;
    if (begun.events.some(({ type }) => type === 'LeaseDeleted')) {
      await this.released(found, begun.events as readonly LeaseEvent[], context);
      return begun;
    }
    await this.lifecycle.advance(leaseId, context);
    const left = await this.decisions.look(leaseId);
    // What could not be undone is in error now, and may be deleted again.
    return left === undefined ? begun : refuse('lease-status-invalid', { leaseId, status: left.status });
  }

  /** Nothing of it had begun, or it had ended. */
  private async released(found: LeaseFacts, events: readonly LeaseEvent[], context: CommandContext): Promise<void> {
    const instances = found.reservations.filter(({ means, status }) => means !== null && status !== 'deleted');
    await this.end.released(events, found, context);
    if (instances.length > 0) {
      const ids = instances.map(({ id }) => id);
      await this.outfitter.remove(ids, context);
    }
    if (eventOf(found, 'end_lease')?.status === 'UNDONE') await this.end.tell(found);
  }

  private begin(leaseId: string, context: CommandContext): Promise<Outcome> {
    return this.executor.execute(
      lease,
      leaseStream(leaseId),
      { type: 'begin-deletion', at: this.world.now() },
      derivedContext(context, `delete\n${leaseId}`),
      () => undefined,
    ) as Promise<Outcome>;
  }

  /** Unknown, unless it was this very command that deleted it. */
  private async gone(leaseId: string, context: CommandContext): Promise<Outcome> {
    if (context.repeatable) {
      const again = await this.begin(leaseId, context);
      if (again.kind === 'accepted' && again.repeated) return again;
    }
    return refuse('lease-unknown', { leaseId });
  }
}
