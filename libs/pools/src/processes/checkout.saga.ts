import { checkoutCatalog, type CheckoutEvent } from '../checkout/checkout.events.js';
import { poolCatalog, type PoolEvent } from '../pool/pool.events.js';

/** What an attempt holds in one pool. */
export interface WatchedHold {
  readonly attempt: string;
  readonly pool: string;
  readonly decidedBy: string;
  readonly deadline: number;
}

type Seen = { readonly event: { readonly type: string; readonly data: unknown } };
const of = (seen: Seen) => seen.event as PoolEvent | CheckoutEvent;

const keyOf = (attempt: string, pool: string): string => `${attempt}/${pool}`;

function correlate(seen: Seen) {
  const event = of(seen);
  switch (event.type) {
    case 'VmsHeld':
      return { key: keyOf(event.data.attempt, event.data.pool), as: 'start' as const };
    case 'HoldConfirmed':
    case 'VmsReturned':
      return { key: keyOf(event.data.attempt, event.data.pool), as: 'stop' as const };
    case 'CheckoutCompleted':
      return { key: event.data.checkout.checkoutId, as: 'alone' as const };
    case 'CheckoutFailed':
      return { key: event.data.checkoutId, as: 'alone' as const };
    default:
      return undefined;
  }
}

function evolve(hold: WatchedHold | null, seen: Seen): WatchedHold | null {
  const event = of(seen);
  if (event.type !== 'VmsHeld') return hold;
  const { attempt, pool, decidedBy, deadline } = event.data;
  return { attempt, pool, decidedBy, deadline };
}

/** What the stream decided is carried out in one pool. */
const settle = (attempt: string, pool: string) => ({
  kind: 'do' as const,
  name: 'settle',
  input: { attempt, pool },
});

function timerOf(hold: WatchedHold) {
  const { attempt, pool, deadline } = hold;
  return {
    id: `checkout.${attempt}.${pool}.${String(deadline)}`,
    dueAt: deadline,
    kind: 'checkout-deadline',
    payload: { attempt, pool, decidedBy: hold.decidedBy },
  };
}

function react(hold: WatchedHold | null, seen: Seen) {
  const event = of(seen);
  switch (event.type) {
    case 'CheckoutCompleted':
      return event.data.shares.map(({ pool }) => settle(event.data.checkout.checkoutId, pool));
    case 'CheckoutFailed':
      return event.data.pools.map((pool) => settle(event.data.checkoutId, pool));
    default: {
      if (hold === null) return [];
      const timer = timerOf(hold);
      return event.type === 'VmsHeld'
        ? [{ kind: 'schedule' as const, timer }]
        : [{ kind: 'cancel' as const, timerId: timer.id }];
    }
  }
}

/**
 * Whatever becomes of the one who asked: what was decided is confirmed or released in every pool, and a hold that
 * nobody decided on is decided at its deadline (design §6). An instance for each hold.
 */
export const checkoutSaga = {
  name: 'checkout',
  version: 1,
  catalogs: [poolCatalog, checkoutCatalog],
  events: [
    'pools/VmsHeld',
    'pools/HoldConfirmed',
    'pools/VmsReturned',
    'pools/CheckoutCompleted',
    'pools/CheckoutFailed',
  ],
  correlate,
  initialState: (): WatchedHold | null => null,
  evolve,
  react,
  timers: (hold: WatchedHold | null) => (hold === null ? [] : [timerOf(hold)]),
  /** Only a store that does not answer gets here. */
  onFailure: (_error: Error, attempt: number) => ({
    kind: 'retry' as const,
    afterMs: Math.min(60_000, 1000 * 2 ** Math.min(attempt - 1, 6)),
  }),
};
