export * from './port.js';
export * from './chain.js';
export * from './corrupt-event.js';
export * from './verify-log.js';
