import type { HostWish } from './host-calendar.commands.js';
import type { CalendarState } from './host-calendar.state.js';
import type { HostShare } from './host-calendar.events.js';

/** An undecided attempt in the way of others. */
export interface UndecidedHold {
  readonly attempt: string;
  /** Name of the deciding stream. */
  readonly decidedBy: string;
  readonly deadline: number;
  readonly leaseId: string;
}

/** What is left of each resource that one instance needs; for whole hosts an empty list. Null: no room at all. */
export type Room = readonly number[] | null;

export interface HostOffer {
  readonly hostId: string;
  /** Nothing is booked on it, whenever. */
  readonly unused: boolean;
  /** Instances have room on it inside the window. */
  readonly carries: boolean;
  /** For more than the reservation has: inside the window with cleaning time, as things are. */
  readonly room: Room;
  /** The same if undecided holds, and what their reservations had before, were gone. */
  readonly roomThen: Room;
  /** What the reservation has there, and where it would stay: inside the window itself. */
  readonly own: {
    readonly slots: HostShare['slots'];
    readonly room: Room;
    readonly roomThen: Room;
  } | null;
}

export interface WishOffers {
  readonly reservationId: string;
  /** Capabilities that its filter names and no host of this partition has. */
  readonly unknown: readonly string[];
  /** Hosts that match, and those that it has; in storage order. */
  readonly hosts: readonly HostOffer[];
}

/** What one partition has for some wishes: a copy. */
export interface PartitionOffers {
  readonly wishes: readonly WishOffers[];
  /** Undecided ones that are in the way. */
  readonly holds: readonly UndecidedHold[];
}

export type OfferingCalendar = Pick<CalendarState, 'ordered' | 'capabilities' | 'allocations' | 'holds' | 'holdOf'>;

export function offersOf(
  _state: Readonly<OfferingCalendar>,
  _wishes: readonly HostWish[],
  _cleaningMs: number,
): PartitionOffers {
  throw new Error('no offers yet');
}
