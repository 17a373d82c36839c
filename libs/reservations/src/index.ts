export * from './contracts.js';
export * from './reservations.module.js';
export * from './reservations.settings.js';
export { reservationsTimeline, type ReservationsEvent } from './timeline.policy.js';
export { FreePool } from './use-cases/hosts/free-pool.js';
