import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { INVENTORY_CLOCK, systemWaitingClock } from './inventory.settings.js';
import { AddHostToAggregateHandler } from './use-cases/add-host-to-aggregate.handler.js';
import { AggregateCommands } from './use-cases/aggregate-commands.js';
import { CacheImagesHandler } from './use-cases/cache-images.handler.js';
import { ChangeServiceHandler } from './use-cases/change-service.handler.js';
import { CreateAggregateHandler } from './use-cases/create-aggregate.handler.js';
import { DeleteAggregateHandler } from './use-cases/delete-aggregate.handler.js';
import { CheckHeartbeatsHandler } from './use-cases/discovery/check-heartbeats.handler.js';
import { DiscoverHypervisorsHandler } from './use-cases/discovery/discover-hypervisors.handler.js';
import { DiscoveryMemory } from './use-cases/discovery/discovery-memory.js';
import { Discovery } from './use-cases/discovery/discovery.js';
import { Heartbeats } from './use-cases/discovery/heartbeats.js';
import { HypervisorDiscovery } from './use-cases/discovery/hypervisor-discovery.js';
import { HypervisorReports } from './use-cases/discovery/hypervisor-reports.js';
import { HypervisorLookups } from './use-cases/hypervisor-lookups.js';
import { HypervisorUptimesHandler } from './use-cases/hypervisor-uptimes.handler.js';
import { ImageCaching, imageCaching } from './use-cases/image-caching.js';
import { DeleteOwnedAggregateHandler } from './use-cases/owned-aggregates/delete-owned-aggregate.handler.js';
import { EnsureOwnedAggregateHandler } from './use-cases/owned-aggregates/ensure-owned-aggregate.handler.js';
import { MoveHostsHandler } from './use-cases/owned-aggregates/move-hosts.handler.js';
import { GuestClaims } from './use-cases/placement/guest-claims.js';
import { PlaceGuestHandler } from './use-cases/placement/place-guest.handler.js';
import { PlacementCandidates } from './use-cases/placement/placement-candidates.js';
import { RemoveGuestHandler } from './use-cases/placement/remove-guest.handler.js';
import { RemoveHostFromAggregateHandler } from './use-cases/remove-host-from-aggregate.handler.js';
import { ClaimForReservationsHandler } from './use-cases/reservations/claim-for-reservations.handler.js';
import { DestroyServersOfFlavorHandler } from './use-cases/reservations/destroy-servers-of-flavor.handler.js';
import { FindHypervisorsHandler } from './use-cases/reservations/find-hypervisors.handler.js';
import { HostGuests } from './use-cases/reservations/host-guests.js';
import { HypervisorCards } from './use-cases/reservations/hypervisor-cards.js';
import { ImageServersHandler } from './use-cases/reservations/image-servers.handler.js';
import { ReleaseFromReservationsHandler } from './use-cases/reservations/release-from-reservations.handler.js';
import { TakeHostHandler } from './use-cases/reservations/take-host.handler.js';
import { VacateHostHandler } from './use-cases/reservations/vacate-host.handler.js';
import { SetAggregateMetadataHandler } from './use-cases/set-aggregate-metadata.handler.js';
import { UpdateAggregateHandler } from './use-cases/update-aggregate.handler.js';

/**
 * Hypervisors and host aggregates. Asks a global module for CommandExecutor, PROVIDERS, KNOWN_IMAGES and
 * INVENTORY_SETTINGS. HypervisorDiscovery is to be started once the log can be written, and `imageCaching` to be run.
 */
@Module({
  imports: [CqrsModule],
  providers: [
    HypervisorLookups,
    AggregateCommands,
    CreateAggregateHandler,
    UpdateAggregateHandler,
    DeleteAggregateHandler,
    AddHostToAggregateHandler,
    RemoveHostFromAggregateHandler,
    SetAggregateMetadataHandler,
    CacheImagesHandler,
    ChangeServiceHandler,
    PlacementCandidates,
    GuestClaims,
    PlaceGuestHandler,
    RemoveGuestHandler,
    EnsureOwnedAggregateHandler,
    MoveHostsHandler,
    DeleteOwnedAggregateHandler,
    HypervisorCards,
    HostGuests,
    FindHypervisorsHandler,
    ClaimForReservationsHandler,
    ReleaseFromReservationsHandler,
    TakeHostHandler,
    VacateHostHandler,
    DestroyServersOfFlavorHandler,
    ImageServersHandler,
    ImageCaching,
    { provide: imageCaching, useFactory: (caching: ImageCaching) => caching.running, inject: [ImageCaching] },
    { provide: INVENTORY_CLOCK, useValue: systemWaitingClock },
    DiscoveryMemory,
    Heartbeats,
    HypervisorReports,
    Discovery,
    DiscoverHypervisorsHandler,
    CheckHeartbeatsHandler,
    HypervisorDiscovery,
    HypervisorUptimesHandler,
  ],
  exports: [HypervisorDiscovery, imageCaching],
})
export class InventoryModule {}
