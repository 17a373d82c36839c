import type { EventCatalog } from '#kernel';
import type { CheckoutFacts } from '../pool/pool.events.js';

/** Machines of one pool under one requested name. */
export interface OnDemandShare {
  readonly requestedAs: string;
  readonly pool: string;
  readonly count: number;
}

export interface DeliveredVm {
  readonly name: string;
  readonly pool: string;
  readonly requestedAs: string;
  readonly domain: string | null;
}

interface Of<Type extends string, More> {
  readonly type: Type;
  /** `stream`: the request's own, `onDemand-<id>.<generation>`; `requestId`: as its client knows it. */
  readonly data: { readonly stream: string; readonly requestId: string; readonly at: number } & More;
}

/** The pool of each machine is drawn at this time. */
export type OnDemandRequested = Of<
  'OnDemandRequested',
  {
    readonly generation: number;
    readonly shares: readonly OnDemandShare[];
    readonly checkout: Omit<CheckoutFacts, 'requestedAs'>;
    /** Failed if not fulfilled by then. */
    readonly deadline: number;
    /** `ondemand_request_ttl` at this time, for the words of a failure. Minutes. */
    readonly ttlMinutes: number;
  }
>;
export type OnDemandVmDelivered = Of<'OnDemandVmDelivered', { readonly vm: DeliveredVm }>;
/** The commit: every machine is there. */
export type OnDemandFulfilled = Of<
  'OnDemandFulfilled',
  { readonly vms: readonly DeliveredVm[]; readonly forgetAt: number }
>;
export type OnDemandFailed = Of<
  'OnDemandFailed',
  {
    /** `deadline`, or what the provider said for good. */
    readonly reason: 'deadline' | 'clone-failed';
    readonly message: string | null;
    readonly forgetAt: number;
  }
>;
export type OnDemandDeleted = Of<'OnDemandDeleted', { readonly forgetAt: number }>;
/** The id may be used again: the next one is another generation (C16). */
export type OnDemandForgotten = Of<'OnDemandForgotten', unknown>;

export type OnDemandEvent =
  OnDemandRequested | OnDemandVmDelivered | OnDemandFulfilled | OnDemandFailed | OnDemandDeleted | OnDemandForgotten;

export const onDemandCatalog: EventCatalog<OnDemandEvent> = {
  context: 'pools',
  versions: {
    OnDemandRequested: 1,
    OnDemandVmDelivered: 1,
    OnDemandFulfilled: 1,
    OnDemandFailed: 1,
    OnDemandDeleted: 1,
    OnDemandForgotten: 1,
  },
};
