import type { Interval } from '#kernel';
import type { Capability, EnrolledHost, HostShare, Need } from './host-calendar.events.js';

/** One condition of a filter; `name` is a host column or an extra capability (contracts/blazar §6). */
export interface Condition {
  readonly operator: '==' | '!=' | '>=' | '<=' | '>' | '<';
  readonly name: string;
  readonly value: string;
}

/** What a reservation wants of the hosts of one or of all partitions. */
export type HostAsk =
  /** Whole hosts (contracts/blazar §7). */
  | { readonly kind: 'hosts'; readonly min: number; readonly max: number }
  /** Room for so many instances (§9): `affinity` true: all on one host; false: each on another; null: anywhere. */
  | {
      readonly kind: 'slots';
      readonly amount: number;
      readonly needs: readonly Need[];
      readonly traits: readonly Trait[];
      readonly affinity: boolean | null;
    };

/** `required`: the host must have that capability; `forbidden`: it must not. */
export interface Trait {
  readonly name: string;
  readonly wish: 'required' | 'forbidden';
}

/** What one reservation wants, new or changed. */
export interface HostWish {
  readonly reservationId: string;
  readonly window: Interval;
  /** All must hold. */
  readonly filter: readonly Condition[];
  readonly ask: HostAsk;
  /**
   * What the reservation has in this partition counts as its own: it is kept as far as it still fits.
   * `firm`: it is in use, nothing of it may be given back or replaced (contracts/blazar §9).
   */
  readonly firm: boolean;
  /** Only when the window has grown are kept hosts asked whether they are free in it. */
  readonly grown: boolean;
}

/** A wish whose hosts were picked before: over several partitions, or in place of one that failed. */
export interface PickedShares {
  readonly reservationId: string;
  readonly window: Interval;
  readonly filter: readonly Condition[];
  /** Of the instances that have room there; left out: none. */
  readonly traits?: readonly Trait[];
  /** All that it is to have in this partition; empty: nothing any more. */
  readonly shares: readonly HostShare[];
}

export type HostCalendarCommand =
  | {
      readonly type: 'enrol';
      /** Of this very stream: what it decides from then on names it. */
      readonly partition: string;
      readonly hostId: string;
      readonly host: EnrolledHost;
      readonly capabilities: readonly Capability[];
      readonly reservable: boolean;
      readonly at: number;
    }
  | {
      readonly type: 'set-capabilities';
      readonly hostId: string;
      readonly set: readonly Capability[];
      readonly at: number;
    }
  | { readonly type: 'withdraw'; readonly hostId: string; readonly at: number }
  /** Null: nothing is wrong with its hypervisor. */
  | {
      readonly type: 'note-condition';
      readonly hostId: string;
      readonly obstacle: 'down' | 'disabled' | 'vanished' | null;
      readonly at: number;
    }
  /**
   * All wishes or nothing, each seeing what those before it got; picked here in one decision (`wishes`), or elsewhere
   * before (`picked`). Again with the same attempt: what it got already.
   */
  | {
      readonly type: 'hold';
      readonly attempt: string;
      readonly decidedBy: string;
      readonly deadline: number;
      readonly leaseId: string;
      readonly wishes: readonly HostWish[];
      readonly picked: readonly PickedShares[];
      readonly cleaningMs: number;
      /** 0 ≤ x < 1, for a random order of hosts; null: storage order. */
      readonly dice: number | null;
      readonly at: number;
    }
  /** An attempt that is not held (any more) is confirmed or released already. */
  | { readonly type: 'confirm-hold'; readonly attempt: string; readonly at: number }
  | { readonly type: 'release-hold'; readonly attempt: string; readonly at: number }
  | {
      readonly type: 'release-allocations';
      readonly leaseId: string;
      readonly reservationIds: readonly string[];
      readonly at: number;
    };

export type HostCalendarRefusal =
  | 'host-already-enrolled' // hostId, name
  | 'host-unknown' // hostId
  | 'host-reserved' // hostId
  | 'capability-key-too-long' // key
  | 'capability-not-storable' // hostId, keys
  | 'capability-in-use' // hostId, keys
  | 'nothing-to-update'
  | 'property-unknown' // name
  | 'not-enough-hosts' // reservationId
  /** It would fit if what is undecided were gone: resolve these, or wait for them, and ask again (C11). */
  | 'held-by-others' // reservationId, holds: {attempt, decidedBy, deadline, leaseId}[]
  | 'shares-gone' // reservationId: what was picked is not free (any more)
  | 'attempt-decided'; // attempt: it was released or confirmed, so it cannot hold again (C12)
