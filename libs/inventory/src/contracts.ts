import type { CommandContext, CommandOutcome, DomainEvent } from '#kernel';
import { Command, Query } from '@nestjs/cqrs';
import type { AggregateOwner, MetadataEntry } from './host-aggregates/host-aggregates.events.js';
import type { GuestOwner, Resources } from './hypervisor/hypervisor.events.js';

/** Why inventory refuses. Facts are named behind each; ids are the integers of aggregates, zones as written. */
export type InventoryRefusal =
  | 'aggregate-name-taken' // name
  | 'aggregate-unknown' // id
  | 'aggregate-not-empty' // id
  | 'host-unknown' // host
  | 'host-in-other-zone' // id, zones: one per other aggregate with that host and a different zone
  | 'host-already-in-aggregate' // id, host
  | 'host-not-in-aggregate' // id, host
  | 'host-has-servers' // id, host, direction 'add' | 'remove', fromZone, toZone, servers: its effective zone would change
  | 'zone-empty' // id, name (after a rename in the same call)
  | 'zone-in-conflict' // id, zones
  | 'zone-has-servers' // id
  | 'image-unknown' // imageId
  | 'hypervisor-unknown' // id
  | 'service-already-so' // id: it is in that condition already
  | 'no-capacity' // candidates: [{host, why}], why: PlacementObstacle
  | 'aggregate-owned' // id, name, owner: only its owner changes it (C21)
  | 'host-has-guests' // uuid, servers: uuids of what runs there
  | 'host-not-reservable' // uuid: reservations have not claimed it
  | 'host-taken'; // uuid, reservationId: who is on it, or null: servers are left there

export interface AggregateFacts {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly availabilityZone: string | null;
  /** Service hosts, in order of adding. */
  readonly hosts: readonly string[];
  /** Includes availability_zone when set. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly updatedAt: number | null;
}

type Outcome<Answer> = CommandOutcome<DomainEvent, InventoryRefusal, Answer>;

export class CreateAggregate extends Command<Outcome<AggregateFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly wanted: { readonly name: string; readonly availabilityZone: string | null },
  ) {
    super();
  }
}

/** Atomic: a refused zone leaves the name as it was. `availabilityZone` undefined: not given; null or '': asked to be emptied. */
export class UpdateAggregate extends Command<Outcome<AggregateFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly id: number,
    readonly change: { readonly name?: string; readonly availabilityZone?: string | null },
  ) {
    super();
  }
}

export class DeleteAggregate extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly id: number,
  ) {
    super();
  }
}

/** Order of checks: host, aggregate, zone of others, servers, already in it (contracts/nova §5). */
export class AddHostToAggregate extends Command<Outcome<AggregateFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly id: number,
    readonly host: string,
  ) {
    super();
  }
}

export class RemoveHostFromAggregate extends Command<Outcome<AggregateFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly id: number,
    readonly host: string,
  ) {
    super();
  }
}

/** Merges; null deletes a key. */
export class SetAggregateMetadata extends Command<Outcome<AggregateFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly id: number,
    readonly metadata: Readonly<Record<string, string | null>>,
  ) {
    super();
  }
}

/** Answered when the wish is durable; the caching goes on as a process. Order: aggregate, then each image in order. */
export class CacheImages extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly id: number,
    /** With dashes, lower case. */
    readonly imageIds: readonly string[],
  ) {
    super();
  }
}

export type ServiceChange =
  | { readonly kind: 'disable'; readonly reason: string | null }
  | { readonly kind: 'enable' }
  | { readonly kind: 'force-down' }
  | { readonly kind: 'lift-force-down' };

/** Changes the compute service of a hypervisor, and so every hypervisor of that service. `id`: uuid or integer id as text. */
export class ChangeService extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly id: string,
    readonly change: ServiceChange,
  ) {
    super();
  }
}

/** One round of discovery over all providers: new, changed and gone hypervisors and guests become events. */
export class DiscoverHypervisors extends Command<{ readonly complete: boolean; readonly events: number }> {
  constructor(readonly context: CommandContext) {
    super();
  }
}

