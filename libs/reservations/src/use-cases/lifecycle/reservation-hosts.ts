import { MoveHosts, TakeHost, VacateHost, type HypervisorCard, type OwnedAggregate } from '#inventory';
import type { CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import type { LeaseFacts, ReservationFacts } from '../../lease/lease.facts.state.js';
import { RESERVATIONS_WORLD, type ReservationsWorld } from '../../reservations.settings.js';
import { aggregateOfReservation, ownerOfReservation } from '../allocation/owned-aggregates.policy.js';
import { FreePool } from '../hosts/free-pool.js';
import { HostPartitions } from '../hosts/host-partitions.js';
import { accepted } from './accepted.js';
import { freshContext } from './fresh-context.js';

/** `occupied`: somebody is there still, or servers are; `lost`: it can be nobody's (any more). */
export type Taken = 'taken' | { readonly kind: 'occupied' | 'lost'; readonly uuid: string };

type Moved = { readonly from: number | null; readonly to: number | null };

/**
 * A reservation of whole hosts moves in and out. Whoever has taken a host alone moves it between aggregates: it is
 * taken first and left last, so it is never in none.
 */
@Injectable()
export class ReservationHosts {
  constructor(
    private readonly commands: CommandBus,
    private readonly hosts: HostPartitions,
    private readonly freePool: FreePool,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {}

  /** All hosts of the reservation; what is taken stays so when another is not to be had. */
  take(leaseId: string, { id, hosts }: ReservationFacts, context: CommandContext): Promise<readonly Taken[]> {
    return Promise.all(hosts.map(({ hypervisorUuid }) => this.takeOne(hypervisorUuid, leaseId, id, context)));
  }

  /** The aggregate of a reservation, whole hosts or for instances, with its hosts in it: its id. */
  async join(lease: LeaseFacts, reservation: ReservationFacts, context: CommandContext): Promise<number> {
    const { id, terms, means, hosts } = reservation;
    const aggregate = aggregateOfReservation(id, terms.resourceType, means, lease.projectId);
    const from = terms.resourceType === 'physical:host' ? this.freePool.aggregate.owner : null;
    const services = hosts.map(({ serviceName }) => serviceName);
    const { to } = await this.move(services, from, aggregate, false, context);
    if (to === null) throw new Error(`the aggregate of reservation ${id} is not there`);
    return to;
  }

  /**
   * Those of the hosts that it is on: back to the free pool, their servers destroyed, vacant; and when it is `over`, its
   * aggregate goes. Throws ProviderError.
   */
  async leave(reservationId: string, uuids: readonly string[], context: CommandContext, over = true): Promise<void> {
    const cards = await Promise.all(uuids.map((uuid) => this.hosts.card(uuid)));
    const own = cards.filter((card) => card?.use.takenBy?.reservationId === reservationId) as HypervisorCard[];
    const services = own.map(({ serviceHost }) => serviceHost);
    await this.move(services, ownerOfReservation(reservationId), this.freePool.aggregate, over, context);
    await all(own.map(({ uuid }) => this.vacate(uuid, reservationId, context)));
  }

  /** Hosts with room for instances stay where they are besides. */
  async part(reservationId: string, services: readonly string[], context: CommandContext): Promise<void> {
    await this.move(services, ownerOfReservation(reservationId), null, false, context);
  }

  private async takeOne(uuid: string, leaseId: string, id: string, context: CommandContext): Promise<Taken> {
    const its = freshContext(context, this.world);
    const outcome: CommandOutcome<DomainEvent, string, unknown> = await this.commands.execute(
      new TakeHost(its, uuid, leaseId, id),
    );
    if (outcome.kind === 'refused' && outcome.code === 'host-taken') return { kind: 'occupied', uuid };
    if (outcome.kind === 'refused' && outcome.code !== 'busy') return { kind: 'lost', uuid };
    accepted(outcome, `hypervisor ${uuid}`);
    return 'taken';
  }

  private async vacate(uuid: string, reservationId: string, context: CommandContext): Promise<void> {
    const its = freshContext(context, this.world);
    const outcome: CommandOutcome<DomainEvent, string, unknown> = await this.commands.execute(
      new VacateHost(its, uuid, reservationId),
    );
    accepted(outcome, `hypervisor ${uuid}`);
  }

  private async move(
    services: readonly string[],
    from: MoveHosts['from'],
    to: OwnedAggregate | null,
    deleteFrom: boolean,
    context: CommandContext,
  ): Promise<Moved> {
    const its = freshContext(context, this.world);
    const outcome: CommandOutcome<DomainEvent, string, Moved> = await this.commands.execute(
      new MoveHosts(its, services, from, to, deleteFrom),
    );
    return accepted(outcome, 'a move of hosts').answer;
  }
}

/** Each is tried, whatever becomes of the others. */
export async function all(works: readonly Promise<unknown>[]): Promise<void> {
  for (const settled of await Promise.allSettled(works)) if (settled.status === 'rejected') throw settled.reason;
}
