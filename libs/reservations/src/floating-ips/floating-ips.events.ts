import type { EventCatalog, Interval } from '#kernel';

interface Of<Type extends string, More = unknown> {
  readonly type: Type;
  /** Milliseconds since 1970. */
  readonly data: { readonly at: number } & More;
}

export type FloatingIpAdded = Of<
  'FloatingIpAdded',
  { readonly id: string; readonly networkId: string; readonly subnetId: string; readonly address: string }
>;
export type FloatingIpRemoved = Of<'FloatingIpRemoved', { readonly id: string }>;

/** Everything the reservation is to have from now on; empty: nothing (any more). */
export interface HeldAddresses {
  readonly reservationId: string;
  readonly window: Interval;
  readonly floatingIpIds: readonly string[];
}

/** As `HostsHeld`, for addresses. */
export type AddressesHeld = Of<
  'AddressesHeld',
  {
    readonly attempt: string;
    readonly decidedBy: string;
    readonly deadline: number;
    readonly leaseId: string;
    readonly reservations: readonly HeldAddresses[];
  }
>;
export type AddressHoldConfirmed = Of<'AddressHoldConfirmed', { readonly attempt: string }>;
export type AddressHoldReleased = Of<'AddressHoldReleased', { readonly attempt: string }>;
export type AddressesReleased = Of<
  'AddressesReleased',
  { readonly leaseId: string; readonly reservationIds: readonly string[] }
>;

export type FloatingIpsEvent =
  FloatingIpAdded | FloatingIpRemoved | AddressesHeld | AddressHoldConfirmed | AddressHoldReleased | AddressesReleased;

export const floatingIpsCatalog: EventCatalog<FloatingIpsEvent> = {
  context: 'reservations',
  versions: {
    FloatingIpAdded: 1,
    FloatingIpRemoved: 1,
    AddressesHeld: 1,
    AddressHoldConfirmed: 1,
    AddressHoldReleased: 1,
    AddressesReleased: 1,
  },
};
