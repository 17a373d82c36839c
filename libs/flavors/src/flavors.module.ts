import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { ConfigureFlavors } from './use-cases/configure-flavors.js';
import { RegionCommands } from './use-cases/region-commands.js';
import {
  CreateRegionFlavorHandler,
  DeleteRegionFlavorHandler,
  EnsureReservationFlavorHandler,
  FindRegionFlavorHandler,
  GrantRegionFlavorAccessHandler,
} from './use-cases/region-flavors.handler.js';

/**
 * This server's own region and its flavors. Asks a global module for CommandExecutor and FLAVORS_SETTINGS.
 * ConfigureFlavors is to be run once the log can be written, before anybody is served.
 */
@Module({
  imports: [CqrsModule],
  providers: [
    RegionCommands,
    CreateRegionFlavorHandler,
    EnsureReservationFlavorHandler,
    DeleteRegionFlavorHandler,
    GrantRegionFlavorAccessHandler,
    FindRegionFlavorHandler,
    ConfigureFlavors,
  ],
  exports: [ConfigureFlavors],
})
export class FlavorsModule {}
