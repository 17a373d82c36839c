import type { Json } from '#kernel';
import type { Settings } from '../profiles/settings.type.js';

/** Where this process happens to run changes no answer, and secrets are nobody's business. */
const leftOut = new Set([
  'host',
  'port',
  'dataDir',
  'adminPassword',
  'eventStoreUrl',
  'readStoreUrl',
  'timersUrl',
  'roles',
  'logLevel',
  'otlpEndpoint',
]);
const secret = /password|secret|token$/i;

/** What goes into ConfigurationLoaded. */
export function effectiveConfiguration(settings: Settings): { readonly [key: string]: Json | undefined } {
  const kept = Object.entries(settings).filter(([key]) => !leftOut.has(key));
  return JSON.parse(
    JSON.stringify(Object.fromEntries(kept), (key, value: unknown) => (secret.test(key) ? undefined : value)),
  ) as {
    readonly [key: string]: Json | undefined;
  };
}
