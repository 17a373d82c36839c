import type { PoolDocument } from '#projections/pools/pools.query';
import { defaultPoolsSettings, type PoolSettings } from '#pools';

/** A pool for specs. */
export function samplePool(
  name: string,
  settings: Partial<PoolSettings> = {},
  more: Partial<Omit<PoolDocument, 'settings'>> = {},
): PoolDocument {
  const { vmLifetimeHours, readyTtlMinutes, timeoutMinutes, dataTtlHours, maxVmRetries } = defaultPoolsSettings;
  const rules = { vmLifetimeHours, readyTtlMinutes, timeoutMinutes, dataTtlHours, maxVmRetries };
  return {
    _id: name,
    order: 0,
    configured: true,
    settings: { ...unset, ...settings, name },
    rules: { ...rules, domain: null, cloneTarget: null },
    sizeOverride: null,
    templateOverride: null,
    cloneTargetOverride: null,
    lastBootAt: null,
    waiting: 0,
    ...more,
  };
}

const unset: PoolSettings = {
  name: '',
  size: 2,
  template: 'templates/alma-9',
  aliases: [],
  cloneTarget: null,
  readyTtlMinutes: null,
  timeoutMinutes: null,
  timeoutNotificationMinutes: null,
  folder: null,
  datastore: null,
  provider: null,
  dnsPlugin: null,
  domain: null,
  hosts: [],
  hostAggregate: null,
  vcpus: 2,
  memoryMb: 4096,
  diskGb: 20,
};
