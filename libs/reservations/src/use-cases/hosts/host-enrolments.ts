import { ClaimForReservations, ReleaseFromReservations } from '#inventory';
import { StoreUnavailable, type CommandContext, type CommandOutcome, type DomainEvent, type Json } from '#kernel';
import { running, type RunningProcess } from '#runtime';
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { hostEnrolmentSaga } from '../../processes/host-enrolment.saga.js';
import { recognisedContext } from '../derived-context.js';
import { Lanes } from '../lifecycle/lanes.js';
import { FreePool } from './free-pool.js';
import { HostPartitions } from './host-partitions.js';

const uuidOf = (input: Json): string => (input as { readonly uuid: string }).uuid;

/**
 * Enrolling and withdrawing a host takes three streams: its hypervisor's, its calendar's and the aggregates'. The
 * calendar says whether it is enrolled; the others follow, whatever stopped in between.
 */
@Injectable()
export class HostEnrolments {
  readonly running: RunningProcess;
  private readonly lanes = new Lanes();

  constructor(
    private readonly commands: CommandBus,
    private readonly hosts: HostPartitions,
    private readonly freePool: FreePool,
  ) {
    const settle = (uuid: string, context: CommandContext) => this.exclusively(uuid, () => this.settle(uuid, context));
    this.running = running(hostEnrolmentSaga, {
      handlers: { 'settle-host': (input, context) => settle(uuidOf(input), context) },
      onTimer: { 'host-settle': ({ payload }, context) => settle(uuidOf(payload), context) },
    });
  }

  /** One thing at a time with a host, as far as this process is concerned. */
  exclusively<T>(uuid: string, work: () => Promise<T>): Promise<T> {
    return this.lanes.run(uuid, work);
  }

  /** Enrolled: claimed, and in the free pool unless a reservation has it. Else: neither. Throws StoreUnavailable. */
  async settle(uuid: string, context: CommandContext): Promise<void> {
    const card = await this.hosts.card(uuid);
    if (card === undefined) return;
    const partition = this.hosts.chosenFor(card);
    const enrolled = await this.hosts.facts(partition, String(card.number));
    const its = recognisedContext(context, `settle\n${uuid}`);
    if (enrolled !== undefined) {
      if (card.use.partition === null) await this.done(new ClaimForReservations(its, uuid, partition));
      await this.freePool.add(uuid, context);
    } else if (card.use.partition !== null) {
      if (card.use.takenBy === null) await this.freePool.remove(card.serviceHost, context);
      await this.done(new ReleaseFromReservations(its, uuid));
    }
  }

  /** Servers that came meanwhile are waited for. */
  private async done(command: ClaimForReservations | ReleaseFromReservations): Promise<void> {
    const outcome: CommandOutcome<DomainEvent, string, unknown> = await this.commands.execute(
      command as ReleaseFromReservations,
    );
    if (outcome.kind === 'accepted' || outcome.code === 'hypervisor-unknown') return;
    throw new StoreUnavailable(`hypervisor ${command.uuid} cannot follow its calendar: ${outcome.code}`);
  }
}