/** What `uptime` printed last, by hypervisor uuid; null where unknown. Volatile: never an event (C13). */
export class HypervisorUptimes extends Query<ReadonlyMap<string, string | null>> {
  constructor(readonly uuids: readonly string[]) {
    super();
  }
}

/** An image that `cache image` and the read-only image API know. */
export interface KnownImage {
  readonly id: string;
  readonly name: string;
}

/** A guest to be put on a host by its owner. MiB and GiB. */
export interface WantedGuest {
  readonly uuid: string;
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

export interface PlacedGuest {
  readonly hypervisorUuid: string;
  readonly provider: string;
  readonly nativeId: string;
  readonly serviceHost: string;
}

/**
 * Claims room for a guest on one of the candidates (C4): enabled, up, not vanished, not reservable, with vcpus, memory
 * and disk to spare; the one with the most free vcpus first. A guest that is placed already is answered where it is.
 * Hosts that were never listed are left out; where there is no other: host-unknown (host, the first of them). Refused
 * besides: aggregate-unknown (id: the name), no-capacity (candidates, the first hundred at most).
 */
export class PlaceGuest extends Command<Outcome<PlacedGuest>> {
  constructor(
    readonly context: CommandContext,
    /** Service hosts, or the name of a host aggregate. `provider`: only its hypervisors; null: any. */
    readonly candidates: { readonly hosts: readonly string[] } | { readonly aggregate: string },
    readonly provider: string | null,
    readonly guest: WantedGuest,
    readonly owner: GuestOwner,
  ) {
    super();
  }
}

/** The machine is gone at the provider (or was never made). One that is not there is removed already. */
export class RemoveGuest extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly hypervisorUuid: string,
    readonly guestUuid: string,
  ) {
    super();
  }
}

/** A hypervisor as enrolment sees it, from its stream. */
export interface HypervisorCard {
  readonly uuid: string;
  /** The integer id. */
  readonly number: number;
  readonly provider: string;
  readonly nativeId: string;
  readonly hypervisorHostname: string;
  readonly serviceHost: string;
  readonly resources: Resources;
  /** Of the host's aggregate with a zone; null: none. */
  readonly availabilityZone: string | null;
  readonly enabled: boolean;
  readonly forcedDown: boolean;
  readonly alive: boolean;
  readonly vanished: boolean;
  /** Uuids of its servers. */
  readonly servers: readonly string[];
  readonly use: HypervisorUse;
}

/** What a hypervisor is for, and who is on it (C4, C5). */
export interface HypervisorUse {
  /** The calendar that claimed it; null: free, or for pools. */
  readonly partition: string | null;
  /** Null: nobody has the whole host. */
  readonly takenBy: { readonly reservationId: string; readonly leaseId: string; readonly fencingToken: number } | null;
}

/** By integer id, else by hostname: the exact one, else all whose hostname holds the text (contracts/blazar §11). Two at most are answered. By uuid: also one that has vanished. */
export class FindHypervisors extends Query<readonly HypervisorCard[]> {
  constructor(readonly by: { readonly id: string } | { readonly name: string } | { readonly uuid: string }) {
    super();
  }
}

/**
 * For leases and nothing else from now on (C4). Claimed already by that partition: accepted. Refused: hypervisor-unknown,
 * host-has-guests (known here, or told by the host itself now), host-taken (partition: another calendar has it).
 */
export class ClaimForReservations extends Command<Outcome<HypervisorCard>> {
  constructor(
    readonly context: CommandContext,
    readonly uuid: string,
    readonly partition: string,
  ) {
    super();
  }
}

/** Free again. Not claimed: accepted. Refused: host-has-guests, host-taken. */
export class ReleaseFromReservations extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly uuid: string,
  ) {
    super();
  }
}

/**
 * A reservation moves in (C5), and gets the machine's next fencing token (C7). Taken by it already: accepted, the same
 * token. Refused: host-not-reservable, host-taken (by another reservation, or servers are left there).
 */
