export { createInProcessTimers } from './in-process-timers.js';
export { type Scheduler, systemScheduler } from './scheduler.js';
