import { OutcomeUnknown, refuse, type CommandAccepted, type CommandContext, type DomainEvent } from '#kernel';
import { CommandExecutor } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { UpdateLease } from '../contracts.js';
import { lease, leaseStream } from '../lease/lease.aggregate.js';
import type { LeaseCommand } from '../lease/lease.commands.js';
import type { Reservation } from '../lease/lease.events.js';
import type { LeaseFacts } from '../lease/lease.facts.state.js';
import { heldInOf, leaseOf } from '../lease/lease.looks.js';
import { planUpdate, type UpdatePlan } from '../lease/lease-update.policy.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../reservations.settings.js';
import type { Commit, Undertaking } from './allocation/allocation-attempts.js';
import { AllocationRounds } from './allocation/allocation-rounds.js';
import type { Attempt, Held } from './allocation/attempt.js';
import { ChangeAttempts } from './allocation/change-attempts.js';
import { changedReservations, filteredLease, isNothing, wantedByChange } from './allocation/lease-change.js';
import type { LeaseOutcome, LeaseRefused } from './allocation/lease-outcome.js';
import { derivedContext } from './derived-context.js';
import { derivedId } from './derived-ids.js';
import { LeaseFilters } from './enforcement/lease-filters.js';
import { StepPatience } from './lifecycle/step-patience.js';

type Updated = CommandAccepted<DomainEvent, LeaseFacts>;

/** A lease as a change finds it. */
interface Found {
  readonly facts: LeaseFacts;
  readonly version: number;
  readonly heldIn: readonly string[];
}

@CommandHandler(UpdateLease)
export class UpdateLeaseHandler implements ICommandHandler<UpdateLease> {
  /** Commands that may come again and are under way here: a second one waits for the first. */
  private readonly repeatables = new Map<string, Promise<LeaseOutcome>>();

  constructor(
    private readonly executor: CommandExecutor,
    private readonly filters: LeaseFilters,
    private readonly rounds: AllocationRounds,
    private readonly changes: ChangeAttempts,
    private readonly patience: StepPatience,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  execute(command: UpdateLease): Promise<LeaseOutcome> {
    const { commandId, repeatable } = command.context;
    if (!repeatable) return this.update(command);
    const first = this.repeatables.get(commandId);
    if (first !== undefined) return first;
    const outcome = this.updateOnce(command).finally(() => this.repeatables.delete(commandId));
    this.repeatables.set(commandId, outcome);
    return outcome;
  }

  private async updateOnce(command: UpdateLease): Promise<LeaseOutcome> {
    const former = await this.former(command);
    return former.kind === 'committed' ? former.answer : this.update(command);
  }

  private update(command: UpdateLease): Promise<LeaseOutcome> {
    return this.patience.run(command.leaseId, () => this.attempt(command));
  }

  private async attempt(command: UpdateLease): Promise<LeaseOutcome> {
    const outcome = await this.rounds.run(command.context, 0, (number) => this.prepare(command, number));
    return outcome.kind === 'committed' ? outcome.answer : outcome;
  }

  /** On the lease as it is now; one that has changed when it comes to the commit is prepared anew. */
  private async prepare(command: UpdateLease, number: number): Promise<Undertaking<Updated> | LeaseRefused> {
    const { context, caller, leaseId, change } = command;
    const found = await this.find(leaseId);
    if (found === undefined) return refuse('lease-unknown', { leaseId });
    const { facts, version, heldIn } = found;
    if (!caller.administrator && facts.projectId !== caller.projectId) return refuse('not-the-project', { leaseId });
    const plan = planUpdate(facts, change, this.world.now(), { eventId: derivedId(leaseId, 'before_end_lease') });
    if (plan.kind === 'refused') return plan;
    const refusal = await this.filtered(command, facts, plan);
    if (refusal !== undefined) return refusal;
    const wanted = wantedByChange(plan);
    const attempt = await this.changes.attempt(context, leaseId, version, number);
    if (wanted.hosts.length + wanted.addresses.length > 0) await this.changes.settleFormer(leaseId, heldIn, context);
    return {
      attempt,
      wanted,
      commit: (held, streams) =>
        isNothing(plan) ? unchanged(facts) : this.commit(context, attempt, version, plan, held, streams),
      former: async () => {
        const former = await this.former(command);
        if (former.kind === 'committed') return former.answer;
        throw new OutcomeUnknown(`${attempt.decidedBy}: ${former.code}`);
      },
    };
  }

  private async filtered(
    { caller, change }: UpdateLease,
    facts: LeaseFacts,
    plan: UpdatePlan,
  ): Promise<LeaseRefused | undefined> {
    const { startsAt, endsAt, beforeEndAt, reservations } = change;
    const renamesOnly = [startsAt, endsAt, beforeEndAt, reservations].every((each) => each === undefined);
    return renamesOnly ? undefined : this.filters.checkUpdate(caller, facts, filteredLease(facts, plan));
  }

  private async commit(
    context: CommandContext,
    attempt: Attempt,
    version: number,
    plan: UpdatePlan,
    held: Held,
    heldIn: readonly string[],
  ): Promise<Commit<Updated>> {
    const { kind: _kind, reservations: changes, events, ...dates } = plan;
    const reservations: readonly Reservation[] = changedReservations(changes, held);
    const outcome = await this.decide(context, {
      ...{ type: 'update', version, leaseId: attempt.leaseId, attempt: attempt.id, heldIn, at: this.world.now() },
      ...{ ...dates, events, reservations },
    });
    if (outcome.kind === 'committed') {
      const ids = reservations.map(({ id }) => id);
      await this.changes.settleCommitted(attempt, heldIn, outcome.answer.answer, ids, context);
    }
    return outcome;
  }

  private async decide(
    context: CommandContext,
    command: Extract<LeaseCommand, { type: 'update' }>,
  ): Promise<Commit<Updated>> {
    const stream = leaseStream(command.leaseId);
    const its = derivedContext(context, `update\n${stream}`);
    const outcome = await this.executor.execute(lease, stream, command, its, (state) => leaseOf(state)?.facts);
    if (outcome.kind === 'refused') return { ...outcome, kind: 'lost' };
    const { answer } = outcome;
    if (answer === undefined) throw new OutcomeUnknown(`${stream} was changed and is deleted since`);
    return { kind: 'committed', answer: { ...outcome, answer } };
  }

  /** The answer of a command that was committed before: the executor recognises it; on no version it cannot succeed anew. */
  private former({ context, leaseId }: UpdateLease): Promise<Commit<Updated>> {
    const nothing = { heldIn: [], reservations: [], events: [], at: this.world.now() };
    return this.decide(context, { type: 'update', version: -1, leaseId, attempt: '', ...nothing });
  }

  private find(leaseId: string): Promise<Found | undefined> {
    return this.executor.look(lease, leaseStream(leaseId), (state) => {
      const there = leaseOf(state);
      return there && { ...there, heldIn: heldInOf(state) };
    });
  }
}

/** Asked for what is so already: nothing is appended. */
function unchanged(facts: LeaseFacts): Promise<Commit<Updated>> {
  const answer = {
    ...{ kind: 'accepted' as const, events: [], answer: facts },
    ...{ revision: -1, position: undefined, repeated: false },
  };
  return Promise.resolve({ kind: 'committed', answer });
}
