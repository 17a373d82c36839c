import { systemClock, type Clock } from '#kernel';

/** What the server's settings give to inventory. Times in milliseconds. */
export interface InventorySettings {
  /** Where a host is that no aggregate puts into a zone: `nova`. */
  readonly defaultZone: string;
  /** Does this process look after the hypervisors (role `processes`)? */
  readonly discovers: boolean;
  /** From the end of one round to the start of the next. */
  readonly discoveryEveryMs: number;
  readonly heartbeatsEveryMs: number;
  /** A service without a heartbeat for longer is down. */
  readonly serviceDownMs: number;
}

export const defaultInventorySettings: InventorySettings = {
  defaultZone: 'nova',
  discovers: true,
  discoveryEveryMs: 60_000,
  heartbeatsEveryMs: 10_000,
  serviceDownMs: 60_000,
};

/** Nest injection token: `InventorySettings`. */
export const INVENTORY_SETTINGS = Symbol('InventorySettings');

/** A clock that also waits; a virtual one in tests. */
export interface WaitingClock extends Clock {
  setTimeout(callback: () => void, ms: number): unknown;
  clearTimeout(handle: unknown): void;
}

export const systemWaitingClock: WaitingClock = {
  now: () => systemClock.now(),
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (handle) => {
    clearTimeout(handle as NodeJS.Timeout);
  },
};

/** Nest injection token: `WaitingClock`. */
export const INVENTORY_CLOCK = Symbol('InventoryClock');
