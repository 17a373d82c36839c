import type { CollectionDefinition, Document } from '#read-store';

export interface GuestFields {
  readonly uuid: string;
  /** The host's own name for it: `instance-0000001f`. */
  readonly name: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

/** What some guests use together. */
export interface GuestSums {
  readonly guests: number;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

/** One hypervisor with its service (contracts/nova §6, §11). `_id` is its uuid. */
export interface HypervisorDocument extends Document {
  /** Integer id, ascending from 1. */
  readonly number: number;
  readonly hypervisorHostname: string;
  readonly provider: string;
  readonly nativeId: string;
  readonly service: { readonly number: number; readonly uuid: string; readonly host: string };
  readonly enabled: boolean;
  readonly disabledReason: string | null;
  readonly forcedDown: boolean;
  /** Of the heartbeat alone; shown as down also when forced down. */
  readonly alive: boolean;
  readonly type: string;
  readonly version: number;
  readonly hostIp: string | null;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly localGb: number;
  readonly diskAvailableLeastGb: number | null;
  readonly cpuInfo: Readonly<Record<string, unknown>> | null;
  /** By all guests: those that were found and those that were placed. */
  readonly vcpusUsed: number;
  readonly memoryMbUsed: number;
  readonly localGbUsed: number;
  readonly found: GuestSums;
  readonly placed: GuestSums;
  /** The calendar that claimed it for reservations; null: free, or for pools. */
  readonly partition: string | null;
  /** The reservation that is on it. */
  readonly takenBy: {
    readonly leaseId: string;
    readonly reservationId: string;
    readonly fencingToken: number;
  } | null;
  /** Those that were found by listings, in order of appearance. Placed ones are documents of their own. */
  readonly guests: readonly GuestFields[];
}

/** A guest that its owner has placed. `_id` is made of both uuids. */
export interface PlacedGuestDocument extends Document, GuestFields {
  /** Uuid of its host, which may have vanished. */
  readonly hypervisor: string;
  /** Ascends in the order in which the guests of a host were placed. */
  readonly order: number;
  readonly owner: { readonly kind: string; readonly id: string };
}

export const hypervisorsCollection: CollectionDefinition<HypervisorDocument> = {
  name: 'hypervisors',
  indexes: [
    { name: 'byNumber', fields: ['number'], unique: true },
    { name: 'byServiceHost', fields: ['service.host', 'number'] },
  ],
};

/** Hypervisors that have vanished, as they were: what a return brings back. In no list, and nobody's 404 (contracts/nova §6). */
export const vanishedCollection: CollectionDefinition<HypervisorDocument> = {
  name: 'vanishedHypervisors',
  indexes: [],
};

/** By host, so that a change of one guest costs the same however many there are. */
export const placedGuestsCollection: CollectionDefinition<PlacedGuestDocument> = {
  name: 'placedGuests',
  indexes: [{ name: 'byHypervisor', fields: ['hypervisor', 'order'] }],
};

/** One document, written with every change of any hypervisor: its position tells whether what was summed up still holds. */
export const hypervisorsChangeCollection: CollectionDefinition = { name: 'hypervisorsChange', indexes: [] };

export const changeId = 'last';
