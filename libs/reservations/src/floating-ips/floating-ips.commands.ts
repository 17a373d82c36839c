import type { Interval } from '#kernel';

/** What one reservation wants of a network's addresses (contracts/blazar §9). */
export interface AddressWish {
  readonly reservationId: string;
  readonly window: Interval;
  readonly networkId: string;
  readonly amount: number;
  /** Addresses that must be among them. */
  readonly required: readonly string[];
  /** What the reservation has is in use: nothing of it may be given back. */
  readonly firm: boolean;
}

export type FloatingIpsCommand =
  | {
      readonly type: 'add';
      readonly id: string;
      readonly networkId: string;
      readonly subnetId: string;
      readonly address: string;
      readonly at: number;
    }
  | { readonly type: 'remove'; readonly id: string; readonly at: number }
  /** All wishes or nothing. Again with the same attempt: what it got already. */
  | {
      readonly type: 'hold';
      readonly attempt: string;
      readonly decidedBy: string;
      readonly deadline: number;
      readonly leaseId: string;
      readonly wishes: readonly AddressWish[];
      readonly at: number;
    }
  | { readonly type: 'confirm-hold'; readonly attempt: string; readonly at: number }
  | { readonly type: 'release-hold'; readonly attempt: string; readonly at: number }
  | {
      readonly type: 'release';
      readonly leaseId: string;
      readonly reservationIds: readonly string[];
      readonly at: number;
    };
