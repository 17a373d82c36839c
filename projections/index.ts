import type { EventCatalog } from '#kernel';
import type { Projection } from '#read-store';
import { identityCatalog, identityTimeline, loginRefusalsCatalog } from '#identity';
import { hostAggregatesCatalog, hypervisorCatalog, hypervisorRegistryCatalog, inventoryTimeline } from '#inventory';
import { aggregatesProjection } from './aggregates/aggregates.projection.js';
import { auditTrailProjection } from './audit-trail/audit-trail.projection.js';
import type { Timelines } from './audit-trail/mentions.js';
import { hypervisorsProjection } from './hypervisors/hypervisors.projection.js';

export * from './read-models.module.js';

/** What an application that has events of its own tells about them. */
export interface Accounts {
  readonly catalogs: readonly EventCatalog[];
  readonly timelines: Timelines;
}

const catalogs: readonly EventCatalog[] = [
  hostAggregatesCatalog,
  hypervisorCatalog,
  hypervisorRegistryCatalog,
  identityCatalog,
  loginRefusalsCatalog,
];
const timelines: Timelines = { inventory: inventoryTimeline, identity: identityTimeline };

/** The register of all read models: a new one is a folder and a line here (and one for its queries in the module). */
export function readModels(own: Accounts = { catalogs: [], timelines: {} }): readonly Projection[] {
  return [
    hypervisorsProjection,
    aggregatesProjection,
    auditTrailProjection([...catalogs, ...own.catalogs], { ...timelines, ...own.timelines }),
  ];
}
