import { DeleteRegionFlavor, EnsureReservationFlavor } from '#flavors';
import { DeleteOwnedAggregate, EnsureOwnedAggregate, type AggregateFacts, type OwnedAggregate } from '#inventory';
import { StoreUnavailable, type CommandContext, type CommandOutcome, type DomainEvent } from '#kernel';
import { Injectable } from '@nestjs/common';
import { CommandBus, type Command } from '@nestjs/cqrs';
import type { InstanceMeans } from '../../lease/lease.events.js';
import type { LeaseFacts, ReservationFacts } from '../../lease/lease.facts.state.js';
import { recognisedContext } from '../derived-context.js';
import { forInstances, instanceFlavor, serverGroupOf, type InstanceTerms } from './instance-flavor.js';
import { aggregateOfInstances, ownerOfReservation } from './owned-aggregates.policy.js';

/** Makes, aligns and removes what instances of a reservation are booted with. Everything may come again. */
@Injectable()
export class InstanceOutfitter {
  constructor(private readonly commands: CommandBus) {}

  /** The reservation's aggregate, without hosts as yet, and its flavor. */
  async outfit(
    leaseId: string,
    reservationId: string,
    terms: InstanceTerms,
    projectId: string,
    context: CommandContext,
  ): Promise<InstanceMeans> {
    const serverGroupId = serverGroupOf(reservationId, terms);
    const wanted = aggregateOfInstances(leaseId, reservationId, terms.resourceType, { serverGroupId }, projectId);
    const its = recognisedContext(context, `aggregate\n${reservationId}`);
    const [aggregate] = await Promise.all([
      this.done(new EnsureOwnedAggregate(its, wanted)),
      this.alignFlavor(leaseId, reservationId, terms, context),
    ]);
    return { flavorId: reservationId, serverGroupId, aggregateId: aggregate.id };
  }

  /** After a change of terms, before the lease has started: as they are by now. */
  async alignAll(lease: LeaseFacts, reservationIds: readonly string[], context: CommandContext): Promise<void> {
    const pending = lease.reservations.filter(({ id, status }) => status === 'pending' && reservationIds.includes(id));
    await Promise.all(pending.map((reservation) => this.align(lease, reservation, context)));
  }

  private async align(
    { id: leaseId, projectId }: LeaseFacts,
    { id, terms, means }: Pick<ReservationFacts, 'id' | 'terms' | 'means'>,
    context: CommandContext,
  ): Promise<void> {
    if (!forInstances(terms) || means === null) return;
    const wanted = aggregateOfInstances(leaseId, id, terms.resourceType, means, projectId);
    const [aggregate] = await Promise.all([
      this.done(new EnsureOwnedAggregate(recognisedContext(context, `aggregate\n${id}`), wanted)),
      this.alignFlavor(leaseId, id, terms, context),
    ]);
    if (isSo(aggregate.metadata, wanted.metadata)) return;
    // No host is in it as yet, so it can be made anew.
    await this.done(new DeleteOwnedAggregate(recognisedContext(context, `no aggregate\n${id}`), wanted.owner));
    await this.done(new EnsureOwnedAggregate(recognisedContext(context, `aggregate again\n${id}`), wanted));
  }

  private async alignFlavor(
    leaseId: string,
    reservationId: string,
    terms: InstanceTerms,
    context: CommandContext,
  ): Promise<void> {
    const flavor = instanceFlavor(leaseId, reservationId, terms);
    const its = recognisedContext(context, `flavor\n${reservationId}`);
    await this.done(new EnsureReservationFlavor(its, flavor));
  }

  /** Of reservations of any kind: where there is nothing, nothing is removed. */
  async remove(reservationIds: readonly string[], context: CommandContext): Promise<void> {
    await Promise.all(
      reservationIds.flatMap((id) => [
        this.done(new DeleteOwnedAggregate(recognisedContext(context, `no aggregate\n${id}`), ownerOfReservation(id))),
        this.done(new DeleteRegionFlavor(recognisedContext(context, `no flavor\n${id}`), id, id)),
      ]),
    );
  }

  private async done<A>(command: Command<CommandOutcome<DomainEvent, string, A>>): Promise<A> {
    const outcome = await this.commands.execute<CommandOutcome<DomainEvent, string, A>>(command);
    if (outcome.kind === 'accepted') return outcome.answer;
    throw new StoreUnavailable(`${command.constructor.name} was refused: ${outcome.code}`);
  }
}

function isSo(actual: AggregateFacts['metadata'], wanted: OwnedAggregate['metadata']): boolean {
  return (
    Object.keys(actual).length === wanted.length &&
    wanted.every(({ key, value }) => Object.hasOwn(actual, key) && actual[key] === value)
  );
}
