export * from './faults/fault-plan.js';
export * from './faults/faulty-event-store.js';
export * from './virtual-clock.js';
export * from './samples/counter.js';
export * from './samples/counter-executor.js';
export * from './wire-suite/index.js';
export * from './faults/faulty-read-store.js';
export * from './samples/counter-totals.js';
