import { unreachable } from '#kernel';
import type { OnDemandCancelled, OnDemandQueued, OnDemandSettled, PoolEvent } from './pool.events.js';
import type { OnDemandEnd, Pool } from './pool.state.js';
import { setWaiting } from './queues.state.js';

export type OnDemandPartEvent = OnDemandQueued | OnDemandCancelled | OnDemandSettled;

export function isOnDemandEvent(event: PoolEvent): event is OnDemandPartEvent {
  return event.type === 'OnDemandQueued' || event.type === 'OnDemandCancelled' || event.type === 'OnDemandSettled';
}

export function changeRequest(pool: Pool, event: OnDemandPartEvent): void {
  const { request, at } = event.data;
  switch (event.type) {
    case 'OnDemandQueued': {
      const { count, checkout, waiting } = event.data;
      const open = pool.requests.get(request) ?? { parts: [], waiting: 0, failures: 0 };
      open.parts.push({ count, checkout, delivered: 0 });
      pool.requests.set(request, open);
      setWaiting(pool, request, waiting);
      return;
    }
    case 'OnDemandCancelled':
      setWaiting(pool, request, event.data.waiting);
      end(pool, request, event.data.reason, at);
      return;
    case 'OnDemandSettled':
      end(pool, request, 'settled', at);
      return;
    default:
      unreachable(event);
  }
}

function end(pool: Pool, request: string, how: OnDemandEnd, at: number): void {
  pool.requests.delete(request);
  pool.endedRequests.note(request, how, at);
}
