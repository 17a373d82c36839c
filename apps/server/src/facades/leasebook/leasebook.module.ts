import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { HistoryController } from './history.controller.js';
import { HypervisorServicesController } from './hypervisor-services.controller.js';
import { LeasebookRootController } from './root.controller.js';

/** Our own API: what none of the originals has. */
@Module({
  imports: [CqrsModule],
  controllers: [LeasebookRootController, HistoryController, HypervisorServicesController],
})
export class LeasebookModule {}
