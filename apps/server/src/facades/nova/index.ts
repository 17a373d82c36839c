export { NovaModule, novaRoutes } from './nova.module.js';
export { NOVA_SETTINGS, type NovaSettings } from './nova.settings.js';
export { novaPlainRefusal } from './plain-refusal.js';
export type { NovaRouteRow } from './routing/route-table.js';
