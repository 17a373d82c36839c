export { SimulatedControl, type SimulatedOperation } from './simulated-control.js';
export type { SimulatedHost } from './simulated-host.js';
export * from './simulated-provider.js';
export type { SimulatedVm } from './simulated-vm.js';
