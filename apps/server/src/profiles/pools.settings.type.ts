import type { PoolLdapSettings } from '../auth/pool-users/index.js';

/** A pool as written in the configuration; what is left out there is left out here. */
export interface ConfiguredPool {
  readonly name: string;
  readonly size: number;
  readonly template: string;
  readonly aliases: readonly string[];
  readonly cloneTarget?: string;
  readonly readyTtlMinutes?: number;
  readonly timeoutMinutes?: number;
  readonly timeoutNotificationMinutes?: number;
  readonly folder?: string;
  readonly datastore?: string;
  readonly provider?: string;
  readonly dnsPlugin?: string;
  readonly domain?: string;
  readonly hosts: readonly string[];
  readonly hostAggregate?: string;
  readonly vcpus: number;
  readonly memoryMb: number;
  readonly diskGb: number;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

export interface SimulatedVmsSettings {
  readonly cloneSeconds: Range;
  readonly bootSeconds: Range;
  readonly failureRate: number;
}

/** As the configuration has it: the password of the service account may stand in a file. */
export interface LdapSettings extends PoolLdapSettings {
  readonly servicePasswordFile?: string;
}

export interface RequestLimitsSettings {
  readonly enabled: boolean;
  readonly checkouts: number;
  readonly deletions: number;
  readonly withToken: number;
  readonly others: number;
  readonly periodSeconds: number;
}

/** Settings of the pools and of the vmpooler face; bounds and meaning in pools.schema.ts. */
export interface PoolsAndFaceSettings {
  readonly pools: readonly ConfiguredPool[];
  readonly domain?: string;
  readonly prefix?: string;
  readonly siteName?: string;
  readonly cloneTarget?: string;
  readonly backendWeight: Readonly<Record<string, number>>;
  readonly vmLifetimeHours: number;
  readonly vmLifetimeAuthHours: number;
  readonly maxLifetimeUpperLimit: number;
  readonly readyTtlMinutes: number;
  readonly timeoutMinutes: number;
  readonly timeoutNotificationMinutes: number;
  readonly dataTtlHours: number;
  readonly vmCheckMinutes: number;
  readonly taskLimit: number;
  readonly onDemandCloneLimit: number;
  readonly maxOnDemandInstancesPerRequest: number;
  readonly onDemandTtlMinutes: number;
  readonly maxVmRetries: number;
  readonly allowedTags?: readonly string[];
  readonly tagFilter: Readonly<Record<string, string>>;
  readonly experimentalFeatures: boolean;
  readonly strictOwnership: boolean;
  readonly timeZone?: string;
  readonly poolAuth?: { readonly provider: 'builtin' | 'dummy' | 'ldap' | 'none'; readonly ldap?: LdapSettings };
  readonly poolMetrics: { readonly prometheus: boolean; readonly path: string; readonly instance?: string };
  readonly requestLimits: RequestLimitsSettings;
  readonly checkLoopMinSeconds: number;
  readonly checkLoopMaxSeconds: number;
  readonly checkLoopDecay: number;
  readonly poolHoldSeconds: number;
  readonly providerTimeoutSeconds: number;
  readonly simulatedVms: SimulatedVmsSettings;
}
