export type { SimulatedHost } from './simulated-host.js';
export * from './simulated-provider.js';
