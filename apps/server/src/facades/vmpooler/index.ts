export * from './vmpooler.settings.js';
export { VmpoolerMetrics } from './metrics/vmpooler-metrics.js';
export { vmpoolerPlainRefusal } from './plain-refusal.js';
export { patternsOf as vmpoolerPatternsOf } from './routing/mounts.js';
export { vmpoolerRoutes, type VmpoolerAccess, type VmpoolerRouteRow } from './routing/vmpooler-routes.js';
export * from './vmpooler.module.js';
