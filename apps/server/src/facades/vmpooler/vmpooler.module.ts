import { Module } from '@nestjs/common';
import { CheckoutsController } from './checkouts.controller.js';
import { VmpoolerFace } from './face.js';
import { PoolConfigurationController } from './configuration/pool-configuration.controller.js';
import { DashboardController } from './dashboard/dashboard.controller.js';
import { MetricsEndpoints } from './metrics/metrics-endpoints.js';
import { StatusController } from './reports/status.controller.js';
import { SummaryController } from './reports/summary.controller.js';
import { MachineTasksController } from './machine-tasks.controller.js';
import { MachinesController } from './machines.controller.js';
import { VmpoolerMetrics } from './metrics/vmpooler-metrics.js';
import { OnDemandController } from './on-demand.controller.js';
import { RootController } from './root.controller.js';
import { TokensController } from './tokens.controller.js';
import { VmpoolerAuth } from './vmpooler-auth.js';

/** Those with routes of the table. */
export const vmpoolerControllers = [
  RootController,
  TokensController,
  CheckoutsController,
  MachinesController,
  MachineTasksController,
  OnDemandController,
  StatusController,
  SummaryController,
  PoolConfigurationController,
  DashboardController,
];

/** vmpooler's API, versions 1 to 3. Needs from global modules: the buses, PoolUsers, PoolTokens, TokenUses, POOLS_SETTINGS, VMPOOLER_FACE_SETTINGS. */
@Module({
  controllers: [...vmpoolerControllers],
  providers: [VmpoolerFace, VmpoolerAuth, VmpoolerMetrics, MetricsEndpoints],
  exports: [VmpoolerMetrics],
})
export class VmpoolerModule {}
