import type { PoolDocument } from '#projections/pools/pools.query';
import { fields, type Field, type JsonValue } from '../json-text.js';
import { cloneTargetOf, sizeOf, templateOf } from '../reports/pool-facts.js';

/** `template_ready`: machines are made from the template itself, so nothing has to be prepared. */
export function poolConfigurationView(pools: readonly PoolDocument[]): readonly Field[] {
  return [
    ['pool_configuration', pools.map((pool) => fields([...poolFields(pool), ['template_ready', true]]))],
    ['status', { ok: true }],
  ];
}

/** As vmpooler names them, with what was overridden; only what is configured. */
export function poolFields(pool: PoolDocument): readonly Field[] {
  const { settings } = pool;
  const all: readonly (readonly [string, JsonValue])[] = [
    ['name', settings.name],
    ['alias', settings.aliases],
    ['template', templateOf(pool)],
    ['folder', settings.folder],
    ['datastore', settings.datastore],
    ['size', sizeOf(pool)],
    ['timeout', settings.timeoutMinutes],
    ['timeout_notification', settings.timeoutNotificationMinutes],
    ['ready_ttl', settings.readyTtlMinutes],
    ['provider', settings.provider],
    ['dns_plugin', settings.dnsPlugin],
    ['domain', settings.domain],
    ['clone_target', cloneTargetOf(pool)],
    ['hosts', settings.hosts],
    ['host_aggregate', settings.hostAggregate],
    ['vcpus', settings.vcpus],
    ['memory_mb', settings.memoryMb],
    ['disk_gb', settings.diskGb],
  ];
  return all.filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0));
}

/** What a setting was, and what the file says. */
export function resetView(
  setting: 'size' | 'template',
  { reset, overrides }: { readonly reset: number | string; readonly overrides: number | string },
): readonly Field[] {
  const name = setting === 'size' ? 'pool_size' : 'template';
  return [
    ['ok', true],
    [`${name}_before_reset`, reset],
    [`${name}_before_overrides`, overrides],
  ];
}
