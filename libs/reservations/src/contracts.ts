import type { CommandContext, CommandOutcome, DomainEvent, Interval } from '#kernel';
import { Command, Query } from '@nestjs/cqrs';
import type { HostFacts } from './host-calendar/host-facts.state.js';
import type { LeaseFacts } from './lease/lease.facts.state.js';

/** Why reservations refuse. Facts are named behind each; the words are the facade's (contracts/blazar §2). */
export type ReservationsRefusal =
  | 'lease-unknown' // leaseId
  | 'not-the-project' // leaseId: the lease of another project
  | 'lease-status-invalid' // leaseId, status: an event of it runs, or its status does not allow that
  | 'start-in-past'
  | 'end-not-after-start'
  | 'end-invalid' // update: end before now or before the start
  | 'lease-already-started' // update: the start was moved after it passed
  | 'lease-over' // update: only renaming is left
  | 'before-end-out-of-lease'
  | 'parameters-missing' // names
  | 'parameter-malformed' // name: min, max, before_end, amount, vcpus …
  | 'range-below-one' // min or max is 0 or less
  | 'range-inverted' // max < min
  | 'amount-below-one'
  | 'requirements-malformed' // expression
  | 'property-unknown' // name: no host has such a capability
  | 'not-enough-hosts' // reservationId
  | 'resource-type-unsupported' // resourceType
  | 'reservation-id-missing'
  | 'reservation-ids-unknown' // ids
  | 'resource-type-fixed'
  | 'flavor-instance-fixed' // leases with flavor:instance are not updated
  | 'only-amount-changes' // reservationId, name: of an instance reservation that is active, nothing else can be updated
  | 'affinity-malformed'
  | 'affinity-unsupported'
  | 'flavor-unknown' // flavorId
  | 'network-unknown' // networkId
  | 'network-fixed'
  | 'address-malformed' // address
  | 'required-addresses-too-many'
  | 'required-addresses-fixed'
  | 'not-enough-floating-ips' // reservationId
  | 'duration-too-long' // seconds, maxSeconds
  | 'filter-service-refused' // message
  | 'filter-service-unavailable'
  | 'host-unknown' // hostId
  | 'host-unnamed' // rest: what the body held besides
  | 'hypervisor-unknown' // name
  | 'hypervisors-ambiguous' // name
  | 'host-already-enrolled' // hostId, name
  | 'host-has-servers' // name, servers: uuids
  | 'host-reserved' // hostId
  | 'capability-key-too-long' // key
  | 'capability-not-storable' // hostId, keys: names of host columns
  | 'capability-in-use' // hostId, keys
  | 'nothing-to-update'
  | 'resource-property-unknown' // name
  | 'floating-ip-unknown' // id
  | 'floating-ip-exists' // address
  | 'floating-ip-reserved' // id
  | 'address-in-pool' // address, networkId
  | 'address-is-gateway' // address, networkId
  | 'subnet-unknown'; // address, networkId: outside all subnets

type Outcome<Answer> = CommandOutcome<DomainEvent, ReservationsRefusal, Answer>;

/** Who asks, for what belongs to a project (contracts/blazar §12). */
export interface Caller {
  readonly userId: string;
  readonly projectId: string;
  /** Sees and touches what belongs to others. */
  readonly administrator: boolean;
}

/** As sent: types, parameters and their order of checks are the lease's rules (contracts/blazar §5, §9). */
export type RawReservation = Readonly<Record<string, unknown>>;

/** Times: milliseconds since 1970, on a full minute. */
export interface WantedLease {
  readonly name: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Undefined: by the settings. */
  readonly beforeEndAt?: number;
  readonly reservations: readonly RawReservation[];
}

/** Atomic (design §6). Answered when it is committed. */
export class CreateLease extends Command<Outcome<LeaseFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly caller: Caller,
    readonly wanted: WantedLease,
  ) {
    super();
  }
}

/** What is undefined stays as it is. */
export interface LeaseChange {
  readonly name?: string;
  readonly startsAt?: number;
  readonly endsAt?: number;
  readonly beforeEndAt?: number;
  /** Each with `id`. */
  readonly reservations?: readonly RawReservation[];
}

/** Refused, it changes nothing (contracts/blazar §9). */
export class UpdateLease extends Command<Outcome<LeaseFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly caller: Caller,
    readonly leaseId: string,
    readonly change: LeaseChange,
  ) {
    super();
  }
}

/** Answered when its hosts are free. */
export class DeleteLease extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly caller: Caller,
    readonly leaseId: string,
  ) {
    super();
  }
}

/** `id`: a hypervisor's integer id; `name`: its hostname, or a part of it. `rest`: other fields that were sent, for the refusal. */
export class EnrolHost extends Command<Outcome<HostFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly wanted: {
      readonly id?: string;
      readonly name?: string;
      readonly capabilities: readonly (readonly [key: string, value: string])[];
    },
  ) {
    super();
  }
}

