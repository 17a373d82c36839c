import type { Interval } from '#kernel';
import type { Condition, HostAsk, HostCalendarCommand, HostWish } from './host-calendar.commands.js';
import type {
  Capability,
  EnrolledHost,
  HostCalendarEvent,
  HostShare,
  HeldReservation,
} from './host-calendar.events.js';
import { hostCalendar } from './host-calendar.aggregate.js';
import type { CalendarState } from './host-calendar.state.js';

type Of<Type extends HostCalendarCommand['type']> = Extract<HostCalendarCommand, { type: Type }>;
type Event<Type extends HostCalendarEvent['type']> = Extract<HostCalendarEvent, { type: Type }>;

export const partition = 'north';
export const at = Date.UTC(2031, 4, 1, 8);
export const hour = 3_600_000;
const about = { partition, at };

/** So many hours after the beginning. */
export const hours = (from: number, to: number): Interval => ({ from: at + from * hour, to: at + to * hour });

export const enrolled = (hostId: string, more: Partial<EnrolledHost> = {}): EnrolledHost => ({
  hypervisorUuid: `00000000-0000-5000-8000-${hostId.padStart(12, '0')}`,
  provider: 'simulated',
  nativeId: `node-${hostId}`,
  serviceName: `node-${hostId}`,
  hypervisorHostname: `node-${hostId}`,
  hypervisorType: 'QEMU',
  hypervisorVersion: 8_002_000,
  vcpus: 64,
  memoryMb: 262_144,
  localGb: 2_000,
  cpuInfo: '{}',
  availabilityZone: '',
  trustId: '0'.repeat(32),
  ...more,
});

export const capabilities = (values: Readonly<Record<string, string>>): Capability[] =>
  Object.entries(values).map(([key, value]) => ({ key, value }));

export const whole = (...hostIds: readonly string[]): HostShare[] => hostIds.map((hostId) => ({ hostId, slots: null }));

export const small = [
  { resource: 'VCPU', amount: 16 },
  { resource: 'MEMORY_MB', amount: 4_096 },
  { resource: 'DISK_GB', amount: 20 },
];

export const slots = (counts: Readonly<Record<string, number>>, needs = small): HostShare[] =>
  Object.entries(counts).map(([hostId, count]) => ({ hostId, slots: { count, needs } }));

export const held = (
  reservationId: string,
  window: Interval,
  shares: readonly HostShare[],
  properties: readonly string[] = [],
): HeldReservation => ({ reservationId, window, properties, shares });

/** Events of a calendar. */
export const did = {
  enrol: (
    hostId: string,
    more: { host?: Partial<EnrolledHost>; has?: Readonly<Record<string, string>>; reservable?: boolean } = {},
  ): Event<'HostEnrolled'> => ({
    type: 'HostEnrolled',
    data: {
      ...about,
      hostId,
      host: enrolled(hostId, more.host),
      capabilities: capabilities(more.has ?? {}),
      reservable: more.reservable ?? true,
    },
  }),
  set: (hostId: string, values: Readonly<Record<string, string>>): Event<'HostCapabilitiesSet'> => ({
    type: 'HostCapabilitiesSet',
    data: { ...about, hostId, set: capabilities(values) },
  }),
  withdraw: (hostId: string): Event<'HostWithdrawn'> => {
    const { hypervisorUuid, serviceName } = enrolled(hostId);
    return { type: 'HostWithdrawn', data: { ...about, hostId, hypervisorUuid, serviceName } };
  },
  fail: (hostId: string, why: 'down' | 'disabled' | 'vanished' = 'down'): Event<'HostBecameUnreservable'> => ({
    type: 'HostBecameUnreservable',
    data: { ...about, hostId, why },
  }),
  recover: (hostId: string): Event<'HostBecameReservable'> => ({
    type: 'HostBecameReservable',
    data: { ...about, hostId },
  }),
  hold: (attempt: string, ...reservations: readonly HeldReservation[]): Event<'HostsHeld'> => ({
    type: 'HostsHeld',
    data: { ...about, attempt, ...decision(attempt), reservations },
  }),
  confirm: (attempt: string): Event<'HoldConfirmed'> => ({ type: 'HoldConfirmed', data: { ...about, attempt } }),
  release: (attempt: string): Event<'HoldReleased'> => ({ type: 'HoldReleased', data: { ...about, attempt } }),
  free: (leaseId: string, ...reservationIds: readonly string[]): Event<'AllocationsReleased'> => ({
    type: 'AllocationsReleased',
    data: { ...about, leaseId, reservationIds },
  }),
  /** Held and confirmed, by a lease `lease-<reservation>`. */
  allocate: (reservationId: string, window: Interval, shares: readonly HostShare[], properties: string[] = []) => [
    did.hold(reservationId, held(reservationId, window, shares, properties)),
    did.confirm(reservationId),
  ],
};

