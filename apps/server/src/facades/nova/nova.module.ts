import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { AggregatesController } from './aggregates.controller.js';
import { HypervisorsController } from './hypervisors.controller.js';
import { OtherPathsController } from './other-paths.controller.js';
import { routeTable, type NovaRouteRow } from './routing/route-table.js';
import { VersionsController } from './versions.controller.js';

/**
 * Nova's os-aggregates and os-hypervisors. Needs from global modules: TokenVerifier, PublicUrls, NOVA_SETTINGS, and
 * the handlers of inventory and of its read models on the buses.
 */
@Module({
  imports: [CqrsModule],
  controllers: [AggregatesController, HypervisorsController, VersionsController, OtherPathsController],
})
export class NovaModule {}

/** Every operation of this face, for the matrix of who may do what. */
export const novaRoutes: readonly NovaRouteRow[] = routeTable([
  AggregatesController,
  HypervisorsController,
  VersionsController,
]);
