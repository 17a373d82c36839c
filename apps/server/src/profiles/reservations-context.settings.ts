import type { FlavorsSettings } from '#flavors';
import type { Clock } from '#kernel';
import type { ReservationsSettings } from '#reservations';
import { secretOf } from './secret-file.js';
import type { Settings } from './settings.type.js';

/** The server's settings as reservations want them. Throws WrongSettings when the filter service's token cannot be read. */
export function reservationsSettings(settings: Settings, clock: Clock): ReservationsSettings {
  return {
    clock,
    processes: settings.roles.includes('processes'),
    freePool: settings.freePoolAggregate,
    partitions: settings.calendarPartitions,
    cleaningMinutes: settings.cleaningMinutes,
    minutesBeforeEnd: settings.minutesBeforeEndLease,
    beforeEndAction: settings.beforeEndAction,
    randomizeHosts: settings.randomizeHostSelection,
    eventMaxRetries: settings.eventMaxRetries,
    monitorsHosts: settings.monitorHypervisors,
    healingMinutes: settings.healingMinutes,
    maxLeaseSeconds: settings.maxLeaseSeconds,
    maxLeaseExemptProjects: settings.maxLeaseExemptProjects,
    filterService: filterService(settings),
    networks: settings.networks.map(({ subnets, ...network }) => ({
      ...network,
      subnets: subnets.map(({ gateway, ...subnet }) => ({ ...subnet, gateway: gateway ?? null })),
    })),
    holdMs: settings.leaseHoldSeconds * 1000,
    providerTimeoutMs: settings.providerTimeoutSeconds * 1000,
  };
}

function filterService({ leaseFilterService: service }: Settings): ReservationsSettings['filterService'] {
  if (service === undefined) return null;
  const token = secretOf(service.token, service.tokenFile, 'leaseFilterService.tokenFile');
  return { url: service.url, token: token ?? null, timeoutMs: service.timeoutSeconds * 1000 };
}

/** The server's settings as flavors want them. */
export function flavorsSettings(settings: Settings, clock: Clock): FlavorsSettings {
  return {
    clock,
    region: settings.region,
    flavors: settings.flavors.map((flavor) => ({ ...flavor, rxtxFactor: 1, access: [], reservationId: null })),
  };
}