export class SetHostCapabilities extends Command<Outcome<HostFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly hostId: string,
    readonly capabilities: readonly (readonly [key: string, value: string])[],
  ) {
    super();
  }
}

export class WithdrawHost extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly hostId: string,
  ) {
    super();
  }
}

/** A name that a capability of some host had or has. Times: milliseconds since 1970. */
export interface ResourcePropertyFacts {
  readonly id: string;
  readonly name: string;
  readonly resourceType: 'physical:host';
  readonly private: boolean;
  readonly createdAt: number;
  readonly updatedAt: number | null;
}

export class SetResourcePropertyPrivacy extends Command<Outcome<ResourcePropertyFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly name: string,
    readonly isPrivate: boolean,
  ) {
    super();
  }
}

export interface FloatingIpFacts {
  readonly id: string;
  readonly networkId: string;
  readonly subnetId: string;
  readonly address: string;
  readonly createdAt: number;
  readonly updatedAt: number | null;
}

export class AddFloatingIp extends Command<Outcome<FloatingIpFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly networkId: string,
    readonly address: string,
  ) {
    super();
  }
}

export class RemoveFloatingIp extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly id: string,
  ) {
    super();
  }
}

/** Why a host is not in a plan: what comes first of these. */
export type HostObstacle =
  | { readonly kind: 'not-reservable' }
  /** The condition that it does not meet. */
  | { readonly kind: 'filter'; readonly condition: string }
  /** Until when without a break it has no room for this window; null: no end is known. */
  | { readonly kind: 'busy'; readonly until: number | null; readonly leaseIds: readonly string[] }
  | { readonly kind: 'too-small'; readonly resource: string };

/** Of one reservation of the asked lease. */
export interface PlannedReservation {
  readonly resourceType: string;
  readonly fits: boolean;
  /** Those it would get. */
  readonly hosts: readonly { readonly hostId: string; readonly hostname: string; readonly slots: number | null }[];
  readonly addresses: readonly string[];
  readonly wanted: number;
  readonly available: number;
  /** Of hosts that are not among those: the first hundred. */
  readonly obstacles: readonly {
    readonly hostId: string;
    readonly hostname: string;
    readonly obstacle: HostObstacle;
  }[];
}

export interface LeasePlan {
  readonly fits: boolean;
  readonly reservations: readonly PlannedReservation[];
  /** Earliest start at which the whole lease, as long as it is, would fit if nothing else changes; null: never, as things are. */
  readonly nextStartAt: number | null;
}

/** Would this lease fit? Decided on the streams as a creation would be; nothing is held. */
export class PlanLease extends Query<
  | { readonly kind: 'planned'; readonly plan: LeasePlan }
  | { readonly kind: 'refused'; readonly code: ReservationsRefusal; readonly facts: Readonly<Record<string, unknown>> }
> {
  constructor(
    readonly caller: Caller,
    readonly wanted: WantedLease,
    /** Milliseconds since 1970. */
    readonly now: number,
  ) {
    super();
  }
}

/** A time in which a host is not free: wholly taken, or in part by instances. */
export interface BusyTime extends Interval {
  readonly leaseId: string;
  readonly reservationId: string;
  readonly slots: number | null;
}

export interface HostAvailability {
  readonly hostId: string;
  readonly hostname: string;
  readonly reservable: boolean;
  readonly busy: readonly BusyTime[];
  /** Gaps in which nothing is booked, inside the window. */
  readonly free: readonly Interval[];
}

/** Free and busy times inside a window, as booked now, in order of host ids. `hostIds` undefined: all. */
export class HostAvailabilities extends Query<readonly HostAvailability[]> {
  constructor(
    readonly window: Interval,
    readonly hostIds?: readonly string[],
  ) {
    super();
  }
}

export { foldHost, type HostFacts } from './host-calendar/host-facts.state.js';
export {
  foldLease,
  type LeaseFacts,
  type LeaseEventFacts,
  type ReservationFacts,
  type LeaseStatus,
  type ReservationStatus,
  type EventStatus,
} from './lease/lease.facts.state.js';
export type { Condition, HostAsk, Trait } from './host-calendar/host-calendar.commands.js';
export {
  hostCalendarCatalog,
  type Capability,
  type EnrolledHost,
  type HostCalendarEvent,
  type HostShare,
  type Need,
} from './host-calendar/host-calendar.events.js';
export {
  leaseCatalog,
  type AllocatedAddress,
  type AllocatedHost,
  type DueEvent,
  type InstanceMeans,
  type LeaseEvent,
  type LeaseEventType,
  type Reservation,
  type ReservationTerms,
} from './lease/lease.events.js';
export { floatingIpsCatalog, type FloatingIpsEvent } from './floating-ips/floating-ips.events.js';
export {
  resourcePropertiesCatalog,
  type ResourcePropertiesEvent,
} from './resource-properties/resource-properties.events.js';
