export * from './port.js';
export * from './timer-rules.js';
