/** What tests use: the timers in memory, on a clock of their choice. */
export { createInProcessTimers as createMemoryTimers, type Scheduler } from '../in-process/index.js';
