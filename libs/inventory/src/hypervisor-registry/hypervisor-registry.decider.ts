import { accept, refuse, unreachable, type AggregateDefinition, type Decision } from '#kernel';
import { hypervisorRegistryCatalog, type HypervisorRegistryEvent } from './hypervisor-registry.events.js';
import {
  emptyRegistry,
  evolve,
  nameKey,
  readSnapshot,
  writeSnapshot,
  type HypervisorRegistry,
} from './hypervisor-registry.state.js';

/** A hypervisor as a provider calls it. Both uuids derive from provider and native id or host (C16). */
export interface Sighting {
  readonly uuid: string;
  readonly provider: string;
  readonly nativeId: string;
  readonly hypervisorHostname: string;
  readonly serviceHost: string;
  readonly serviceUuid: string;
}

export type HypervisorRegistryCommand =
  /** Gives ids to what is new, and renames and takes back what is known. Those whose names are taken are left out. */
  | { readonly type: 'list'; readonly sightings: readonly Sighting[]; readonly at: number }
  | { readonly type: 'delist'; readonly uuid: string; readonly at: number };

export type HypervisorRegistryRefusal = 'hypervisor-unknown';

/** Most sightings in one command: two events each at most, within one append. */
export const maxSightings = 1000;

function decide(
  command: HypervisorRegistryCommand,
  state: Readonly<HypervisorRegistry>,
): Decision<HypervisorRegistryEvent, HypervisorRegistryRefusal> {
  switch (command.type) {
    case 'list':
      return accept(...list(command.sightings, state, command.at));
    case 'delist': {
      const { uuid, at } = command;
      const hypervisor = state.byUuid.get(uuid);
      if (hypervisor === undefined) return refuse('hypervisor-unknown', { id: uuid });
      return hypervisor.listed ? accept({ type: 'HypervisorDelisted', data: { uuid, at } }) : accept();
    }
    default:
      return unreachable(command);
  }
}

function list(
  sightings: readonly Sighting[],
  state: Readonly<HypervisorRegistry>,
  at: number,
): readonly HypervisorRegistryEvent[] {
  const events: HypervisorRegistryEvent[] = [];
  let number = state.lastHypervisor;
  let serviceNumber = state.lastService;
  // What this very command has given away already.
  const uuids = new Set<string>();
  const names = new Map<string, string>();
  const services = new Map<string, string>();

  for (const sighting of sightings) {
    const { uuid, provider, nativeId, hypervisorHostname, serviceHost, serviceUuid } = sighting;
    const name = nameKey(sighting);
    const service = services.get(serviceHost) ?? state.serviceByHost.get(serviceHost)?.provider;
    const owner = names.get(name) ?? state.uuidByName.get(name);
    if (uuids.has(uuid) || (owner !== undefined && owner !== uuid)) continue;
    if (service !== undefined && service !== provider) continue;
    uuids.add(uuid);

    const former = state.byUuid.get(uuid);
    if (former?.listed === true && nameKey(former) === name) continue;
    names.set(name, uuid);
    if (service === undefined) {
      services.set(serviceHost, provider);
      serviceNumber += 1;
      events.push({
        type: 'ServiceListed',
        data: { number: serviceNumber, uuid: serviceUuid, host: serviceHost, provider, at },
      });
    }
    if (former === undefined) {
      number += 1;
      events.push({
        type: 'HypervisorListed',
        data: { number, uuid, provider, nativeId, hypervisorHostname, serviceHost, at },
      });
    } else {
      events.push({ type: 'HypervisorRelisted', data: { uuid, hypervisorHostname, serviceHost, at } });
    }
  }
  return events;
}

export const hypervisorRegistryStream = 'hypervisors';

export const hypervisorRegistry: AggregateDefinition<
  HypervisorRegistry,
  HypervisorRegistryCommand,
  HypervisorRegistryEvent,
  HypervisorRegistryRefusal
> = {
  name: 'hypervisors',
  decider: { initialState: emptyRegistry, decide, evolve },
  catalog: hypervisorRegistryCatalog,
  snapshot: { version: 1, everyEvents: 2000, write: writeSnapshot, read: readSnapshot },
};
