import { Module } from '@nestjs/common';
import { AggregatesController } from './aggregates.controller.js';
import { HypervisorsController } from './hypervisors.controller.js';
import { routeTable, type NovaRouteRow } from './routing/route-table.js';
import { OtherPathsController, VersionsController } from './versions.controller.js';

/**
 * Nova's os-aggregates and os-hypervisors. Needs from global modules: TokenVerifier, PublicUrls, NOVA_SETTINGS, and
 * the buses with the handlers of inventory and of its read models.
 */
@Module({
  controllers: [AggregatesController, HypervisorsController, VersionsController, OtherPathsController],
})
export class NovaModule {}

/** Every operation of this face, for the matrix of who may do what. */
export const novaRoutes: readonly NovaRouteRow[] = routeTable([
  AggregatesController,
  HypervisorsController,
  VersionsController,
]);
