import { Module } from '@nestjs/common';
import { BlazarFace } from './face.js';
import { LeasesController } from './leases.controller.js';
import { OtherPathsController } from './other-paths.controller.js';

/**
 * Blazar's API, version 1. Needs from global modules: TokenVerifier, PublicUrls, RESERVATIONS_SETTINGS,
 * BLAZAR_FACE_SETTINGS, and the buses with the handlers of reservations and of their read models.
 */
@Module({
  controllers: [LeasesController, OtherPathsController],
  providers: [BlazarFace],
})
export class BlazarModule {}
