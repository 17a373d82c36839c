import type { EventCatalog } from '#kernel';
import type { CheckedOutVm, CheckoutFacts } from '../pool/pool.events.js';

/** What one pool gave. */
export interface CheckoutShare {
  readonly pool: string;
  /** Of this pool, in the order in which they were asked for; each says under which name. */
  readonly vms: readonly (CheckedOutVm & { readonly requestedAs: string })[];
  /** End of their lifetime; null: never. */
  readonly expiresAt: number | null;
}

/** First and only event of `checkout-<uuid>`: the commit, with the whole result (C1, C12). */
export interface CheckoutCompleted {
  readonly type: 'CheckoutCompleted';
  readonly data: {
    readonly checkout: Omit<CheckoutFacts, 'requestedAs'>;
    readonly shares: readonly CheckoutShare[];
    readonly at: number;
  };
}

/** First and only event of `checkout-<uuid>`: nothing is given; durable before anything is released. */
export interface CheckoutFailed {
  readonly type: 'CheckoutFailed';
  readonly data: {
    readonly checkoutId: string;
    /** Where something may be held for it, as far as known to whoever decided. */
    readonly pools: readonly string[];
    /** `empty`: not enough ready machines; `waiting`: others hold what is missing, asked again as another attempt; `deadline`: nobody decided in time; `unavailable`: a store did not answer. */
    readonly reason: 'empty' | 'waiting' | 'deadline' | 'unavailable';
    readonly at: number;
  };
}

export type CheckoutEvent = CheckoutCompleted | CheckoutFailed;

export const checkoutCatalog: EventCatalog<CheckoutEvent> = {
  context: 'pools',
  versions: { CheckoutCompleted: 1, CheckoutFailed: 1 },
};
