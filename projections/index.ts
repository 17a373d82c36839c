import type { EventCatalog } from '#kernel';
import type { Projection } from '#read-store';
import { flavorsTimeline, regionCatalog } from '#flavors';
import { identityCatalog, identityTimeline, loginRefusalsCatalog } from '#identity';
import { hostAggregatesCatalog, hypervisorCatalog, hypervisorRegistryCatalog, inventoryTimeline } from '#inventory';
import {
  checkoutCatalog,
  onDemandCatalog,
  poolCatalog,
  poolRegisterCatalog,
  poolsTimeline,
  poolTokenCatalog,
  vmNameCatalog,
} from '#pools';
import {
  floatingIpsCatalog,
  hostCalendarCatalog,
  leaseCatalog,
  reservationsTimeline,
  resourcePropertiesCatalog,
} from '#reservations';
import { aggregatesProjection } from './aggregates/aggregates.projection.js';
import { allocationsProjection } from './allocations/allocations.projection.js';
import { auditTrailProjection } from './audit-trail/audit-trail.projection.js';
import type { Timelines } from './audit-trail/mentions.js';
import { floatingIpsProjection } from './floating-ips/floating-ips.projection.js';
import { hypervisorsProjection } from './hypervisors/hypervisors.projection.js';
import { leasesProjection } from './leases/leases.projection.js';
import { onDemandRequestsProjection } from './on-demand-requests/on-demand-requests.projection.js';
import { poolDayTagsProjection } from './pool-day-tags/pool-day-tags.projection.js';
import { poolDaysProjection } from './pool-days/pool-days.projection.js';
import { poolTokensProjection } from './pool-tokens/pool-tokens.projection.js';
import { poolsProjection } from './pools/pools.projection.js';
import { reservableHostsProjection } from './reservable-hosts/reservable-hosts.projection.js';
import { resourcePropertiesProjection } from './resource-properties/resource-properties.projection.js';
import { vmRecordsProjection } from './vm-records/vm-records.projection.js';
import { vmsProjection } from './vms/vms.projection.js';

export * from './read-models.module.js';

/** What an application that has events of its own tells about them. */
export interface Accounts {
  readonly catalogs: readonly EventCatalog[];
  readonly timelines: Timelines;
}

const catalogs: readonly EventCatalog[] = [
  checkoutCatalog,
  floatingIpsCatalog,
  hostAggregatesCatalog,
  hostCalendarCatalog,
  hypervisorCatalog,
  hypervisorRegistryCatalog,
  identityCatalog,
  leaseCatalog,
  loginRefusalsCatalog,
  onDemandCatalog,
  poolCatalog,
  poolRegisterCatalog,
  poolTokenCatalog,
  regionCatalog,
  resourcePropertiesCatalog,
  vmNameCatalog,
];
const timelines: Timelines = {
  flavors: flavorsTimeline,
  identity: identityTimeline,
  inventory: inventoryTimeline,
  pools: poolsTimeline,
  reservations: reservationsTimeline,
};

/** The register of all read models: a new one is a folder and a line here (and one for its queries in the module). */
export function readModels(own: Accounts = { catalogs: [], timelines: {} }): readonly Projection[] {
  return [
    hypervisorsProjection,
    aggregatesProjection,
    poolsProjection,
    vmsProjection,
    vmRecordsProjection,
    poolDaysProjection,
    poolDayTagsProjection,
    poolTokensProjection,
    onDemandRequestsProjection,
    leasesProjection,
    allocationsProjection,
    reservableHostsProjection,
    resourcePropertiesProjection,
    floatingIpsProjection,
    auditTrailProjection([...catalogs, ...own.catalogs], { ...timelines, ...own.timelines }),
  ];
}
