export * from './auth.module.js';
export * from './authenticate.js';
export * from './command-context.js';
export * from './public-urls.js';
export * from './refusals.js';
