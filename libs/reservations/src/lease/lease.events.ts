import type { EventCatalog } from '#kernel';
import type { Need } from '../host-calendar/host-calendar.events.js';
import type { Trait } from '../host-calendar/host-calendar.commands.js';

/** Terms as asked for (contracts/blazar §4, §9); texts as they were sent. MiB and GiB. */
export type ReservationTerms =
  | {
      readonly resourceType: 'physical:host';
      readonly min: number;
      readonly max: number;
      readonly hypervisorProperties: string;
      readonly resourceProperties: string;
      readonly beforeEnd: 'default' | 'snapshot' | '';
    }
  | {
      readonly resourceType: 'virtual:instance';
      readonly amount: number;
      readonly vcpus: number;
      readonly memoryMb: number;
      readonly diskGb: number;
      readonly affinity: boolean | null;
      readonly resourceProperties: string;
    }
  | {
      readonly resourceType: 'flavor:instance';
      readonly amount: number;
      readonly flavorId: string;
      /** The flavor as it was: JSON text, shown as `resource_properties`. */
      readonly flavor: string;
      readonly vcpus: number;
      readonly memoryMb: number;
      readonly diskGb: number;
      readonly needs: readonly Need[];
      readonly traits: readonly Trait[];
    }
  | {
      readonly resourceType: 'virtual:floatingip';
      readonly networkId: string;
      readonly amount: number;
      readonly requiredFloatingIps: readonly string[];
    };

/** A host, or room on it, that a reservation has. */
export interface AllocatedHost {
  readonly partition: string;
  readonly hostId: string;
  readonly hypervisorUuid: string;
  readonly serviceName: string;
  /** Instances that it has room for there; null: the whole host is the reservation's. */
  readonly slots: number | null;
}

export interface AllocatedAddress {
  readonly floatingIpId: string;
  readonly address: string;
}

/** What instances of a reservation are booted with. */
export interface InstanceMeans {
  /** Equals the reservation's id. */
  readonly flavorId: string;
  /** Null without affinity. */
  readonly serverGroupId: string | null;
  /** Of the aggregate named by the reservation's id. */
  readonly aggregateId: number;
}

/** A reservation with everything it got. */
export interface Reservation {
  readonly id: string;
  /** Uuid of the type's own record, not of a host. */
  readonly resourceId: string;
  readonly terms: ReservationTerms;
  readonly hosts: readonly AllocatedHost[];
  readonly addresses: readonly AllocatedAddress[];
  /** Null: not for instances. */
  readonly means: InstanceMeans | null;
}

export type LeaseEventType = 'start_lease' | 'before_end_lease' | 'end_lease';

/** When something of a lease is due. Milliseconds since 1970. */
export interface DueEvent {
  readonly id: string;
  readonly type: LeaseEventType;
  readonly dueAt: number;
}

/** Which lease, and when: milliseconds since 1970. */
interface At {
  readonly leaseId: string;
  readonly at: number;
}

interface Of<Type extends string, More = unknown> {
  readonly type: Type;
  readonly data: At & More;
}

/** An attempt, and the streams in which it may hold something (C1). */
interface OfAttempt {
  readonly attempt: string;
  readonly heldIn: readonly string[];
}

/** The commit of a creation, with the whole result (C12). */
export type LeaseCreated = Of<
  'LeaseCreated',
  OfAttempt & {
    readonly name: string;
    readonly userId: string;
    readonly projectId: string;
    /** 32 hexadecimal digits. */
    readonly trustId: string;
    readonly startsAt: number;
    readonly endsAt: number;
    readonly reservations: readonly Reservation[];
    readonly events: readonly DueEvent[];
  }
>;
/** Nothing was created; durable before anything is released. `reservationIds`: whose aggregates and flavors may be there. */
export type LeaseRefused = Of<
  'LeaseRefused',
  OfAttempt & { readonly reservationIds: readonly string[]; readonly reason: AttemptFailure }
>;
/** `short`: not enough of something; `waiting`: others hold what is missing; `deadline`: nobody decided in time; `changed`: the lease changed meanwhile; `unavailable`: a store did not answer. */
export type AttemptFailure = 'short' | 'waiting' | 'deadline' | 'changed' | 'unavailable';

/** The commit of a change. Fields and reservations that stay as they were are left out. */
export type LeaseUpdated = Of<
  'LeaseUpdated',
  OfAttempt & {
    readonly name?: string;
    readonly startsAt?: number;
    readonly endsAt?: number;
    /** Whole, as they are from now on. */
    readonly reservations: readonly Reservation[];
    /** With their new times; one that is due again is undone again. */
    readonly events: readonly DueEvent[];
  }
