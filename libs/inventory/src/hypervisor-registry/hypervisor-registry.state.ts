import type { HypervisorRegistryEvent, ServiceRef } from './hypervisor-registry.events.js';

export interface ListedHypervisor {
  readonly number: number;
  readonly uuid: string;
  readonly provider: string;
  readonly nativeId: string;
  readonly hypervisorHostname: string;
  readonly serviceHost: string;
  /** False: it has vanished. */
  readonly listed: boolean;
}

export interface ListedService extends ServiceRef {
  readonly provider: string;
}

export interface HypervisorRegistry {
  lastHypervisor: number;
  lastService: number;
  /** In order of integer id. */
  readonly byUuid: Map<string, ListedHypervisor>;
  readonly uuidByNumber: Map<number, string>;
  readonly serviceByHost: Map<string, ListedService>;
  /** By service host: the listed hypervisors there. */
  readonly uuidsByHost: Map<string, Set<string>>;
  /** By `nameKey`: which listed hypervisor has that name. */
  readonly uuidByName: Map<string, string>;
}

export function emptyRegistry(): HypervisorRegistry {
  return {
    lastHypervisor: 0,
    lastService: 0,
    byUuid: new Map(),
    uuidByNumber: new Map(),
    serviceByHost: new Map(),
    uuidsByHost: new Map(),
    uuidByName: new Map(),
  };
}

/** Host and hypervisor hostname are unique together (contracts/nova §11). */
export function nameKey(names: Pick<ListedHypervisor, 'serviceHost' | 'hypervisorHostname'>): string {
  return `${names.serviceHost}\n${names.hypervisorHostname}`;
}

export function evolve(state: HypervisorRegistry, event: HypervisorRegistryEvent): HypervisorRegistry {
  switch (event.type) {
    case 'ServiceListed': {
      const { number, uuid, host, provider } = event.data;
      state.serviceByHost.set(host, { number, uuid, host, provider });
      state.lastService = Math.max(state.lastService, number);
      return state;
    }
    case 'HypervisorListed': {
      const { number, uuid, provider, nativeId, hypervisorHostname, serviceHost } = event.data;
      insert(state, { number, uuid, provider, nativeId, hypervisorHostname, serviceHost, listed: true });
      return state;
    }
    case 'HypervisorRelisted': {
      const { uuid, hypervisorHostname, serviceHost } = event.data;
      const former = known(state, uuid);
      release(state, former);
      insert(state, { ...former, hypervisorHostname, serviceHost, listed: true });
      return state;
    }
    case 'HypervisorDelisted': {
      const former = known(state, event.data.uuid);
      release(state, former);
      insert(state, { ...former, listed: false });
      return state;
    }
  }
}

function known(state: HypervisorRegistry, uuid: string): ListedHypervisor {
  const found = state.byUuid.get(uuid);
  if (found === undefined) throw new Error(`an event concerns hypervisor ${uuid}, which was never listed`);
  return found;
}

function insert(state: HypervisorRegistry, hypervisor: ListedHypervisor): void {
  const { uuid, number, serviceHost } = hypervisor;
  state.byUuid.set(uuid, hypervisor);
  state.uuidByNumber.set(number, uuid);
  state.lastHypervisor = Math.max(state.lastHypervisor, number);
  if (!hypervisor.listed) return;
  state.uuidByName.set(nameKey(hypervisor), uuid);
  const there = state.uuidsByHost.get(serviceHost);
  if (there === undefined) state.uuidsByHost.set(serviceHost, new Set([uuid]));
  else there.add(uuid);
}

function release(state: HypervisorRegistry, hypervisor: ListedHypervisor): void {
  if (!hypervisor.listed) return;
  state.uuidByName.delete(nameKey(hypervisor));
  const there = state.uuidsByHost.get(hypervisor.serviceHost);
  there?.delete(hypervisor.uuid);
  if (there?.size === 0) state.uuidsByHost.delete(hypervisor.serviceHost);
}

export interface StoredRegistry {
  readonly hypervisors: readonly ListedHypervisor[];
  readonly services: readonly ListedService[];
}

export function writeSnapshot(state: Readonly<HypervisorRegistry>): StoredRegistry {
  return { hypervisors: [...state.byUuid.values()], services: [...state.serviceByHost.values()] };
}

export function readSnapshot(stored: StoredRegistry): HypervisorRegistry {
  const state = emptyRegistry();
  for (const service of stored.services) {
    state.serviceByHost.set(service.host, service);
    state.lastService = Math.max(state.lastService, service.number);
  }
  for (const hypervisor of stored.hypervisors) insert(state, hypervisor);
  return state;
}
