export * from './derived-ids.js';
export * from './executor.port.js';
export * from './process.port.js';
export * from './vault.port.js';
