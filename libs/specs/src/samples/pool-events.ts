import type { CheckoutFacts, DayFigures, Placement, PoolEvent, PoolRules, PoolSettings, VmRecord } from '#pools';

type DataOf<Type> = Extract<PoolEvent, { type: Type }>['data'];

/** An event of the pool `alma` at time 1, unless the data says otherwise. */
export function poolEvent<Type extends PoolEvent['type']>(
  type: Type,
  data: Omit<DataOf<Type>, 'pool' | 'at'> & { readonly pool?: string; readonly at?: number },
): PoolEvent {
  return { type, data: { pool: 'alma', at: 1, ...data } } as unknown as PoolEvent;
}

export const samplePlacement: Placement = {
  hypervisorUuid: '4e7a2c4e-0000-4000-8000-000000000001',
  provider: 'simulated',
  nativeId: 'kvm-1',
  serviceHost: 'kvm-1',
};

export const samplePoolSettings: PoolSettings = {
  name: 'alma',
  size: 2,
  template: 'templates/alma',
  aliases: ['alma-9'],
  cloneTarget: null,
  readyTtlMinutes: null,
  timeoutMinutes: null,
  timeoutNotificationMinutes: null,
  folder: null,
  datastore: null,
  provider: null,
  dnsPlugin: null,
  domain: null,
  hosts: ['kvm-1'],
  hostAggregate: null,
  vcpus: 2,
  memoryMb: 4096,
  diskGb: 20,
};

export const samplePoolRules: PoolRules = {
  vmLifetimeHours: 24,
  readyTtlMinutes: 60,
  timeoutMinutes: 15,
  dataTtlHours: 168,
  maxVmRetries: 3,
  domain: 'lab.example.test',
  cloneTarget: null,
};

export const sampleFigures: DayFigures = { day: '2026-11-21', count: 1, total: 2.5, min: 2.5, max: 2.5 };

export const sampleCheckout: CheckoutFacts = {
  checkoutId: 'c-1',
  requestedAs: 'alma-9',
  tokenHash: 'hash-1',
  userId: 'u-1',
  lifetime: 12,
};

export function vmRequested(name: string, more: { readonly pool?: string; readonly request?: string } = {}): PoolEvent {
  return poolEvent('VmRequested', {
    vm: {
      name,
      vmId: `id-of-${name}`,
      generation: 1,
      placement: samplePlacement,
      template: 'templates/alma',
      cloneTarget: null,
      domain: 'lab.example.test',
      vcpus: 2,
      memoryMb: 4096,
      diskGb: 20,
    },
    request: null,
    waiting: 0,
    timeoutAt: 900_001,
    ...more,
  });
}

/** From the wish to the ready queue. */
export function vmMadeReady(name: string, pool = 'alma'): readonly PoolEvent[] {
  return [
    vmRequested(name, { pool }),
    poolEvent('VmCloned', { pool, at: 2, name, seconds: 2.5, ip: '192.0.2.7', figures: sampleFigures }),
    poolEvent('VmReady', { pool, at: 3, name, seconds: 4, figures: sampleFigures, staleAt: 3_600_003 }),
  ];
}

export function vmDestroyed(name: string, record: Partial<VmRecord> = {}, forgetAt = 1_000): PoolEvent {
  return poolEvent('VmDestroyed', {
    at: 9,
    forgetAt,
    record: {
      name,
      vmId: `id-of-${name}`,
      pool: 'alma',
      generation: 1,
      placement: samplePlacement,
      template: 'templates/alma',
      domain: null,
      requestedAt: 1,
      clonedAt: 2,
      cloneSeconds: 2.5,
      ip: null,
      readyAt: 3,
      checkout: null,
      lifetime: null,
      tags: {},
      snapshots: [],
      disks: [],
      request: null,
      retiredAt: 5,
      retirement: 'returned',
      ...record,
    },
  });
}
