import { MemoryEventStore } from '#event-store/adapters/memory';
import type { CommandContext } from '#kernel';
import { ResilientProvider, type Provider } from '#providers';
import { SimulatedProvider, type SimulatedHost } from '#providers/adapters/simulated';
import { MemoryVault, StoreCommandExecutor, systemContext, type CommandExecutor } from '#runtime';
import { VirtualClock } from '#specs';
import { Logger } from '@nestjs/common';
import { defaultInventorySettings, type InventorySettings } from '../inventory.settings.js';
import { AddHostToAggregateHandler } from './add-host-to-aggregate.handler.js';
import { AggregateCommands } from './aggregate-commands.js';
import { CacheImagesHandler } from './cache-images.handler.js';
import { ChangeServiceHandler } from './change-service.handler.js';
import { CreateAggregateHandler } from './create-aggregate.handler.js';
import { DeleteAggregateHandler } from './delete-aggregate.handler.js';
import { DiscoveryMemory } from './discovery/discovery-memory.js';
import { Discovery } from './discovery/discovery.js';
import { Heartbeats } from './discovery/heartbeats.js';
import { HypervisorReports } from './discovery/hypervisor-reports.js';
import { HypervisorLookups } from './hypervisor-lookups.js';
import { ImageCaching } from './image-caching.js';
import { GuestClaims } from './placement/guest-claims.js';
import { DeleteOwnedAggregateHandler } from './owned-aggregates/delete-owned-aggregate.handler.js';
import { EnsureOwnedAggregateHandler } from './owned-aggregates/ensure-owned-aggregate.handler.js';
import { MoveHostsHandler } from './owned-aggregates/move-hosts.handler.js';
import { PlaceGuestHandler } from './placement/place-guest.handler.js';
import { PlacementCandidates } from './placement/placement-candidates.js';
import { RemoveGuestHandler } from './placement/remove-guest.handler.js';
import { RemoveHostFromAggregateHandler } from './remove-host-from-aggregate.handler.js';
import { ClaimForReservationsHandler } from './reservations/claim-for-reservations.handler.js';
import { DestroyServersOfFlavorHandler } from './reservations/destroy-servers-of-flavor.handler.js';
import { FindHypervisorsHandler } from './reservations/find-hypervisors.handler.js';
import { HostGuests } from './reservations/host-guests.js';
import { HypervisorCards } from './reservations/hypervisor-cards.js';
import { ImageServersHandler } from './reservations/image-servers.handler.js';
import { ReleaseFromReservationsHandler } from './reservations/release-from-reservations.handler.js';
import { TakeHostHandler } from './reservations/take-host.handler.js';
import { VacateHostHandler } from './reservations/vacate-host.handler.js';
import { SetAggregateMetadataHandler } from './set-aggregate-metadata.handler.js';
import { UpdateAggregateHandler } from './update-aggregate.handler.js';

export const knownImage = '7d3f8f3a-0c0e-4d6a-9d4d-3a4a0c5f2b11';

export function sampleHost(name: string, more: Partial<SimulatedHost> = {}): SimulatedHost {
  return { name, vcpus: 64, memoryMb: 262_144, localGb: 2048, ...more };
}

export function sampleGuest(uuid: string) {
  return { uuid, name: `instance-${uuid}`, vcpus: 2, memoryMb: 4096, diskGb: 20 };
}

function reservationUses(
  executor: CommandExecutor,
  lookups: HypervisorLookups,
  providers: readonly Provider[],
  clock: VirtualClock,
) {
  const guests = new HostGuests(executor, lookups, providers, clock);
  const cards = new HypervisorCards(executor);
  return {
    find: new FindHypervisorsHandler(lookups, cards),
    claim: new ClaimForReservationsHandler(executor, guests, cards),
    release: new ReleaseFromReservationsHandler(executor),
    take: new TakeHostHandler(executor),
    vacate: new VacateHostHandler(executor, guests, clock),
    destroyServers: new DestroyServersOfFlavorHandler(executor, guests, clock),
    imageServers: new ImageServersHandler(executor, guests, clock),
  };
}

/** Inventory's use cases over memory and simulated hosts, in virtual time: for specs. */
export class InventoryBed {
  readonly clock = new VirtualClock();
  readonly store: MemoryEventStore;
  readonly provider: SimulatedProvider;

  /** `exclusive` false: several processes write to the log, each finding what the others wrote. */
  constructor(hosts: readonly SimulatedHost[], name = 'simulated', exclusive = true) {
    this.store = new MemoryEventStore({ clock: this.clock, exclusive });
    // Providers fail on purpose here: nobody wants to read it.
    Logger.overrideLogger(false);
    this.provider = new SimulatedProvider({ name, hosts, clock: this.clock });
  }

  /** One process on the same log; a second one is what a restart or another server would be. */
  process(settings: Partial<InventorySettings> = {}, providers: readonly Provider[] = [this.provider]) {
    const { clock } = this;
    const all = { ...defaultInventorySettings, ...settings };
    const resilient = providers.map((provider) => new ResilientProvider(provider, { attempts: 1 }));
    const executor = new StoreCommandExecutor({ store: this.store, vault: new MemoryVault() });
    const lookups = new HypervisorLookups(executor);
    const aggregates = new AggregateCommands(executor, lookups);
    const memory = new DiscoveryMemory(executor, lookups);
    const heartbeats = new Heartbeats(executor, memory, resilient, all, clock);
    const reports = new HypervisorReports(executor, lookups, memory, heartbeats, clock);
    const discovery = new Discovery(memory, heartbeats, reports, resilient);
    const images = [{ id: knownImage, name: 'debian-12' }];
    return {
      executor,
      lookups,
      discover: () => discovery.round(this.context()),
      checkHeartbeats: () => heartbeats.check(this.context()),
      create: new CreateAggregateHandler(aggregates),
      update: new UpdateAggregateHandler(aggregates),
      remove: new DeleteAggregateHandler(aggregates),
      addHost: new AddHostToAggregateHandler(aggregates, lookups, all),
      removeHost: new RemoveHostFromAggregateHandler(aggregates, lookups, all),
      setMetadata: new SetAggregateMetadataHandler(aggregates),
      cacheImages: new CacheImagesHandler(aggregates, images),
      imageCaching: new ImageCaching(executor, lookups, resilient, clock),
      changeService: new ChangeServiceHandler(executor, lookups),
      placeGuest: new PlaceGuestHandler(new PlacementCandidates(executor, lookups), new GuestClaims(executor)),
      removeGuest: new RemoveGuestHandler(executor),
      ensureOwned: new EnsureOwnedAggregateHandler(aggregates),
      moveHosts: new MoveHostsHandler(aggregates),
      deleteOwned: new DeleteOwnedAggregateHandler(aggregates),
      ...reservationUses(executor, lookups, resilient, clock),
    };
  }

  context(more: Partial<CommandContext> = {}): CommandContext {
    return { ...systemContext(this.clock.now()), ...more };
  }

  /** Types of all events, or of those after so many; with the fields asked for. */
  async log(after = 0): Promise<readonly { readonly type: string; readonly data: Record<string, unknown> }[]> {
    const recorded = await this.store.readAll();
    return recorded.slice(after).map(({ type, data }) => ({
      type: type.replace(/^inventory\/(.*)@\d+$/, '$1'),
      data: JSON.parse(data) as Record<string, unknown>,
    }));
  }

  async types(after = 0): Promise<readonly string[]> {
    return (await this.log(after)).map(({ type }) => type);
  }
}
