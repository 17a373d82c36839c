import type { Clock } from '#kernel';
import type { PoolSettings, PoolsSettings } from '#pools';
import type { PoolAuthSettings } from '../auth/pool-users/index.js';
import type { ConfiguredPool } from './pools.settings.type.js';
import { secretOf } from './secret-file.js';
import type { Settings } from './settings.type.js';

/** Who checks Basic credentials of the vmpooler face. */
export function poolAuthProvider({ poolAuth, identity }: Settings): 'builtin' | 'dummy' | 'ldap' | 'none' {
  return poolAuth?.provider ?? (identity === 'noauth' ? 'dummy' : 'builtin');
}

/** With the service account's password. Throws WrongSettings when its file cannot be read. */
export function poolAuthSettings(settings: Settings): PoolAuthSettings {
  const provider = poolAuthProvider(settings);
  const { ldap } = settings.poolAuth ?? {};
  if (ldap === undefined) return { provider };
  const { servicePassword, servicePasswordFile, ...others } = ldap;
  const secret = secretOf(servicePassword, servicePasswordFile, 'poolAuth.ldap.servicePasswordFile');
  return { provider, ldap: { ...others, ...(secret === undefined ? {} : { servicePassword: secret }) } };
}

/** The server's settings as the pools want them. */
export function poolsSettings(settings: Settings, clock: Clock): PoolsSettings {
  return {
    pools: settings.pools.map(poolOf),
    clock,
    supplies: settings.roles.includes('processes'),
    timeZone: settings.timeZone ?? null,
    domain: settings.domain ?? null,
    prefix: settings.prefix ?? '',
    cloneTarget: settings.cloneTarget ?? null,
    backendWeight: settings.backendWeight,
    vmLifetimeHours: settings.vmLifetimeHours,
    vmLifetimeAuthHours: settings.vmLifetimeAuthHours > 0 ? settings.vmLifetimeAuthHours : null,
    maxLifetimeUpperLimit: settings.maxLifetimeUpperLimit > 0 ? settings.maxLifetimeUpperLimit : null,
    readyTtlMinutes: settings.readyTtlMinutes,
    timeoutMinutes: settings.timeoutMinutes,
    timeoutNotificationMinutes: settings.timeoutNotificationMinutes,
    dataTtlHours: settings.dataTtlHours,
    vmCheckMinutes: settings.vmCheckMinutes,
    taskLimit: settings.taskLimit,
    onDemandCloneLimit: settings.onDemandCloneLimit,
    maxOnDemandInstancesPerRequest: settings.maxOnDemandInstancesPerRequest,
    onDemandTtlMinutes: settings.onDemandTtlMinutes,
    maxVmRetries: settings.maxVmRetries,
    allowedTags: settings.allowedTags ?? null,
    tagFilter: settings.tagFilter,
    experimentalFeatures: settings.experimentalFeatures,
    strictOwnership: settings.strictOwnership,
    authConfigured: poolAuthProvider(settings) !== 'none',
    checkLoopMinMs: settings.checkLoopMinSeconds * 1000,
    checkLoopMaxMs: settings.checkLoopMaxSeconds * 1000,
    checkLoopDecay: settings.checkLoopDecay,
    holdMs: settings.poolHoldSeconds * 1000,
    providerTimeoutMs: settings.providerTimeoutSeconds * 1000,
  };
}

function poolOf(pool: ConfiguredPool): PoolSettings {
  return {
    name: pool.name,
    size: pool.size,
    template: pool.template,
    aliases: pool.aliases,
    cloneTarget: pool.cloneTarget ?? null,
    readyTtlMinutes: pool.readyTtlMinutes ?? null,
    timeoutMinutes: pool.timeoutMinutes ?? null,
    timeoutNotificationMinutes: pool.timeoutNotificationMinutes ?? null,
    folder: pool.folder ?? null,
    datastore: pool.datastore ?? null,
    provider: pool.provider ?? null,
    dnsPlugin: pool.dnsPlugin ?? null,
    domain: pool.domain ?? null,
    hosts: pool.hosts,
    hostAggregate: pool.hostAggregate ?? null,
    vcpus: pool.vcpus,
    memoryMb: pool.memoryMb,
    diskGb: pool.diskGb,
  };
}
