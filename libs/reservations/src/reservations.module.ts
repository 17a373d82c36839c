import type { RunningProcess } from '#runtime';
import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { RESERVATIONS_SETTINGS, RESERVATIONS_WORLD, type ReservationsSettings } from './reservations.settings.js';
import { AddFloatingIpHandler } from './use-cases/add-floating-ip.handler.js';
import { allocationProviders } from './use-cases/allocation/allocation.providers.js';
import { ConfiguredLeaseFilters } from './use-cases/enforcement/configured-lease-filters.js';
import { FilterService } from './use-cases/enforcement/filter-service.js';
import { LeaseFilters } from './use-cases/enforcement/lease-filters.js';
import { FreePool } from './use-cases/hosts/free-pool.js';
import { HostAvailabilitiesHandler } from './use-cases/host-availabilities.handler.js';
import { LeaseAllocationProcess } from './use-cases/lease-allocation-process.js';
import { LeaseLifecycle } from './use-cases/lifecycle/lease-lifecycle.js';
import {
  lifecycleProcesses,
  lifecycleProcessesProvider,
  lifecycleProviders,
} from './use-cases/lifecycle/lifecycle.providers.js';
import { PlanLeaseHandler } from './use-cases/plan-lease.handler.js';
import { PropertyNames } from './use-cases/property-names.js';
import { RemoveFloatingIpHandler } from './use-cases/remove-floating-ip.handler.js';
import { SetResourcePropertyPrivacyHandler } from './use-cases/set-resource-property-privacy.handler.js';
import { systemWorld } from './use-cases/system-world.js';

/** Nest injection token: `readonly RunningProcess[]`, for the runtime to run. */
export const reservationProcesses = Symbol('ReservationProcesses');

const properties = [PropertyNames, SetResourcePropertyPrivacyHandler];

const addresses = [AddFloatingIpHandler, RemoveFloatingIpHandler];

const questions = [PlanLeaseHandler, HostAvailabilitiesHandler];

const filters = [FilterService, { provide: LeaseFilters, useClass: ConfiguredLeaseFilters }];

/**
 * Hosts, leases and floating IPs. Asks a global module for CommandExecutor and RESERVATIONS_SETTINGS, and on the buses
 * for inventory and flavors. `reservationProcesses` are to be run; FreePool.ensure is to be called once the log can be
 * written.
 */
@Global()
@Module({
  imports: [CqrsModule],
  providers: [
    {
      provide: RESERVATIONS_WORLD,
      useFactory: ({ clock }: ReservationsSettings) => systemWorld(clock),
      inject: [RESERVATIONS_SETTINGS],
    },
    ...allocationProviders,
    ...properties,
    ...addresses,
    ...filters,
    ...questions,
    ...lifecycleProviders,
    lifecycleProcessesProvider,
    {
      provide: reservationProcesses,
      useFactory: (
        allocation: LeaseAllocationProcess,
        lifecycle: readonly RunningProcess[],
      ): readonly RunningProcess[] => [allocation.running, ...lifecycle],
      inject: [LeaseAllocationProcess, lifecycleProcesses],
    },
  ],
  exports: [reservationProcesses, FreePool, LeaseLifecycle],
})
export class ReservationsModule {}