>;
/** Nothing was changed; durable before anything is released. */
export type LeaseChangeAbandoned = Of<'LeaseChangeAbandoned', OfAttempt & { readonly reason: AttemptFailure }>;

/** start_lease is in progress. */
export type LeaseStarting = Of<'LeaseStarting'>;
/** Its hosts are taken and in the aggregates of their reservations: ids of these, by reservation. */
export type LeaseStarted = Of<
  'LeaseStarted',
  { readonly aggregates: readonly { readonly reservationId: string; readonly aggregateId: number }[] }
>;
/** Everything is as it was before; the reservations named are in error, and so is the lease. */
export type LeaseStartFailed = Of<
  'LeaseStartFailed',
  { readonly reservationIds: readonly string[]; readonly reason: string }
>;
/** before_end_lease is in progress. */
export type LeaseEndAnnouncing = Of<'LeaseEndAnnouncing'>;
/** The before_end actions were carried out. */
export type LeaseEndAnnounced = Of<
  'LeaseEndAnnounced',
  {
    readonly images: readonly {
      readonly reservationId: string;
      readonly hostId: string;
      readonly guestUuid: string;
      readonly imageId: string;
      readonly name: string;
    }[];
  }
>;
/** The event is in error; lease and reservations stay as they are. */
export type LeaseEndAnnouncementFailed = Of<'LeaseEndAnnouncementFailed', { readonly reason: string }>;
/** end_lease is in progress. */
export type LeaseEnding = Of<'LeaseEnding'>;
/** Servers gone, hosts vacated and back; what is allocated is released thereafter. */
export type LeaseEnded = Of<'LeaseEnded', { readonly heldIn: readonly string[] }>;
/** The hosts of the reservations named may be occupied still; nothing is allocated any more. */
export type LeaseEndFailed = Of<
  'LeaseEndFailed',
  { readonly heldIn: readonly string[]; readonly reservationIds: readonly string[]; readonly reason: string }
>;
/** From an active lease servers are being removed. */
export type LeaseDeleting = Of<'LeaseDeleting'>;
export type LeaseDeletionFailed = Of<
  'LeaseDeletionFailed',
  { readonly reservationIds: readonly string[]; readonly reason: string }
>;
/** No longer shown. What is allocated is released thereafter. */
export type LeaseDeleted = Of<
  'LeaseDeleted',
  { readonly heldIn: readonly string[]; readonly reservationIds: readonly string[] }
>;
/** The commit of a healing: a host failed, and this is what the reservation has now (contracts/blazar §13). */
export type ReservationHealed = Of<
  'ReservationHealed',
  OfAttempt & {
    readonly reservationId: string;
    readonly failedHostId: string;
    /** Null: no alternative, and the host is missing from now on. */
    readonly replacementHostId: string | null;
    readonly hosts: readonly AllocatedHost[];
    /** The reservation is active, so its owner sees other hosts. */
    readonly resourcesChanged: boolean;
  }
>;

export type LeaseEvent =
  | LeaseCreated
  | LeaseRefused
  | LeaseUpdated
  | LeaseChangeAbandoned
  | LeaseStarting
  | LeaseStarted
  | LeaseStartFailed
  | LeaseEndAnnouncing
  | LeaseEndAnnounced
  | LeaseEndAnnouncementFailed
  | LeaseEnding
  | LeaseEnded
  | LeaseEndFailed
  | LeaseDeleting
  | LeaseDeletionFailed
  | LeaseDeleted
  | ReservationHealed;

export const leaseCatalog: EventCatalog<LeaseEvent> = {
  context: 'reservations',
  versions: {
    LeaseCreated: 1,
    LeaseRefused: 1,
    LeaseUpdated: 1,
    LeaseChangeAbandoned: 1,
    LeaseStarting: 1,
    LeaseStarted: 1,
    LeaseStartFailed: 1,
    LeaseEndAnnouncing: 1,
    LeaseEndAnnounced: 1,
    LeaseEndAnnouncementFailed: 1,
    LeaseEnding: 1,
    LeaseEnded: 1,
    LeaseEndFailed: 1,
    LeaseDeleting: 1,
    LeaseDeletionFailed: 1,
    LeaseDeleted: 1,
    ReservationHealed: 1,
  },
};