export class TakeHost extends Command<Outcome<{ readonly fencingToken: number }>> {
  constructor(
    readonly context: CommandContext,
    readonly uuid: string,
    readonly leaseId: string,
    readonly reservationId: string,
  ) {
    super();
  }
}

/**
 * A reservation moves out: every server that the provider finds on the host is destroyed there, then the host is vacant.
 * Not taken by it: accepted, nothing is destroyed. Throws ProviderError; what was destroyed by then is gone.
 */
export class VacateHost extends Command<Outcome<{ readonly destroyed: readonly string[] }>> {
  constructor(
    readonly context: CommandContext,
    readonly uuid: string,
    readonly reservationId: string,
  ) {
    super();
  }
}

/**
 * Destroys the servers on that host that were booted with this flavor (instances of a reservation). Refused:
 * hypervisor-unknown (also vanished). Throws ProviderError.
 */
export class DestroyServersOfFlavor extends Command<Outcome<{ readonly destroyed: readonly string[] }>> {
  constructor(
    readonly context: CommandContext,
    readonly uuid: string,
    readonly flavorId: string,
  ) {
    super();
  }
}

/**
 * An image of every server that the provider finds on the host; again with the same context: the same images. Refused:
 * hypervisor-unknown (also vanished). Throws ProviderError.
 */
export class ImageServers extends Command<
  Outcome<readonly { readonly guestUuid: string; readonly imageId: string; readonly name: string }[]>
> {
  constructor(
    readonly context: CommandContext,
    readonly uuid: string,
  ) {
    super();
  }
}

export interface OwnedAggregate {
  readonly name: string;
  readonly owner: AggregateOwner;
  /** Set when it is made. */
  readonly metadata: readonly MetadataEntry[];
}

/**
 * There from now on. One of that name that nobody owns is taken over, and puts its hosts into no zone any more. Refused:
 * aggregate-name-taken (another owner has it).
 */
export class EnsureOwnedAggregate extends Command<Outcome<AggregateFacts>> {
  constructor(
    readonly context: CommandContext,
    readonly aggregate: OwnedAggregate,
  ) {
    super();
  }
}

/**
 * In one append: hosts leave `from` (an owner; null: none) and join `to` (made if it is not there; null: none), and
 * `from` is deleted when `deleteFrom` and nothing is left in it. Hosts that are out, or in, already are accepted.
 * Answer: ids, null where there is none.
 */
export class MoveHosts extends Command<Outcome<{ readonly from: number | null; readonly to: number | null }>> {
  constructor(
    readonly context: CommandContext,
    readonly hosts: readonly string[],
    readonly from: AggregateOwner | null,
    readonly to: OwnedAggregate | null,
    readonly deleteFrom = false,
  ) {
    super();
  }
}

/** With the hosts that are in it; one that is not there is deleted already. */
export class DeleteOwnedAggregate extends Command<Outcome<undefined>> {
  constructor(
    readonly context: CommandContext,
    readonly owner: AggregateOwner,
  ) {
    super();
  }
}

/** Nest injection token: `readonly KnownImage[]`, from the configuration. */
export const KNOWN_IMAGES = Symbol('KnownImages');

/** One look at the heartbeats of all providers: whose is too old, or fresh again, becomes an event. Answers how many events. */
export class CheckHeartbeats extends Command<{ readonly events: number }> {
  constructor(readonly context: CommandContext) {
    super();
  }
}

export {
  hostAggregatesCatalog,
  type AggregateOwner,
  type HostAggregatesEvent,
  type MetadataEntry,
} from './host-aggregates/host-aggregates.events.js';
export {
  hypervisorCatalog,
  type Guest,
  type GuestOwner,
  type GuestSums,
  type HypervisorEvent,
  type Resources,
} from './hypervisor/hypervisor.events.js';
export type { PlacementObstacle } from './hypervisor/placement.policy.js';
export {
  hypervisorRegistryCatalog,
  type HypervisorRegistryEvent,
  type ServiceRef,
} from './hypervisor-registry/hypervisor-registry.events.js';
