import type { LdapFacts, VmpoolerFaceSettings } from '../facades/vmpooler/index.js';
import { poolAuthProvider } from './pools-context.settings.js';
import type { LdapSettings } from './pools.settings.type.js';
import type { Settings } from './settings.type.js';

/** The server's settings as the vmpooler face wants them: without a secret. */
export function vmpoolerFaceSettings(settings: Settings): VmpoolerFaceSettings {
  const { siteName, poolMetrics, requestLimits, poolAuth } = settings;
  const { enabled, ...numbers } = requestLimits;
  return {
    siteName: siteName ?? null,
    prometheus: poolMetrics.prometheus ? { path: poolMetrics.path } : null,
    instance: poolMetrics.instance ?? null,
    limits: enabled ? numbers : null,
    auth: { provider: poolAuthProvider(settings), ldap: ldapFacts(poolAuth?.ldap) },
  };
}

function ldapFacts(ldap: LdapSettings | undefined): LdapFacts | null {
  if (ldap === undefined) return null;
  const { url, startTls, bases, userObjects, serviceUser, servicePassword, servicePasswordFile } = ldap;
  return {
    url,
    startTls,
    bases,
    userObjects,
    serviceUser: serviceUser ?? null,
    hasServicePassword: servicePassword !== undefined || servicePasswordFile !== undefined,
  };
}
