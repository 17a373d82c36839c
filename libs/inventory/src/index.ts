export * from './contracts.js';
export { inventoryTimeline, type InventoryEvent } from './timeline.policy.js';
