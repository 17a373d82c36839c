import { CommandExecutor } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { hostCalendar, hostCalendarStream } from '../../host-calendar/host-calendar.aggregate.js';
import type { HostWish, PickedShares } from '../../host-calendar/host-calendar.commands.js';
import { heldBy, offersOf } from '../../host-calendar/host-calendar.looks.js';
import type { PartitionOffers } from '../../host-calendar/host-offers.policy.js';
import { planOverPartitions } from '../../host-calendar/partition-plan.policy.js';
import {
  RESERVATIONS_SETTINGS,
  RESERVATIONS_WORLD,
  type ReservationsSettings,
  type ReservationsWorld,
} from '../../reservations.settings.js';
import { partitionNames } from '../hosts/host-partitions.policy.js';
import type { Attempt, HoldFailure, StreamHold } from './attempt.js';
import type { StreamWish } from './stream-holds.js';

export type HostPlan =
  | { readonly kind: 'planned'; readonly picked: ReadonlyMap<string, readonly PickedShares[]> }
  | Exclude<HoldFailure, { kind: 'stale' }>;

/** Which partitions give what; what is planned may be gone when it is to be held. */
@Injectable()
export class HostPlans {
  /** In the order of the configuration. */
  readonly partitions: readonly string[];

  constructor(
    private readonly executor: CommandExecutor,
    @Inject(RESERVATIONS_SETTINGS) private readonly settings: ReservationsSettings,
    @Inject(RESERVATIONS_WORLD) private readonly world: ReservationsWorld,
  ) {
    this.partitions = partitionNames(settings.partitions);
  }

  /** By stream; one partition plans and holds in one decision. */
  async wishes(wishes: readonly HostWish[]): Promise<ReadonlyMap<string, StreamWish> | HoldFailure> {
    const [only, ...others] = this.partitions;
    if (wishes.length === 0) return new Map();
    if (only !== undefined && others.length === 0)
      return new Map([[hostCalendarStream(only), { kind: 'hosts', wishes, picked: [] }]]);
    const plan = await this.plan(wishes);
    if (plan.kind !== 'planned') return plan;
    return pickedWishes(plan.picked);
  }

  /** `without`: hosts that are not to be taken. */
  async plan(wishes: readonly HostWish[], without: ReadonlySet<string> = new Set()): Promise<HostPlan> {
    const cleaningMs = this.settings.cleaningMinutes * 60_000;
    const looks = this.partitions.map(async (partition) => {
      const stream = hostCalendarStream(partition);
      const look = (state: Parameters<typeof offersOf>[0]) => except(offersOf(state, wishes, cleaningMs), without);
      return [partition, await this.executor.look(hostCalendar, stream, look)] as const;
    });
    const offers = new Map(await Promise.all(looks));
    const plan = planOverPartitions(offers, wishes, this.settings.randomizeHosts ? this.world.random() : null);
    if (plan.kind === 'planned' || plan.code !== 'held-by-others') return plan;
    const holds = Array.from(offers, ([partition, its]) =>
      its.holds.map((hold): StreamHold => ({ stream: hostCalendarStream(partition), ...hold })),
    ).flat();
    const facts = { reservationId: wishes[0]?.reservationId };
    return { kind: 'waiting', code: 'not-enough-hosts', facts, holds };
  }

  /** Does an earlier run of this very attempt hold anything, perhaps by another plan? */
  async holdsAlready({ id }: Attempt): Promise<boolean> {
    if (this.partitions.length === 1) return false;
    const looks = this.partitions.map((partition) =>
      this.executor.look(hostCalendar, hostCalendarStream(partition), (state) => heldBy(state, id) !== undefined),
    );
    return (await Promise.all(looks)).includes(true);
  }
}

/** What was picked, by stream. */
export function pickedWishes(picked: ReadonlyMap<string, readonly PickedShares[]>): ReadonlyMap<string, StreamWish> {
  return new Map(
    Array.from(picked, ([partition, its]) => [
      hostCalendarStream(partition),
      { kind: 'hosts', wishes: [], picked: its },
    ]),
  );
}

function except(offers: PartitionOffers, without: ReadonlySet<string>): PartitionOffers {
  if (without.size === 0) return offers;
  const left = offers.wishes.map((wish) => ({
    ...wish,
    hosts: wish.hosts.filter(({ hostId }) => !without.has(hostId)),
  }));
  return { ...offers, wishes: left };
}
