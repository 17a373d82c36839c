export * from './keystone.module.js';
export * from './keystone.settings.js';
export * from './plain-refusal.js';
export {
  keystoneMounts,
  keystoneRoutes,
  type KeystoneAccess,
  type KeystoneRouteRow,
} from './routing/keystone-routes.js';
