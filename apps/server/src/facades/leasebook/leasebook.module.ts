import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { HistoryController } from './history.controller.js';
import { HypervisorServicesController } from './hypervisor-services.controller.js';
import { HypervisorsController } from './hypervisors.controller.js';
import { ReadModelsController } from './read-models.controller.js';
import { ReservationsController } from './reservations.controller.js';
import { LeasebookRootController } from './root.controller.js';

/** Our own API: what none of the originals has. */
@Module({
  imports: [CqrsModule],
  controllers: [
    HistoryController,
    HypervisorServicesController,
    HypervisorsController,
    ReadModelsController,
    ReservationsController,
    LeasebookRootController,
  ],
})
export class LeasebookModule {}
