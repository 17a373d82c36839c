import { systemClock, type Clock } from '#kernel';

/** A network whose addresses can be reserved: no more of Neutron than that takes. */
export interface NetworkSettings {
  /** Uuid. */
  readonly id: string;
  readonly name: string;
  readonly subnets: readonly {
    readonly id: string;
    /** `203.0.113.0/24`, `2001:db8::/64`. */
    readonly cidr: string;
    readonly gateway: string | null;
    /** Addresses that the network itself gives out: not to be reserved. Both ends included. */
    readonly pools: readonly { readonly start: string; readonly end: string }[];
  }[];
}

/** A part of the hosts whose calendar is one stream. */
export interface PartitionSettings {
  /** `[A-Za-z0-9_]+`: part of the stream's name. */
  readonly name: string;
  /** Hypervisor hostnames; `*` stands for any characters. */
  readonly hosts: readonly string[];
}

/** The server's settings as reservations want them. */
export interface ReservationsSettings {
  readonly clock: Clock;
  /** Does this process start and end leases (role `processes`)? */
  readonly processes: boolean;
  /** Name of the aggregate of enrolled hosts that no reservation has. */
  readonly freePool: string;
  /** A host belongs to the first that names it, else to `default`. */
  readonly partitions: readonly PartitionSettings[];
  /** Kept free before and after each reservation of a host. */
  readonly cleaningMinutes: number;
  /** 0: no before_end_lease of its own accord. */
  readonly minutesBeforeEnd: number;
  /** What `default` means when it is due. */
  readonly beforeEndAction: '' | 'snapshot';
  /** False: storage order. */
  readonly randomizeHosts: boolean;
  /** How often, every ten seconds, an event that cannot be carried out yet is tried again. */
  readonly eventMaxRetries: number;
  /** Hosts whose hypervisors fail become unreservable, and are replaced. */
  readonly monitorsHosts: boolean;
  /** Reservations that begin within it are healed; 0: all. */
  readonly healingMinutes: number;
  /** 0: no limit. */
  readonly maxLeaseSeconds: number;
  readonly maxLeaseExemptProjects: readonly string[];
  /** Asked whether a lease may be (contracts/blazar §13). */
  readonly filterService: {
    /** `/check-create`, `/check-update` and `/on-end` are appended. */
    readonly url: string;
    readonly token: string | null;
    readonly timeoutMs: number;
  } | null;
  readonly networks: readonly NetworkSettings[];
  /** How long an attempt may take before anybody decides that it failed. */
  readonly holdMs: number;
  /** Of one call to a provider. */
  readonly providerTimeoutMs: number;
}

/** Nest injection token: `ReservationsSettings`. */
export const RESERVATIONS_SETTINGS = Symbol('ReservationsSettings');

export const defaultReservationsSettings: ReservationsSettings = {
  clock: systemClock,
  processes: true,
  freePool: 'freepool',
  partitions: [],
  cleaningMinutes: 0,
  minutesBeforeEnd: 60,
  beforeEndAction: '',
  randomizeHosts: false,
  eventMaxRetries: 1,
  monitorsHosts: true,
  healingMinutes: 60,
  maxLeaseSeconds: 0,
  maxLeaseExemptProjects: [],
  filterService: null,
  networks: [],
  holdMs: 30_000,
  providerTimeoutMs: 600_000,
};

/** Chance and time of reservations; tests give their own, so that a run can be repeated. */
export interface ReservationsWorld {
  now(): number;
  /** Lower case with dashes. */
  uuid(): string;
  /** 0 ≤ x < 1. */
  random(): number;
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

/** Nest injection token: `ReservationsWorld`. */
export const RESERVATIONS_WORLD = Symbol('ReservationsWorld');
