export * from './contracts.js';
export * from './flavors.module.js';
export * from './flavors.settings.js';
