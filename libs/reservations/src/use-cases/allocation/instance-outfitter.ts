import { DeleteRegionFlavor, EnsureReservationFlavor } from '#flavors';
import { DeleteOwnedAggregate, EnsureOwnedAggregate } from '#inventory';
import { StoreUnavailable, type CommandContext, type CommandOutcome, type DomainEvent } from '#kernel';
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { InstanceMeans } from '../../lease/lease.events.js';
import { derivedContext } from '../derived-context.js';
import { derivedId } from '../derived-ids.js';
import { instanceFlavor, type InstanceTerms } from './instance-flavor.policy.js';
import { aggregateOfReservation, ownerOfReservation } from './owned-aggregates.policy.js';

/** Makes, aligns and removes what instances of a reservation are booted with. Everything may come again. */
@Injectable()
export class InstanceOutfitter {
  constructor(private readonly commands: CommandBus) {}

  /** The reservation's aggregate, without hosts as yet, and its flavor. */
  async outfit(
    reservationId: string,
    terms: InstanceTerms,
    projectId: string,
    context: CommandContext,
  ): Promise<InstanceMeans> {
    const serverGroupId = serverGroupOf(reservationId, terms);
    const wanted = aggregateOfReservation(reservationId, terms.resourceType, { serverGroupId }, projectId);
    const its = derivedContext(context, `aggregate\n${reservationId}`);
    const [aggregate] = await Promise.all([
      this.done(new EnsureOwnedAggregate(its, wanted)),
      this.alignFlavor(reservationId, terms, context),
    ]);
    return { flavorId: reservationId, serverGroupId, aggregateId: aggregate.id };
  }

  /** After a change of its terms. */
  async alignFlavor(reservationId: string, terms: InstanceTerms, context: CommandContext): Promise<void> {
    const flavor = instanceFlavor(reservationId, terms, serverGroupOf(reservationId, terms));
    // One flavor may be made, changed and changed back: each change has an id of its own.
    const its = derivedContext(context, `flavor\n${JSON.stringify(flavor)}`);
    await this.done(new EnsureReservationFlavor({ ...its, repeatable: false }, flavor));
  }

  /** Of reservations of any kind: where there is nothing, nothing is removed. */
  async remove(reservationIds: readonly string[], context: CommandContext): Promise<void> {
    await Promise.all(
      reservationIds.flatMap((id) => [
        this.done(new DeleteOwnedAggregate(derivedContext(context, `no aggregate\n${id}`), ownerOfReservation(id))),
        this.done(new DeleteRegionFlavor(derivedContext(context, `no flavor\n${id}`), id, id)),
      ]),
    );
  }

  private async done<A>(
    command: Parameters<CommandBus['execute']>[0] & { readonly context: CommandContext },
  ): Promise<A> {
    const outcome: CommandOutcome<DomainEvent, string, A> = await this.commands.execute(command);
    if (outcome.kind === 'accepted') return outcome.answer;
    throw new StoreUnavailable(`${command.constructor.name} was refused: ${outcome.code}`);
  }
}

/** Null without affinity. */
function serverGroupOf(reservationId: string, terms: InstanceTerms): string | null {
  const affinity = terms.resourceType === 'virtual:instance' ? terms.affinity : null;
  return affinity === null ? null : derivedId(reservationId, `server group\n${String(affinity)}`);
}
