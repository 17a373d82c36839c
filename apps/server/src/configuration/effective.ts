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

function shown(key: string, value: unknown): unknown {
  if (secret.test(key)) return undefined;
  return typeof value === 'string' && /url$/i.test(key) ? withoutCredentials(value) : value;
}

/** Names and passwords stand before the host, tokens in the query. */
function withoutCredentials(url: string): string {
  return url.replace(/[?#].*$/, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/]*@/i, '$1');
}

/** What goes into ConfigurationLoaded. */
export function effectiveConfiguration(settings: Settings): { readonly [key: string]: Json | undefined } {
  const kept = Object.entries(settings).filter(([key]) => !leftOut.has(key));
  return JSON.parse(JSON.stringify(Object.fromEntries(kept), shown)) as { readonly [key: string]: Json | undefined };
}
