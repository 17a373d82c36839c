import type { EventCatalog } from '#kernel';
import type { ServiceRef } from '../hypervisor-registry/hypervisor-registry.events.js';

/** A machine on the host, whoever made it. */
export interface Guest {
  readonly uuid: string;
  /** The host's own name for it: `instance-0000001f`. */
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

/** Who made a guest and takes it away again; discovery neither adds nor removes it while it is owned. */
export interface GuestOwner {
  readonly kind: 'pool';
  /** The pool's name. */
  readonly id: string;
}

/** What some guests of a host use together. MiB and GiB. */
export interface GuestSums {
  readonly guests: number;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

/** What the host is and has. MiB and GiB. */
export interface Resources {
  readonly type: string;
  /** 7002000 for 7.2.0. */
  readonly version: number;
  readonly hostIp: string | null;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly localGb: number;
  readonly diskAvailableLeastGb: number | null;
  readonly cpuInfo: Readonly<Record<string, unknown>> | null;
}

/** Which hypervisor, and when: milliseconds since 1970. */
interface At {
  readonly uuid: string;
  readonly at: number;
}

interface Of<Type extends string, More = unknown> {
  readonly type: Type;
  readonly data: At & More;
}

export type HypervisorRegistered = Of<
  'HypervisorRegistered',
  {
    readonly number: number;
    readonly provider: string;
    readonly nativeId: string;
    readonly hypervisorHostname: string;
    readonly service: ServiceRef;
    readonly enabled: boolean;
    readonly disabledReason: string | null;
    readonly forcedDown: boolean;
    /** Is its heartbeat fresh? */
    readonly alive: boolean;
    readonly resources: Resources;
  }
>;
export type HypervisorRenamed = Of<
  'HypervisorRenamed',
  { readonly hypervisorHostname: string; readonly service: ServiceRef }
>;
export type ResourcesReported = Of<'ResourcesReported', { readonly resources: Resources }>;
/** Seen for the first time. */
export type GuestFound = Of<'GuestFound', { readonly guest: Guest }>;
/** Known, with another name or size. */
export type GuestChanged = Of<'GuestChanged', { readonly guest: Guest }>;
/** `destroyed`: on Leasebook's order, so a listing that was begun before still has it and is not believed. */
export type GuestGone = Of<'GuestGone', { readonly guestUuid: string; readonly destroyed?: true }>;
/** Room claimed by an owner, before the machine is made. `placed`: all owned guests of the host, this one included. */
export type GuestPlaced = Of<
  'GuestPlaced',
  { readonly guest: Guest; readonly owner: GuestOwner; readonly placed: GuestSums }
>;
/** Its owner says that it is gone. `placed`: all owned guests that are left. */
export type GuestRemoved = Of<'GuestRemoved', { readonly guestUuid: string; readonly placed: GuestSums }>;
/** The last heartbeat is too old; null: there never was one. */
export type HypervisorWentDown = Of<'HypervisorWentDown', { readonly heartbeatAt: number | null }>;
export type HypervisorCameUp = Of<'HypervisorCameUp', { readonly heartbeatAt: number }>;
export type ServiceDisabled = Of<'ServiceDisabled', { readonly reason: string | null }>;
export type ServiceEnabled = Of<'ServiceEnabled'>;
export type ServiceForcedDown = Of<'ServiceForcedDown'>;
export type ForcedDownLifted = Of<'ForcedDownLifted'>;
/** Missing from two complete listings in a row (C6). */
export type HypervisorVanished = Of<'HypervisorVanished'>;
export type HypervisorReturned = Of<'HypervisorReturned'>;
export type ImageCached = Of<'ImageCached', { readonly imageId: string; readonly requestId: string }>;
export type ImageCachingFailed = Of<
  'ImageCachingFailed',
  { readonly imageId: string; readonly requestId: string; readonly reason: string }
>;
/** For leases and nothing else (C4); `partition`: the calendar that has it. */
export type HypervisorClaimed = Of<'HypervisorClaimed', { readonly partition: string }>;
export type HypervisorClaimEnded = Of<'HypervisorClaimEnded'>;
/** A reservation has moved in (C5). `fencingToken`: this machine's next one (C7). */
export type HostTaken = Of<
  'HostTaken',
  { readonly leaseId: string; readonly reservationId: string; readonly fencingToken: number }
>;
/** It has moved out, and its servers are gone. */
export type HostVacated = Of<'HostVacated', { readonly leaseId: string; readonly reservationId: string }>;
/** Told before the provider is asked (C6); what came of it is told by GuestGone. */
export type GuestDestructionRequested = Of<
  'GuestDestructionRequested',
  { readonly requestId: string; readonly guestUuids: readonly string[] }
>;
/** Told before the provider is asked (C6); what came of it is told by GuestImaged. */
export type GuestImagingRequested = Of<
  'GuestImagingRequested',
  { readonly requestId: string; readonly guestUuids: readonly string[] }
>;
export type GuestImaged = Of<
  'GuestImaged',
  { readonly guestUuid: string; readonly imageId: string; readonly name: string }
>;

export type HypervisorEvent =
  | HypervisorClaimed
  | HypervisorClaimEnded
  | HostTaken
  | HostVacated
  | GuestDestructionRequested
  | GuestImagingRequested
  | GuestImaged
  | HypervisorRegistered
  | HypervisorRenamed
  | ResourcesReported
  | GuestFound
  | GuestChanged
  | GuestGone
  | GuestPlaced
  | GuestRemoved
  | HypervisorWentDown
  | HypervisorCameUp
  | ServiceDisabled
  | ServiceEnabled
  | ServiceForcedDown
  | ForcedDownLifted
  | HypervisorVanished
  | HypervisorReturned
  | ImageCached
  | ImageCachingFailed;

export const hypervisorCatalog: EventCatalog<HypervisorEvent> = {
  context: 'inventory',
  versions: {
    HypervisorClaimed: 1,
    HypervisorClaimEnded: 1,
    HostTaken: 1,
    HostVacated: 1,
    GuestDestructionRequested: 1,
    GuestImagingRequested: 1,
    GuestImaged: 1,
    HypervisorRegistered: 1,
    HypervisorRenamed: 1,
    ResourcesReported: 1,
    GuestFound: 1,
    GuestChanged: 1,
    GuestGone: 1,
    GuestPlaced: 1,
    GuestRemoved: 1,
    HypervisorWentDown: 1,
    HypervisorCameUp: 1,
    ServiceDisabled: 1,
    ServiceEnabled: 1,
    ServiceForcedDown: 1,
    ForcedDownLifted: 1,
    HypervisorVanished: 1,
    HypervisorReturned: 1,
    ImageCached: 1,
    ImageCachingFailed: 1,
  },
};
