export * from './port.js';
export * from './resilient-provider.js';
