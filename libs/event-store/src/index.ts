export * from './port.js';
export * from './chain.js';
