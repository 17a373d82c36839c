import { readModels } from '#projections';
import type { Projection } from '#read-store';
import { configurationCatalog } from './configuration/configuration.events.js';
import { configurationTimeline } from './configuration/timeline.policy.js';

/** Every read model of this server: the same for serving, rebuilding and verifying. */
export const allReadModels: readonly Projection[] = readModels({
  catalogs: [configurationCatalog],
  timelines: { configuration: configurationTimeline },
});
