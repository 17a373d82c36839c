import type { DeliveredVm, OnDemandEvent, OnDemandShare } from './on-demand.events.js';

export interface OnDemandRequest {
  readonly stream: string;
  readonly requestId: string;
  readonly shares: readonly OnDemandShare[];
  readonly userId: string | null;
  readonly deadline: number;
  status: 'open' | 'fulfilled' | 'failed' | 'deleted' | 'forgotten';
  /** In order of delivery; kept only while it is open. */
  delivered: DeliveredVm[];
  /** Undefined while it is open. */
  forgetAt: number | undefined;
}

/** Undefined until it is requested. */
export type OnDemandState = OnDemandRequest | undefined;

export function evolve(state: OnDemandState, event: OnDemandEvent): OnDemandState {
  if (event.type === 'OnDemandRequested') {
    const { stream, requestId, shares, checkout, deadline } = event.data;
    const { userId } = checkout;
    return { stream, requestId, shares, userId, deadline, status: 'open', delivered: [], forgetAt: undefined };
  }
  if (state === undefined) return state;
  switch (event.type) {
    case 'OnDemandVmDelivered':
      state.delivered.push(event.data.vm);
      return state;
    case 'OnDemandFulfilled':
      return ended(state, 'fulfilled', event.data.forgetAt);
    case 'OnDemandFailed':
      return ended(state, 'failed', event.data.forgetAt);
    case 'OnDemandDeleted':
      return ended(state, 'deleted', event.data.forgetAt);
    case 'OnDemandForgotten':
      return ended(state, 'forgotten', state.forgetAt);
  }
}

function ended(
  state: OnDemandRequest,
  status: OnDemandRequest['status'],
  forgetAt: number | undefined,
): OnDemandRequest {
  return Object.assign(state, { status, delivered: [], forgetAt });
}
