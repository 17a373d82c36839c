import { Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { aggregateProviders } from './aggregates/aggregates.handler.js';
import { auditTrailProviders } from './audit-trail/audit-trail.handler.js';
import { hypervisorProviders } from './hypervisors/hypervisors.handler.js';

/** What answers the queries; asks for READ_STORE and FRESHNESS. */
@Module({
  imports: [CqrsModule],
  providers: [...aggregateProviders, ...auditTrailProviders, ...hypervisorProviders],
})
export class ReadModelsModule {}
