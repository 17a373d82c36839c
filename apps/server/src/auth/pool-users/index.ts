export * from './pool-auth.settings.js';
export * from './pool-users.module.js';
