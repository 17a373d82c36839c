import { EnsureOwnedAggregate, MoveHosts, type AggregateFacts } from '#inventory';
import type { CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { RESERVATIONS_SETTINGS, type ReservationsSettings } from '../../reservations.settings.js';
import { freePoolAggregate } from '../allocation/owned-aggregates.policy.js';
import { recognisedContext } from '../derived-context.js';
import { accepted } from '../lifecycle/accepted.js';
import { HostPartitions } from './host-partitions.js';

/** The aggregate of enrolled hosts that no reservation has. */
@Injectable()
export class FreePool {
  constructor(
    private readonly commands: CommandBus,
    private readonly hosts: HostPartitions,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
  ) {}

  get aggregate() {
    return freePoolAggregate(this.settings.freePool);
  }

  /** It is there, and shows, before any host is enrolled. */
  async ensure(context: CommandContext): Promise<void> {
    const its = recognisedContext(context, 'free pool');
    const outcome: CommandOutcome<DomainEvent, string, AggregateFacts> = await this.commands.execute(
      new EnsureOwnedAggregate(its, this.aggregate),
    );
    accepted(outcome, this.settings.freePool);
  }

  /**
   * An enrolled host that nobody has is in it. Who has taken a host alone moves it, and may take it meanwhile: so this
   * looks again.
   */
  async add(uuid: string, context: CommandContext): Promise<void> {
    for (;;) {
      const card = await this.hosts.card(uuid);
      if (card === undefined || card.use.partition === null || card.use.takenBy !== null) return;
      await this.move(card.serviceHost, null, context);
      const { use } = (await this.hosts.card(uuid)) ?? card;
      if (use.takenBy === null && use.partition !== null) return;
      await this.move(card.serviceHost, this.aggregate.owner, context);
    }
  }

  async remove(serviceHost: string, context: CommandContext): Promise<void> {
    await this.move(serviceHost, this.aggregate.owner, context);
  }

  private async move(host: string, from: MoveHosts['from'], context: CommandContext): Promise<void> {
    const its = recognisedContext(context, `free pool\n${host}`);
    const to = from === null ? this.aggregate : null;
    const outcome: CommandOutcome<DomainEvent, string, unknown> = await this.commands.execute(
      new MoveHosts(its, [host], from, to),
    );
    accepted(outcome, this.settings.freePool);
  }
}
