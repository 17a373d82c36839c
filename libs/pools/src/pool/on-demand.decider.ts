import { accept } from '#kernel';
import { poolUnknown, type Decided, type Of } from './decided.policy.js';
import type { PoolEvent } from './pool.events.js';
import type { Pool, PoolState } from './pool.state.js';
import { retire, vmsNamed } from './retirement.policy.js';

/** Once for each name that the request uses; nothing for one that has ended. */
export function queueOnDemand(
  { request, count, checkout, at }: Of<'queue-on-demand'>,
  state: Readonly<PoolState>,
): Decided {
  const parts = state?.requests.get(request)?.parts ?? [];
  const known = parts.some((part) => part.checkout.requestedAs === checkout.requestedAs);
  if (known || state?.endedRequests.get(request) !== undefined) return accept();
  if (state?.configured !== true) return poolUnknown(state);
  if (count <= 0) return accept();
  const waiting = state.waiting + count;
  return accept({ type: 'OnDemandQueued', data: { pool: state.name, request, count, checkout, waiting, at } });
}

/** Also before the request came here, which is then known to have ended; and of one that was settled. */
export function cancelOnDemand({ request, reason, at }: Of<'cancel-on-demand'>, state: Readonly<Pool>): Decided {
  const vms = vmsNamed(state, state.vmsOfRequest.get(request) ?? []).filter(
    ({ queue }) => queue === 'pending' || queue === 'running',
  );
  const retired = retire(state, at, { reason, vms });
  if (state.endedRequests.get(request) !== undefined) return accept(...retired);
  const waiting = state.waiting - (state.requests.get(request)?.waiting ?? 0);
  return accept<PoolEvent>(
    { type: 'OnDemandCancelled', data: { pool: state.name, request, reason, waiting, at } },
    ...retired,
  );
}

export function settleOnDemand({ request, at }: Of<'settle-on-demand'>, state: Readonly<Pool>): Decided {
  const open = state.requests.get(request);
  if (open?.parts.every(({ count, delivered }) => delivered >= count) !== true) return accept();
  return accept({ type: 'OnDemandSettled', data: { pool: state.name, request, at } });
}
