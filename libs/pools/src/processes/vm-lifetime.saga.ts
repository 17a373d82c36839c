import { checkoutCatalog, type CheckoutEvent } from '../checkout/checkout.events.js';
import { poolCatalog, type PoolEvent } from '../pool/pool.events.js';
import { vmNameCatalog, type VmNameEvent } from '../vm-name/vm-name.events.js';

/** Pending for too long, ready for too long, end of the lifetime, end of the record. */
type Phase = 'timeout' | 'stale' | 'end' | 'forget';

interface Due {
  readonly phase: Phase;
  readonly at: number;
}

/** One machine, as far as time changes it. */
export interface VmLife {
  readonly pool: string;
  readonly vmId: string;
  readonly name: string;
  readonly due: Due | null;
  /** What was due before the last event. */
  readonly former: Due | null;
}

type LifeEvent = PoolEvent | CheckoutEvent | VmNameEvent;
type Seen = { readonly event: { readonly type: string; readonly data: unknown } };

const of = (seen: Seen): LifeEvent => seen.event as LifeEvent;
const going = (name: string) => ({ key: name, as: 'continue' as const });

function correlate(seen: Seen) {
  const event = of(seen);
  switch (event.type) {
    case 'VmRequested':
      return { key: event.data.vm.name, as: 'start' as const };
    case 'VmReady':
    case 'VmDelivered':
    case 'VmModified':
      return going(event.data.name);
    case 'VmsCheckedOut':
      return event.data.vms.map(({ name }) => going(name));
    case 'CheckoutCompleted':
      return event.data.shares.flatMap(({ vms }) => vms.map(({ name }) => going(name)));
    case 'VmsReturned':
    case 'VmsRetired':
      return event.data.vms.map(going);
    case 'VmDestroyed':
      return going(event.data.record.name);
    case 'VmNameReleased':
      return { key: event.data.name, as: 'stop' as const };
    default:
      return undefined;
  }
}

const due = (phase: Phase, at: number | null): Due | null => (at === null ? null : { phase, at });

function evolve(life: VmLife | null, seen: Seen, key: string): VmLife | null {
  const event = of(seen);
  if (event.type === 'VmRequested') {
    const { pool, vm, timeoutAt } = event.data;
    return { pool, vmId: vm.vmId, name: vm.name, due: due('timeout', timeoutAt), former: null };
  }
  return life && { ...life, former: life.due, due: dueAfter(life, event, key) };
}

/** A pool may find a machine at its provider that is called as one of another pool: that is another life. */
function dueAfter(life: VmLife, event: LifeEvent, key: string): Due | null {
  if (event.type === 'CheckoutCompleted') {
    const share = event.data.shares.find(({ pool, vms }) => pool === life.pool && vms.some(({ name }) => name === key));
    return share === undefined ? life.due : due('end', share.expiresAt);
  }
  if (!('pool' in event.data) || event.data.pool !== life.pool) return life.due;
  switch (event.type) {
    case 'VmReady':
      return due('stale', event.data.staleAt);
    case 'VmDelivered':
    case 'VmsCheckedOut':
      return due('end', event.data.expiresAt);
    case 'VmModified':
      if (event.data.expiresAt !== null) return due('end', event.data.expiresAt);
      return life.due?.phase === 'end' ? null : life.due;
    case 'VmsRetired':
      return null;
    case 'VmDestroyed':
      return event.data.record.vmId === life.vmId ? due('forget', event.data.forgetAt) : life.due;
    default:
      return life.due;
  }
}

function timerOf({ pool, name, vmId }: VmLife, { phase, at }: Due) {
  return {
    id: timerId(vmId, phase, at),
    dueAt: at,
    kind: phase === 'forget' ? 'vm-forget' : 'vm-expire',
    payload: { pool, name, vmId },
  };
}

function timerId(vmId: string, phase: Phase, at: number): string {
  return `vm.${vmId}.${phase}.${String(at)}`;
}

function react(life: VmLife | null, seen: Seen) {
  if (life === null) return [];
  const event = of(seen);
  if (event.type === 'VmNameReleased') return cancelled(life, life.due);
  const moved = life.due?.at !== life.former?.at || life.due?.phase !== life.former?.phase;
  return [
    ...(moved ? cancelled(life, life.former) : []),
    ...(event.type === 'VmDestroyed' && event.data.record.vmId === life.vmId ? [retireName(event.data)] : []),
    // What came to its end while it was held is due when it comes back.
    ...(moved || event.type === 'VmsReturned' ? scheduled(life) : []),
  ];
}

function cancelled({ vmId }: VmLife, former: Due | null) {
  return former === null ? [] : [{ kind: 'cancel' as const, timerId: timerId(vmId, former.phase, former.at) }];
}

function scheduled(life: VmLife) {
  return life.due === null ? [] : [{ kind: 'schedule' as const, timer: timerOf(life, life.due) }];
}

function retireName({ record: { name, vmId }, forgetAt }: Extract<PoolEvent, { type: 'VmDestroyed' }>['data']) {
  return { kind: 'do' as const, name: 'retire-name', input: { name, vmId, forgetAt } };
}

/** From the wish for a machine until its name is free again: what comes to its end by time, one timer at any moment. */
export const vmLifetimeSaga = {
  name: 'vmLifetime',
  version: 1,
  catalogs: [poolCatalog, checkoutCatalog, vmNameCatalog],
  events: [
    'pools/VmRequested',
    'pools/VmReady',
    'pools/VmDelivered',
    'pools/VmModified',
    'pools/VmsCheckedOut',
    'pools/CheckoutCompleted',
    'pools/VmsReturned',
    'pools/VmsRetired',
    'pools/VmDestroyed',
    'pools/VmNameReleased',
  ],
  correlate,
  initialState: (): VmLife | null => null,
  evolve,
  react,
  timers: (life: VmLife | null) => (life?.due ? [timerOf(life, life.due)] : []),
  /** Only a store that does not answer gets here. */
  onFailure: (_error: Error, attempt: number) => ({
    kind: 'retry' as const,
    afterMs: Math.min(60_000, 1000 * 2 ** Math.min(attempt - 1, 6)),
  }),
};
