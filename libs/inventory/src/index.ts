export * from './contracts.js';
export { InventoryModule } from './inventory.module.js';
export {
  defaultInventorySettings,
  INVENTORY_CLOCK,
  INVENTORY_SETTINGS,
  type InventorySettings,
  type WaitingClock,
} from './inventory.settings.js';
export { inventoryTimeline, type InventoryEvent } from './timeline.policy.js';
export { HypervisorDiscovery } from './use-cases/discovery/hypervisor-discovery.js';
export { imageCaching } from './use-cases/image-caching.js';
export { hypervisorUuid } from './use-cases/discovery/sightings.js';
