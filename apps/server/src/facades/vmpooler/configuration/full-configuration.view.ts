import type { PoolsSettings } from '#pools';
import type { PoolDocument } from '#projections/pools/pools.query';
import { fields, type Field, type JsonValue } from '../json-text.js';
import type { LdapFacts, VmpoolerFaceSettings } from '../vmpooler.settings.js';
import { poolFields } from './pool-configuration.view.js';

/** Instead of every secret (contracts/vmpooler §8). */
const masked = '********';

/** The layout of vmpooler's own file, made name by name: what is not named here is not shown. */
export function fullConfigurationView(
  settings: PoolsSettings,
  face: VmpoolerFaceSettings,
  pools: readonly PoolDocument[],
): readonly Field[] {
  return [
    [
      'full_config',
      {
        config: configured(general(settings, face)),
        tagfilter: fields(Object.entries(settings.tagFilter)),
        auth: auth(face),
        pools: pools.map((pool) => fields(poolFields(pool))),
        pool_names: [...new Set(pools.flatMap(({ settings: { name, aliases } }) => [name, ...aliases]))],
        alias: aliasesOf(pools),
      },
    ],
    ['status', { ok: true }],
  ];
}

function general(settings: PoolsSettings, face: VmpoolerFaceSettings): readonly Field[] {
  return [
    ['site_name', face.siteName],
    ['domain', settings.domain],
    ['prefix', settings.prefix === '' ? null : settings.prefix],
    ['clone_target', settings.cloneTarget],
    ['backend_weight', fields(Object.entries(settings.backendWeight))],
    ['task_limit', settings.taskLimit],
    ['ondemand_clone_limit', settings.onDemandCloneLimit],
    ['max_ondemand_instances_per_request', settings.maxOnDemandInstancesPerRequest],
    ['ondemand_request_ttl', settings.onDemandTtlMinutes],
    ['max_vm_retries', settings.maxVmRetries],
    ['timeout', settings.timeoutMinutes],
    ['timeout_notification', settings.timeoutNotificationMinutes],
    ['vm_checktime', settings.vmCheckMinutes],
    ['ready_ttl', settings.readyTtlMinutes],
    ['vm_lifetime', settings.vmLifetimeHours],
    ['vm_lifetime_auth', settings.vmLifetimeAuthHours],
    ['max_lifetime_upper_limit', settings.maxLifetimeUpperLimit],
    ['data_ttl', settings.dataTtlHours],
    ['allowed_tags', settings.allowedTags],
    ['experimental_features', settings.experimentalFeatures],
    ['check_loop_delay_min', settings.checkLoopMinMs / 1000],
    ['check_loop_delay_max', settings.checkLoopMaxMs / 1000],
    ['check_loop_delay_decay', settings.checkLoopDecay],
  ];
}

function configured(members: readonly Field[]): JsonValue {
  return fields(members.filter(([, value]) => value !== null));
}

function auth({ auth: { provider, ldap } }: VmpoolerFaceSettings): JsonValue {
  return provider === 'none' ? {} : { provider, ldap: ldap === null ? undefined : directory(ldap) };
}

/** Where the directory is, without whatever else its address carries. */
function directory({ url, startTls, bases, userObjects, serviceUser, hasServicePassword }: LdapFacts): JsonValue {
  const { protocol, hostname, port } = new URL(url);
  return {
    host: hostname,
    port: Number(port || (protocol === 'ldaps:' ? 636 : 389)),
    encryption: protocol === 'ldaps:' ? 'simple_tls' : startTls ? 'start_tls' : undefined,
    base: bases,
    user_object: userObjects,
    service_account_hash: hasServicePassword ? { user_dn: serviceUser ?? undefined, password: masked } : undefined,
  };
}

function aliasesOf(pools: readonly PoolDocument[]): JsonValue {
  const names = new Map<string, string[]>();
  for (const { settings } of pools)
    for (const alias of settings.aliases) names.set(alias, [...(names.get(alias) ?? []), settings.name]);
  return fields(names);
}
