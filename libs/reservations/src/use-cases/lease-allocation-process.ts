import type { CommandContext, Json } from '#kernel';
import { CommandExecutor, running, type RunningProcess } from '#runtime';
import { Injectable } from '@nestjs/common';
import { lease, leaseStream } from '../lease/lease.aggregate.js';
import type { AttemptDecision } from '../lease/lease.commands.js';
import { lastDecision, leaseOf } from '../lease/lease.looks.js';
import { leaseAllocationSaga } from '../processes/lease-allocation.saga.js';
import type { StreamHold } from './allocation/attempt.js';
import { HoldResolution } from './allocation/hold-resolution.js';
import { InstanceOutfitter } from './allocation/instance-outfitter.js';
import { Settlement } from './allocation/settlement.js';

interface OfReservations {
  readonly leaseId: string;
  readonly reservationIds: readonly string[];
}

/** Carries out what the allocation saga wants. Everything may come again: the deciders recognise it. */
@Injectable()
export class LeaseAllocationProcess {
  readonly running: RunningProcess;

  constructor(
    private readonly executor: CommandExecutor,
    private readonly settlement: Settlement,
    private readonly resolution: HoldResolution,
    private readonly outfitter: InstanceOutfitter,
  ) {
    this.running = running(leaseAllocationSaga, {
      handlers: {
        settle: (input, context) => this.settle(input, context),
        release: (input, context) => this.release(input, context),
        'align-outfits': (input, context) => this.alignOutfits(input as unknown as OfReservations, context),
        'clear-outfits': (input, context) => this.clearOutfits(input as unknown as OfReservations, context),
        'check-outfits': (input, context) => this.checkOutfits(input as unknown as OfReservations, context),
      },
      onTimer: {
        'allocation-deadline': ({ payload }, context) =>
          this.resolution.finish(payload as unknown as Omit<StreamHold, 'deadline'>, context),
      },
    });
  }

  private settle(input: Json, context: CommandContext): Promise<void> {
    const { attempt, heldIn, decision } = input as unknown as {
      readonly attempt: string;
      readonly heldIn: readonly string[];
      readonly decision: AttemptDecision;
    };
    return this.settlement.settleIn(heldIn, attempt, decision, context);
  }

  private async release(input: Json, context: CommandContext): Promise<void> {
    const { leaseId, heldIn, reservationIds } = input as unknown as {
      readonly leaseId: string;
      readonly heldIn: readonly string[];
      readonly reservationIds: readonly string[] | null;
    };
    const ids = reservationIds ?? (await this.reservationsOf(leaseId));
    if (ids.length > 0) await this.settlement.releaseAll(leaseId, heldIn, ids, context);
  }

  private async alignOutfits({ leaseId, reservationIds }: OfReservations, context: CommandContext): Promise<void> {
    const there = await this.executor.look(lease, leaseStream(leaseId), leaseOf);
    if (there !== undefined) await this.outfitter.alignAll(there.facts, reservationIds, context);
  }

  /** What was made for reservations that came to nothing. */
  private async clearOutfits({ leaseId, reservationIds }: OfReservations, context: CommandContext): Promise<void> {
    const alive = new Set(await this.reservationsOf(leaseId));
    await this.outfitter.remove(
      reservationIds.filter((id) => !alive.has(id)),
      context,
    );
  }

  /** Nothing while the creation is undecided: should it fail, what it made is cleared then. */
  private async checkOutfits({ leaseId, reservationIds }: OfReservations, context: CommandContext): Promise<void> {
    const { decided, wanted } = await this.executor.look(lease, leaseStream(leaseId), (state) => ({
      decided: lastDecision(state) !== undefined,
      wanted: (leaseOf(state)?.facts.reservations ?? [])
        .filter(({ status }) => status !== 'deleted')
        .map(({ id }) => id),
    }));
    const unwanted = reservationIds.filter((id) => !wanted.includes(id));
    if (decided && unwanted.length > 0) await this.outfitter.remove(unwanted, context);
  }

  /** None: deleted, and its deletion releases, or never created. */
  private reservationsOf(leaseId: string): Promise<readonly string[]> {
    return this.executor.look(lease, leaseStream(leaseId), (state) =>
      (leaseOf(state)?.facts.reservations ?? []).map(({ id }) => id),
    );
  }
}
