import { Global, Module } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { TokenUses } from '#pools';
import { aggregateProviders } from './aggregates/aggregates.handler.js';
import { allocationProviders } from './allocations/allocations.handler.js';
import { auditTrailProviders } from './audit-trail/audit-trail.handler.js';
import { floatingIpProviders } from './floating-ips/floating-ips.handler.js';
import { hypervisorProviders } from './hypervisors/hypervisors.handler.js';
import { leaseProviders } from './leases/leases.handler.js';
import { onDemandRequestProviders } from './on-demand-requests/on-demand-requests.handler.js';
import { poolDayProviders } from './pool-days/pool-days.handler.js';
import { poolTokenProviders } from './pool-tokens/pool-tokens.handler.js';
import { tokenUsesProviders } from './pool-tokens/token-uses.js';
import { poolProviders } from './pools/pools.handler.js';
import { reservableHostProviders } from './reservable-hosts/reservable-hosts.handler.js';
import { resourcePropertyProviders } from './resource-properties/resource-properties.handler.js';
import { vmProviders } from './vms/vms.handler.js';

/**
 * What answers the queries; asks for READ_STORE and FRESHNESS. Global for what contexts declare and find here: a context
 * does not know its read models (C10).
 */
@Global()
@Module({
  imports: [CqrsModule],
  providers: [
    ...aggregateProviders,
    ...allocationProviders,
    ...auditTrailProviders,
    ...floatingIpProviders,
    ...hypervisorProviders,
    ...leaseProviders,
    ...onDemandRequestProviders,
    ...poolDayProviders,
    ...poolProviders,
    ...poolTokenProviders,
    ...reservableHostProviders,
    ...resourcePropertyProviders,
    ...tokenUsesProviders,
    ...vmProviders,
  ],
  exports: [TokenUses],
})
export class ReadModelsModule {}
