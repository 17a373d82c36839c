import type { EventCatalog, Interval } from '#kernel';

/** Keys as values, never as names: they may hold dots, or be called `__proto__`. */
export interface Capability {
  readonly key: string;
  readonly value: string;
}

/** A hypervisor as it was copied when it was enrolled (contracts/blazar §11). MiB and GiB. */
export interface EnrolledHost {
  readonly hypervisorUuid: string;
  readonly provider: string;
  readonly nativeId: string;
  /** Host of the compute service. */
  readonly serviceName: string;
  readonly hypervisorHostname: string;
  readonly hypervisorType: string;
  /** 8002000 for 8.2.0. */
  readonly hypervisorVersion: number;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly localGb: number;
  /** JSON text. */
  readonly cpuInfo: string;
  /** '' if none. */
  readonly availabilityZone: string;
  /** 32 hexadecimal digits. */
  readonly trustId: string;
}

/** How much one instance needs of one resource class: `VCPU`, `MEMORY_MB`, `DISK_GB`, or another of the flavor's `resources:*`. */
export interface Need {
  readonly resource: string;
  readonly amount: number;
}

/** What a reservation has on one host: all of it (`slots` null), or room for so many instances. */
export interface HostShare {
  readonly hostId: string;
  readonly slots: { readonly count: number; readonly needs: readonly Need[] } | null;
}

/** The complete share that a reservation is to have of this partition from now on; empty: nothing (any more). */
export interface HeldReservation {
  readonly reservationId: string;
  /** The lease's own time; cleaning time is added when others look for room. */
  readonly window: Interval;
  /** Capabilities that its filters name: they must stay as they are (contracts/blazar §11). */
  readonly properties: readonly string[];
  readonly shares: readonly HostShare[];
}

/** Which calendar, and when: milliseconds since 1970. */
interface At {
  readonly partition: string;
  readonly at: number;
}

interface Of<Type extends string, More = unknown> {
  readonly type: Type;
  readonly data: At & More;
}

/** `hostId`: the hypervisor's integer id as text. */
export type HostEnrolled = Of<
  'HostEnrolled',
  {
    readonly hostId: string;
    readonly host: EnrolledHost;
    readonly capabilities: readonly Capability[];
    readonly reservable: boolean;
  }
>;
/** Added or changed ones. */
export type HostCapabilitiesSet = Of<
  'HostCapabilitiesSet',
  { readonly hostId: string; readonly set: readonly Capability[] }
>;
export type HostWithdrawn = Of<
  'HostWithdrawn',
  { readonly hostId: string; readonly hypervisorUuid: string; readonly serviceName: string }
>;
export type HostBecameReservable = Of<'HostBecameReservable', { readonly hostId: string }>;
/** Its hypervisor is down, disabled or gone (contracts/blazar §13). */
export type HostBecameUnreservable = Of<
  'HostBecameUnreservable',
  { readonly hostId: string; readonly why: 'down' | 'disabled' | 'vanished' }
>;
/** Undecided until `decidedBy` says what becomes of it; what the reservations have besides stays theirs until then. */
export type HostsHeld = Of<
  'HostsHeld',
  {
    readonly attempt: string;
    /** Name of the deciding stream. */
    readonly decidedBy: string;
    readonly deadline: number;
    readonly leaseId: string;
    readonly reservations: readonly HeldReservation[];
  }
>;
/** What is held replaces what its reservations had here. */
export type HoldConfirmed = Of<'HoldConfirmed', { readonly attempt: string }>;
export type HoldReleased = Of<'HoldReleased', { readonly attempt: string }>;
/** The lease has ended, failed to end or is deleted: everything of these reservations, held or not, is free. */
export type AllocationsReleased = Of<
  'AllocationsReleased',
  { readonly leaseId: string; readonly reservationIds: readonly string[] }
>;

export type HostCalendarEvent =
  | HostEnrolled
  | HostCapabilitiesSet
  | HostWithdrawn
  | HostBecameReservable
  | HostBecameUnreservable
  | HostsHeld
  | HoldConfirmed
  | HoldReleased
  | AllocationsReleased;

export const hostCalendarCatalog: EventCatalog<HostCalendarEvent> = {
  context: 'reservations',
  versions: {
    HostEnrolled: 1,
    HostCapabilitiesSet: 1,
    HostWithdrawn: 1,
    HostBecameReservable: 1,
    HostBecameUnreservable: 1,
    HostsHeld: 1,
    HoldConfirmed: 1,
    HoldReleased: 1,
    AllocationsReleased: 1,
  },
};
