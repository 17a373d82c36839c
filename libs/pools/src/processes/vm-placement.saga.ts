import { hypervisorCatalog, type HypervisorEvent } from '#inventory';
import { poolCatalog, type PoolEvent } from '../pool/pool.events.js';

/** A pool's guest that no wish for a machine has followed yet. */
export interface Placed {
  readonly pool: string;
  readonly vmId: string;
  readonly name: string;
  readonly hypervisorUuid: string;
  readonly until: number;
}

type Seen = { readonly event: { readonly type: string; readonly data: unknown } };
const of = (seen: Seen) => seen.event as PoolEvent | HypervisorEvent;

function correlate(seen: Seen) {
  const event = of(seen);
  switch (event.type) {
    case 'GuestPlaced':
      return { key: event.data.guest.uuid, as: 'start' as const };
    case 'GuestRemoved':
      return { key: event.data.guestUuid, as: 'stop' as const };
    case 'VmRequested':
      return { key: event.data.vm.vmId, as: 'stop' as const };
    default:
      return undefined;
  }
}

function evolve(placed: Placed | null, seen: Seen, patienceMs: number): Placed | null {
  const event = of(seen);
  if (event.type !== 'GuestPlaced') return placed;
  const { uuid, guest, owner, at } = event.data;
  return { pool: owner.id, vmId: guest.uuid, name: guest.name, hypervisorUuid: uuid, until: at + patienceMs };
}

function timerOf({ until, ...payload }: Placed) {
  return {
    id: `vm.${payload.vmId}.unclaimed.${String(until)}`,
    dueAt: until,
    kind: 'vm-unclaimed',
    payload,
  };
}

/**
 * A place on a hypervisor is taken before the machine is wished for: what a stop in between leaves is cleared away, after
 * a time far longer than a supply takes from the one to the other.
 */
export const vmPlacementSaga = (patienceMs: number) => ({
  name: 'vmPlacement',
  version: 1,
  catalogs: [hypervisorCatalog, poolCatalog],
  events: ['inventory/GuestPlaced', 'inventory/GuestRemoved', 'pools/VmRequested'],
  correlate,
  initialState: (): Placed | null => null,
  evolve: (placed: Placed | null, seen: Seen) => evolve(placed, seen, patienceMs),
  react: (placed: Placed | null, seen: Seen) => {
    if (placed === null) return [];
    const timer = timerOf(placed);
    return of(seen).type === 'GuestPlaced'
      ? [{ kind: 'schedule' as const, timer }]
      : [{ kind: 'cancel' as const, timerId: timer.id }];
  },
  timers: (placed: Placed | null) => (placed === null ? [] : [timerOf(placed)]),
  /** Only a store that does not answer gets here. */
  onFailure: (_error: Error, attempt: number) => ({
    kind: 'retry' as const,
    afterMs: Math.min(60_000, 1000 * 2 ** Math.min(attempt - 1, 6)),
  }),
});
