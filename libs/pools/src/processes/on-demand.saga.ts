import { onDemandCatalog, type OnDemandEvent, type OnDemandRequested } from '../on-demand/on-demand.events.js';
import { poolCatalog, type PoolEvent } from '../pool/pool.events.js';

type Asked = OnDemandRequested['data'];

/** A request from its wish until it is forgotten. */
export interface WatchedRequest {
  readonly stream: string;
  readonly pools: readonly string[];
  readonly deadline: number;
  readonly status: 'open' | 'ended';
  readonly forgetAt: number | null;
  /** What was to be forgotten at before the last event. */
  readonly formerForgetAt: number | null;
}

type Seen = { readonly event: { readonly type: string; readonly data: unknown } };
const of = (seen: Seen) => seen.event as PoolEvent | OnDemandEvent;

function correlate(seen: Seen) {
  const event = of(seen);
  switch (event.type) {
    case 'OnDemandRequested':
      return { key: event.data.stream, as: 'start' as const };
    case 'OnDemandFulfilled':
    case 'OnDemandFailed':
    case 'OnDemandDeleted':
      return { key: event.data.stream, as: 'continue' as const };
    case 'OnDemandForgotten':
      return { key: event.data.stream, as: 'stop' as const };
    case 'VmDelivered':
      return { key: event.data.request, as: 'continue' as const };
    case 'VmCloneFailed':
      return event.data.request === null ? undefined : { key: event.data.request, as: 'continue' as const };
    default:
      return undefined;
  }
}

function evolve(request: WatchedRequest | null, seen: Seen): WatchedRequest | null {
  const event = of(seen);
  switch (event.type) {
    case 'OnDemandRequested': {
      const { stream, shares, deadline } = event.data;
      const pools = [...new Set(shares.map(({ pool }) => pool))];
      return { stream, pools, deadline, status: 'open', forgetAt: null, formerForgetAt: null };
    }
    case 'OnDemandFulfilled':
    case 'OnDemandFailed':
    case 'OnDemandDeleted':
      return (
        request && {
          ...request,
          status: 'ended',
          forgetAt: event.data.forgetAt,
          formerForgetAt: request.forgetAt,
        }
      );
    default:
      return request;
  }
}

const wish = (name: string, input: Readonly<Record<string, string | number | boolean | object | null>>) => ({
  kind: 'do' as const,
  name,
  input: input as never,
});

function deadlineTimer({ stream, deadline }: WatchedRequest) {
  return {
    id: `on-demand.${stream}.deadline.${String(deadline)}`,
    dueAt: deadline,
    kind: 'on-demand-deadline',
    payload: { request: stream },
  };
}

function forgetTimer({ stream }: WatchedRequest, forgetAt: number) {
  return {
    id: `on-demand.${stream}.forget.${String(forgetAt)}`,
    dueAt: forgetAt,
    kind: 'on-demand-forget',
    payload: { request: stream },
  };
}

const schedule = (timer: ReturnType<typeof forgetTimer>) => ({ kind: 'schedule' as const, timer });
const cancel = ({ id }: ReturnType<typeof forgetTimer>) => ({ kind: 'cancel' as const, timerId: id });

function react(request: WatchedRequest | null, seen: Seen) {
  if (request === null) return [];
  const event = of(seen);
  const { stream, pools } = request;
  switch (event.type) {
    case 'OnDemandRequested':
      return [schedule(deadlineTimer(request)), ...queued(event.data)];
    case 'VmDelivered': {
      const { name, pool, checkout, at } = event.data;
      return [wish('note-delivered', { request: stream, pool, name, requestedAs: checkout.requestedAs, at })];
    }
    case 'VmCloneFailed': {
      const { pool, message, permanent, failures } = event.data;
      return request.status === 'open'
        ? [wish('note-clone-failed', { request: stream, pool, message, permanent, failures })]
        : [];
    }
    case 'OnDemandFulfilled':
      return [...pools.map((pool) => wish('settle', { request: stream, pool })), ...timersMoved(request)];
    case 'OnDemandFailed':
      return [...cancelled(request, 'request-failed'), ...timersMoved(request)];
    case 'OnDemandDeleted':
      return [...cancelled(request, 'request-deleted'), ...timersMoved(request)];
    default:
      return [];
  }
}

function queued({ stream, shares, checkout }: Asked) {
  return shares.map(({ pool, count, requestedAs }) =>
    wish('queue', { request: stream, pool, count, checkout: { ...checkout, requestedAs } }),
  );
}

function cancelled({ stream, pools }: WatchedRequest, reason: 'request-failed' | 'request-deleted') {
  return pools.map((pool) => wish('cancel', { request: stream, pool, reason }));
}

function timersMoved(request: WatchedRequest) {
  const { forgetAt, formerForgetAt } = request;
  return [
    cancel(formerForgetAt === null ? deadlineTimer(request) : forgetTimer(request, formerForgetAt)),
    ...(forgetAt === null ? [] : [schedule(forgetTimer(request, forgetAt))]),
  ];
}

function timers(request: WatchedRequest | null) {
  if (request === null) return [];
  if (request.forgetAt !== null) return [forgetTimer(request, request.forgetAt)];
  return [deadlineTimer(request)];
}

/** Machines on demand: begun in each pool, counted as they come, taken away when the request ends without them. */
export const onDemandSaga = {
  name: 'onDemand',
  version: 1,
  catalogs: [onDemandCatalog, poolCatalog],
  events: [
    'pools/OnDemandRequested',
    'pools/OnDemandFulfilled',
    'pools/OnDemandFailed',
    'pools/OnDemandDeleted',
    'pools/OnDemandForgotten',
    'pools/VmDelivered',
    'pools/VmCloneFailed',
  ],
  correlate,
  initialState: (): WatchedRequest | null => null,
  evolve,
  react,
  timers,
  /** Only a store that does not answer gets here. */
  onFailure: (_error: Error, attempt: number) => ({
    kind: 'retry' as const,
    afterMs: Math.min(60_000, 1000 * 2 ** Math.min(attempt - 1, 6)),
  }),
};
