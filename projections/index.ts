import type { Projection } from '#read-store';
import { aggregateProviders } from './aggregates/aggregates.handler.js';
import { aggregatesProjection } from './aggregates/aggregates.projection.js';
import { hypervisorProviders } from './hypervisors/hypervisors.handler.js';
import { hypervisorsProjection } from './hypervisors/hypervisors.projection.js';

/** The register of all read models: a new one is a folder and a line here. */
export const projections: readonly Projection[] = [hypervisorsProjection, aggregatesProjection];

/** Nest providers that answer their queries; they ask for READ_STORE and FRESHNESS. */
export const readModelProviders = [...hypervisorProviders, ...aggregateProviders];
