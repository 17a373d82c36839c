import { OutcomeUnknown, type CommandAccepted, type CommandContext, type DomainEvent } from '#kernel';
import { CommandExecutor, firstMissing } from '#runtime';
import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CreateLease, type Caller, type WantedLease } from '../contracts.js';
import { beforeEndRefusal, datesRefusal, dueEvents } from '../lease/due-events.policy.js';
import { lease, leaseStream } from '../lease/lease.aggregate.js';
import type { LeaseCommand } from '../lease/lease.commands.js';
import type { Reservation, ReservationTerms } from '../lease/lease.events.js';
import type { LeaseFacts } from '../lease/lease.facts.state.js';
import { leaseOf } from '../lease/lease.looks.js';
import {
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../reservations.settings.js';
import type { Commit, Undertaking } from './allocation/allocation-attempts.js';
import { AllocationRounds } from './allocation/allocation-rounds.js';
import { AskedReservationsReader } from './allocation/asked-reservations.js';
import type { Attempt, Held, Wanted } from './allocation/attempt.js';
import { Candidates } from './allocation/candidates.js';
import { forInstances } from './allocation/instance-flavor.js';
import { InstanceOutfitter } from './allocation/instance-outfitter.js';
import type { LeaseOutcome, LeaseRefused } from './allocation/lease-outcome.js';
import { Settlement } from './allocation/settlement.js';
import { addressWish, fresh, hostWish, wantsAddresses } from './allocation/wishes.policy.js';
import { derivedContext } from './derived-context.js';
import { derivedId, derivedTrustId } from './derived-ids.js';
import { LeaseFilters } from './enforcement/lease-filters.js';

interface Creation {
  readonly context: CommandContext;
  readonly caller: Caller;
  readonly wanted: WantedLease;
  readonly terms: readonly ReservationTerms[];
}

const nothing = { hosts: [], addresses: [] };

type Created = CommandAccepted<DomainEvent, LeaseFacts>;

@CommandHandler(CreateLease)
export class CreateLeaseHandler implements ICommandHandler<CreateLease> {
  /** Commands that may come again and are under way here: a second one waits for the first. */
  private readonly repeatables = new Map<string, Promise<LeaseOutcome>>();

  constructor(
    private readonly executor: CommandExecutor,
    private readonly reader: AskedReservationsReader,
    private readonly candidates: Candidates,
    private readonly filters: LeaseFilters,
    private readonly rounds: AllocationRounds,
    private readonly outfitter: InstanceOutfitter,
    private readonly settlement: Settlement,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  execute(command: CreateLease): Promise<LeaseOutcome> {
    const { commandId, repeatable } = command.context;
    if (!repeatable) return this.create(command, 0);
    const first = this.repeatables.get(commandId);
    if (first !== undefined) return first;
    const outcome = this.createOnce(command).finally(() => this.repeatables.delete(commandId));
    this.repeatables.set(commandId, outcome);
    return outcome;
  }

  /** What was created is answered again, whatever has become of it; what was refused may run again as the next one. */
  private async createOnce(command: CreateLease): Promise<LeaseOutcome> {
    const { context } = command;
    const decision = (number: number) => {
      const id = leaseIdOf(context, number);
      return this.settlement.decisionFor(id, leaseStream(id));
    };
    const number = await firstMissing(0, async (each) => (await decision(each)) !== undefined);
    if (number > 0 && (await decision(number - 1)) === 'committed') return this.former(context, number - 1);
    return this.create(command, number);
  }

  private async create({ context, caller, wanted }: CreateLease, first: number): Promise<LeaseOutcome> {
    const refusal = this.reader.typeMissing(wanted.reservations) ?? datesRefusal(wanted, this.world.now());
    if (refusal !== undefined) return refusal;
    const { terms, refusal: malformed } = await this.reader.read(wanted.reservations);
    const creation: Creation = { context, caller, wanted, terms };
    const late = malformed ?? (await this.lateRefusal(creation));
    if (late !== undefined) return (await this.candidates.shortage(terms, windowOf(wanted))) ?? late;
    const outcome = await this.rounds.run(context, first, (number) => this.undertaking(creation, number));
    return outcome.kind === 'committed' ? outcome.answer : outcome;
  }

  /** What is asked once there are candidates for everything. */
  private async lateRefusal(creation: Creation): Promise<LeaseRefused | undefined> {
    const { context, caller, wanted, terms } = creation;
    if (this.settings.filterService !== null) {
      const shortage = await this.candidates.shortage(terms, windowOf(wanted));
      if (shortage !== undefined) return shortage;
    }
    const id = leaseIdOf(context, 0);
    const reservations = terms.map((its, index) => ({ id: reservationIdOf(id, index), terms: its, ...nothing }));
    const { name, startsAt, endsAt } = wanted;
    const asked = { id, name, startsAt, endsAt, reservations };
    return (await this.filters.checkCreate(caller, asked)) ?? beforeEndRefusal(wanted);
  }

  private undertaking(creation: Creation, number: number): Undertaking<Created> {
    const { context, wanted, terms } = creation;
    const leaseId = leaseIdOf(context, number);
    const ids = terms.map((_, index) => reservationIdOf(leaseId, index));
    const attempt: Attempt = {
      id: leaseId,
      leaseId,
      decidedBy: leaseStream(leaseId),
      deadline: this.world.now() + this.settings.holdMs,
      reservationIds: ids,
      held: new Map(),
    };
    const instances = ids.filter((_, index) => terms.slice(index, index + 1).some(forInstances));
    return {
      attempt,
      wanted: wantedOf(ids, terms, wanted),
      commit: (held, heldIn) => this.commit(creation, attempt, held, heldIn),
      former: () => this.former(context, number),
      ...(instances.length === 0 ? {} : { undo: () => this.outfitter.remove(instances, context) }),
    };
  }

  private async commit(
    { context, caller, wanted, terms }: Creation,
    { id: leaseId, reservationIds }: Attempt,
    { hosts, addresses }: Held,
    heldIn: readonly string[],
  ): Promise<Commit<Created>> {
    const reservations = await Promise.all(
      reservationIds.map(async (id, index): Promise<Reservation | undefined> => {
        const its = terms[index];
        if (its === undefined) return undefined;
        const means = forInstances(its)
          ? await this.outfitter.outfit(leaseId, id, its, caller.projectId, context)
          : null;
        const resourceId = derivedId(id, 'resource');
        return { id, resourceId, terms: its, hosts: hosts.get(id) ?? [], addresses: addresses.get(id) ?? [], means };
      }),
    );
    const { name, startsAt, endsAt } = wanted;
    return this.decide(context, {
      ...{ type: 'create', attempt: leaseId, heldIn, leaseId, name, startsAt, endsAt, at: this.world.now() },
      ...{ userId: caller.userId, projectId: caller.projectId, trustId: derivedTrustId(leaseId) },
      reservations: reservations.filter((each) => each !== undefined),
      events: dueEvents(wanted, this.settings.minutesBeforeEnd, (type) => derivedId(leaseId, type)),
    });
  }

  private async decide(
    context: CommandContext,
    command: Extract<LeaseCommand, { type: 'create' }>,
  ): Promise<Commit<Created>> {
    const stream = leaseStream(command.leaseId);
    const its = derivedContext(context, `create\n${stream}`);
    const outcome = await this.executor.execute(lease, stream, command, its, (state) => leaseOf(state)?.facts);
    if (outcome.kind === 'refused') return { ...outcome, kind: 'lost' };
    const { answer } = outcome;
    if (answer === undefined) throw new OutcomeUnknown(`${stream} was created and is deleted since`);
    return { kind: 'committed', answer: { ...outcome, answer } };
  }

  /** The answer of an attempt that was committed: the executor recognises the command, and what it holds is not looked at. */
  private async former(context: CommandContext, number: number): Promise<Created> {
    const leaseId = leaseIdOf(context, number);
    const at = this.world.now();
    const again = await this.decide(context, {
      ...{ type: 'create', attempt: leaseId, leaseId, startsAt: at, endsAt: at, at },
      ...{ name: '', userId: '', projectId: '', trustId: '', reservations: [], events: [], heldIn: [] },
    });
    if (again.kind === 'lost') throw new OutcomeUnknown(`${leaseStream(leaseId)}: ${again.code}`);
    return again.answer;
  }
}

function leaseIdOf({ commandId }: CommandContext, number: number): string {
  return derivedId(commandId, `lease\n${String(number)}`);
}

function reservationIdOf(leaseId: string, index: number): string {
  return derivedId(leaseId, `reservation\n${String(index)}`);
}

function windowOf({ startsAt, endsAt }: WantedLease) {
  return { from: startsAt, to: endsAt };
}

function wantedOf(ids: readonly string[], terms: readonly ReservationTerms[], wanted: WantedLease): Wanted {
  const hosts: Wanted['hosts'][number][] = [];
  const addresses: Wanted['addresses'][number][] = [];
  const window = windowOf(wanted);
  for (const [index, each] of terms.entries()) {
    const id = ids[index] ?? '';
    if (wantsAddresses(each)) addresses.push(addressWish(id, each, window, fresh));
    else hosts.push(hostWish(id, each, window, fresh));
  }
  return { hosts, addresses };
}
