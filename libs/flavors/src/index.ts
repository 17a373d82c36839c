export * from './contracts.js';
export * from './flavors.module.js';
export * from './flavors.settings.js';
export { ConfigureFlavors } from './use-cases/configure-flavors.js';
export { flavorsTimeline, type FlavorsEvent } from './timeline.policy.js';
