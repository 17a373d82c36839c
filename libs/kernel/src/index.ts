export * from './clock.js';
export * from './decider.js';
export * from './decision.js';
export * from './envelope.js';
export * from './ids.js';
export * from './interval.js';
export * from './outcome.js';
export * from './timeline.js';
