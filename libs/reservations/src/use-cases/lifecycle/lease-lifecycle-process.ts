import type { CommandContext, Json } from '#kernel';
import { running, type RunningProcess } from '#runtime';
import { Injectable } from '@nestjs/common';
import { hostOccupancySaga } from '../../processes/host-occupancy.saga.js';
import { leaseLifecycleSaga } from '../../processes/lease-lifecycle.saga.js';
import { InstanceOutfitter } from '../allocation/instance-outfitter.js';
import { HostPartitions } from '../hosts/host-partitions.js';
import { LeaseLifecycle } from './lease-lifecycle.js';

/** Those who wait for a host, or for a provider, leave their place among the timers after so long. */
const longestStayMs = 1_000;

interface Left {
  readonly leaseId: string;
  readonly left: { readonly reservationId: string; readonly hostId: string } | null;
}

interface Occupied {
  readonly uuid: string;
  readonly leaseId: string;
  readonly reservationId: string;
}

/** Carries out what time and failures want of leases and of the hosts that they have taken. All may come twice, or late. */
@Injectable()
export class LeaseLifecycleProcess {
  readonly lifecycle: RunningProcess;
  readonly occupancy: RunningProcess;

  constructor(
    private readonly leases: LeaseLifecycle,
    private readonly hosts: HostPartitions,
    private readonly outfitter: InstanceOutfitter,
  ) {
    this.lifecycle = running(leaseLifecycleSaga, {
      handlers: {
        align: (input, context) => this.align(input as unknown as Left, context),
        'remove-outfit': (input, context) => this.removeOutfit(input, context),
      },
      onTimer: {
        'lease-due': ({ payload }, context) =>
          this.leases.advanceWithin((payload as { readonly leaseId: string }).leaseId, longestStayMs, context),
      },
    });
    this.occupancy = running(hostOccupancySaga, {
      handlers: {},
      onTimer: { 'host-occupancy': ({ payload }, context) => this.check(payload as unknown as Occupied, context) },
    });
  }

  private async align({ leaseId, left }: Left, context: CommandContext): Promise<void> {
    const [card] = left === null ? [] : await this.hosts.find({ id: left.hostId });
    const host = left !== null && card !== undefined ? { ...left, uuid: card.uuid } : undefined;
    await this.leases.align(leaseId, host, context);
  }

  private removeOutfit(input: Json, context: CommandContext): Promise<void> {
    return this.outfitter.remove((input as { readonly reservationIds: readonly string[] }).reservationIds, context);
  }

  private check({ uuid, leaseId, reservationId }: Occupied, context: CommandContext): Promise<void> {
    return this.leases.leave(leaseId, reservationId, uuid, context);
  }
}