/** Who decides an attempt: a lease of the same name. */
export function decision(attempt: string): { leaseId: string; decidedBy: string; deadline: number } {
  return { leaseId: `lease-of-${attempt}`, decidedBy: `lease-${attempt}`, deadline: at + 30_000 };
}

/** As refusals name a hold. */
export const undecided = (attempt: string) => ({ attempt, ...decision(attempt) });

export const wantHosts = (min: number, max = min): HostAsk => ({ kind: 'hosts', min, max });

export const wantSlots = (amount: number, more: Partial<Extract<HostAsk, { kind: 'slots' }>> = {}): HostAsk => ({
  kind: 'slots',
  amount,
  needs: small,
  traits: [],
  affinity: null,
  ...more,
});

export const where = (name: string, operator: Condition['operator'], value: string): Condition => ({
  operator,
  name,
  value,
});

export const wish = (
  reservationId: string,
  ask: HostAsk,
  more: Partial<Omit<HostWish, 'reservationId' | 'ask'>> = {},
): HostWish => ({ reservationId, ask, window: hours(10, 20), filter: [], firm: false, grown: false, ...more });

/** Commands. */
export const ask = {
  enrol: (hostId: string, more: Partial<Of<'enrol'>> = {}): Of<'enrol'> => ({
    type: 'enrol',
    ...about,
    hostId,
    host: enrolled(hostId),
    capabilities: [],
    reservable: true,
    ...more,
  }),
  set: (hostId: string, values: Readonly<Record<string, string>>, when = at): Of<'set-capabilities'> => ({
    type: 'set-capabilities',
    hostId,
    set: capabilities(values),
    at: when,
  }),
  withdraw: (hostId: string): Of<'withdraw'> => ({ type: 'withdraw', hostId, at }),
  note: (hostId: string, obstacle: Of<'note-condition'>['obstacle']): Of<'note-condition'> => ({
    type: 'note-condition',
    hostId,
    obstacle,
    at,
  }),
  hold: (attempt: string, wishes: readonly HostWish[], more: Partial<Of<'hold'>> = {}): Of<'hold'> => ({
    type: 'hold',
    attempt,
    ...decision(attempt),
    wishes,
    picked: [],
    cleaningMs: 0,
    dice: null,
    at,
    ...more,
  }),
  confirm: (attempt: string): Of<'confirm-hold'> => ({ type: 'confirm-hold', attempt, at }),
  release: (attempt: string): Of<'release-hold'> => ({ type: 'release-hold', attempt, at }),
  free: (leaseId: string, ...reservationIds: readonly string[]): Of<'release-allocations'> => ({
    type: 'release-allocations',
    leaseId,
    reservationIds,
    at,
  }),
};

export const hosts = (count: number): HostCalendarEvent[] =>
  Array.from({ length: count }, (_, index) => did.enrol(String(index + 1)));

export function stateOf(...events: readonly HostCalendarEvent[]): CalendarState {
  return events.reduce(hostCalendar.decider.evolve, hostCalendar.decider.initialState());
}

export function asStored(state: Readonly<CalendarState>): never {
  return JSON.parse(JSON.stringify(hostCalendar.snapshot?.write(state))) as never;
}
