import type { Settings } from './settings.type.js';

/** What is wrong with the pools although each setting alone is right. */
export function poolContradictions(settings: Settings): readonly string[] {
  return [
    ...twice(settings),
    ...settings.pools
      .filter(({ hosts, hostAggregate }) => (hosts.length === 0) === (hostAggregate === undefined))
      .map(({ name }) => `pools: ${name} needs hosts or a hostAggregate that its VMs run on, one of the two`),
    ...expressions(settings),
    ...zone(settings),
    ...authentication(settings),
    ...ranges(settings),
    ...metricsPath(settings),
  ];
}

function twice({ pools }: Settings): readonly string[] {
  const names = pools.map(({ name }) => name);
  return names
    .filter((name, index) => names.indexOf(name) !== index)
    .map((name) => `pools: ${name} stands there twice`);
}

function expressions({ tagFilter }: Settings): readonly string[] {
  return Object.entries(tagFilter).flatMap(([key, expression]) => {
    try {
      new RegExp(expression, 'u');
      return [];
    } catch (error) {
      return [`tagFilter.${key} is no regular expression: ${(error as Error).message}`];
    }
  });
}

function zone({ timeZone }: Settings): readonly string[] {
  if (timeZone === undefined) return [];
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return [];
  } catch {
    return [`LEASEBOOK_TIME_ZONE (timeZone): there is no zone ${timeZone}`];
  }
}

function authentication({ identity, poolAuth }: Settings): readonly string[] {
  if (poolAuth?.provider === 'ldap' && poolAuth.ldap === undefined)
    return ['poolAuth: provider ldap needs the section ldap (url, bases)'];
  const elsewhere = identity === 'keystone' || identity === 'keyrock';
  if (elsewhere && poolAuth?.provider === 'builtin')
    return [`poolAuth: with identity ${identity} this server has no users of its own; name ldap, dummy or none`];
  return [];
}

function ranges({ simulatedVms, checkLoopMinSeconds, checkLoopMaxSeconds }: Settings): readonly string[] {
  const faults = (['cloneSeconds', 'bootSeconds'] as const)
    .filter((name) => simulatedVms[name].min > simulatedVms[name].max)
    .map((name) => `simulatedVms.${name}: min is more than max`);
  if (checkLoopMinSeconds > checkLoopMaxSeconds) faults.push('checkLoopMinSeconds is more than checkLoopMaxSeconds');
  return faults;
}

/** Paths that are served already, by whatever method. */
const taken =
  /^\/(?:metrics|healthz|readyz|healthcheck|openapi\.json|dashboard|status|summary|token|vm|api|v1|v2|v2\.1|v3|vmpooler|identity|compute|image|leasebook|reservation|flavors)(?:\/|$)/;

function metricsPath({ poolMetrics }: Settings): readonly string[] {
  if (!poolMetrics.prometheus || !taken.test(poolMetrics.path)) return [];
  return [`poolMetrics.path: ${poolMetrics.path} is taken; the server's own metrics are at /metrics`];
}
