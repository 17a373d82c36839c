import { Module } from '@nestjs/common';
import { AllocationsController } from './allocations.controller.js';
import { BlazarFace } from './face.js';
import { FloatingIpsController } from './floating-ips.controller.js';
import { HostsController } from './hosts.controller.js';
import { LeasesController } from './leases.controller.js';
import { OtherPathsController } from './other-paths.controller.js';
import { ResourcePropertiesController } from './resource-properties.controller.js';

/**
 * Blazar's API, version 1. Needs from global modules: TokenVerifier, PublicUrls, RESERVATIONS_SETTINGS,
 * BLAZAR_FACE_SETTINGS, and the buses with the handlers of reservations and of their read models.
 */
@Module({
  controllers: [
    LeasesController,
    HostsController,
    AllocationsController,
    ResourcePropertiesController,
    FloatingIpsController,
    OtherPathsController,
  ],
  providers: [BlazarFace],
})
export class BlazarModule {}
