import type { LeaseCommand } from './lease.commands.js';
import type { AllocatedHost, LeaseEvent, Reservation, ReservationTerms } from './lease.events.js';
import { foldLease, type LeaseFacts } from './lease.facts.state.js';

/** A lease of one hour, for the specs. */
export const minute = 60_000;
export const startsAt = 1_000 * minute;
export const endsAt = 1_120 * minute;
export const announcedAt = 1_060 * minute;
export const leaseId = 'lease-1';
const createdAt = 900 * minute + 1_234;

export type TermsOf<Type extends ReservationTerms['resourceType']> = Extract<ReservationTerms, { resourceType: Type }>;

export const hostTerms: TermsOf<'physical:host'> = {
  resourceType: 'physical:host',
  min: 1,
  max: 2,
  hypervisorProperties: '',
  resourceProperties: '["==", "$gpu", "a100"]',
  beforeEnd: 'default',
};
export const instanceTerms: TermsOf<'virtual:instance'> = {
  resourceType: 'virtual:instance',
  amount: 3,
  vcpus: 2,
  memoryMb: 4096,
  diskGb: 20,
  affinity: null,
  resourceProperties: '',
};
export const flavorTerms: TermsOf<'flavor:instance'> = {
  resourceType: 'flavor:instance',
  amount: 1,
  flavorId: 'm1',
  flavor: '{"id":"m1"}',
  vcpus: 2,
  memoryMb: 4096,
  diskGb: 20,
  needs: [{ resource: 'VCPU', amount: 2 }],
  traits: [],
};
export const addressTerms: TermsOf<'virtual:floatingip'> = {
  resourceType: 'virtual:floatingip',
  networkId: 'net',
  amount: 2,
  requiredFloatingIps: ['203.0.113.9'],
};

export const hostOf = (hostId: string, slots: number | null = null): AllocatedHost => ({
  partition: 'default',
  hostId,
  hypervisorUuid: `uuid-${hostId}`,
  serviceName: `node-${hostId}`,
  slots,
});

export const hostReservation: Reservation = {
  id: 'r-hosts',
  resourceId: 'resource-1',
  terms: hostTerms,
  hosts: [hostOf('1'), hostOf('2')],
  addresses: [],
  means: null,
};
export const instanceReservation: Reservation = {
  id: 'r-instances',
  resourceId: 'resource-2',
  terms: instanceTerms,
  hosts: [hostOf('3', 2), hostOf('4', 1)],
  addresses: [],
  means: { flavorId: 'r-instances', serverGroupId: null, aggregateId: 7 },
};
export const flavorReservation: Reservation = { ...instanceReservation, id: 'r-flavor', terms: flavorTerms };
export const addressReservation: Reservation = {
  id: 'r-addresses',
  resourceId: 'resource-3',
  terms: addressTerms,
  hosts: [],
  addresses: [
    { floatingIpId: 'ip-1', address: '203.0.113.9' },
    { floatingIpId: 'ip-2', address: '203.0.113.10' },
  ],
  means: null,
};

type Of<Type extends LeaseEvent['type']> = Extract<LeaseEvent, { type: Type }>;
/** Of the samples' lease; fields besides are given. */
const event =
  <Type extends LeaseEvent['type']>(type: Type) =>
  (data: Omit<Of<Type>['data'], 'leaseId'>): Of<Type> =>
    ({ type, data: { leaseId, ...data } }) as unknown as Of<Type>;

export const happened = {
  created: (changes: Partial<Of<'LeaseCreated'>['data']> = {}) =>
    event('LeaseCreated')({
      attempt: 'creation',
      heldIn: ['hostCalendar-default'],
      name: 'wind-tunnel',
      userId: 'ada',
      projectId: 'engines',
      trustId: '6a5b4c3d2e1f00112233445566778899',
      startsAt,
      endsAt,
      reservations: [hostReservation],
      events: [
        { id: 'e-start', type: 'start_lease', dueAt: startsAt },
        { id: 'e-end', type: 'end_lease', dueAt: endsAt },
        { id: 'e-before', type: 'before_end_lease', dueAt: announcedAt },
      ],
      at: createdAt,
      ...changes,
    }),
  refused: event('LeaseRefused')({
    attempt: 'creation',
    heldIn: ['hostCalendar-default'],
    reservationIds: ['r-hosts'],
    reason: 'short',
    at: createdAt,
  }),
  updated: (changes: Partial<Of<'LeaseUpdated'>['data']> = {}) =>
    event('LeaseUpdated')({ attempt: 'change', heldIn: [], reservations: [], events: [], at: createdAt, ...changes }),
  abandoned: event('LeaseChangeAbandoned')({ attempt: 'change', heldIn: [], reason: 'deadline', at: createdAt }),
  starting: event('LeaseStarting')({ at: startsAt }),
  started: event('LeaseStarted')({ aggregates: [{ reservationId: 'r-hosts', aggregateId: 12 }], at: startsAt + 1 }),
  startedAtOnce: event('LeaseStarted')({ aggregates: [], at: startsAt }),
  startFailed: event('LeaseStartFailed')({ reservationIds: ['r-hosts'], reason: 'occupied', at: startsAt + 1 }),
  announcing: event('LeaseEndAnnouncing')({ at: announcedAt }),
  announced: event('LeaseEndAnnounced')({
    images: [{ reservationId: 'r-hosts', hostId: '1', guestUuid: 'guest', imageId: 'image', name: 'kept' }],
    at: announcedAt + 1,
  }),
  announcedAtOnce: event('LeaseEndAnnounced')({ images: [], at: announcedAt }),
  announcementFailed: event('LeaseEndAnnouncementFailed')({ reason: 'no answer', at: announcedAt + 1 }),
  ending: event('LeaseEnding')({ at: endsAt }),
  ended: event('LeaseEnded')({ heldIn: ['hostCalendar-default'], at: endsAt + 1 }),
  endFailed: event('LeaseEndFailed')({
    heldIn: ['hostCalendar-default'],
    reservationIds: ['r-hosts'],
    reason: 'no answer',
    at: endsAt + 1,
  }),
  deleting: event('LeaseDeleting')({ at: endsAt }),
  deletionFailed: event('LeaseDeletionFailed')({ reservationIds: ['r-hosts'], reason: 'no answer', at: endsAt + 1 }),
  deleted: event('LeaseDeleted')({
    heldIn: ['hostCalendar-default'],
    reservationIds: ['r-hosts'],
    at: endsAt + 1,
  }),
  healed: (changes: Partial<Of<'ReservationHealed'>['data']> = {}) =>
    event('ReservationHealed')({
      attempt: 'healing',
      heldIn: ['hostCalendar-default'],
      reservationId: 'r-hosts',
      failedHostId: '2',
      replacementHostId: '3',
      hosts: [hostOf('1'), hostOf('3')],
      resourcesChanged: false,
      at: createdAt,
      ...changes,
    }),
} as const;

/** The command whose commit an event is. */
export function committing<Type extends 'create' | 'refuse' | 'abandon-change'>(
  type: Type,
  { data }: LeaseEvent,
): Extract<LeaseCommand, { type: Type }> {
  return { type, ...data } as unknown as Extract<LeaseCommand, { type: Type }>;
}

/** Every object of it frozen: whoever changes it fails. */
export function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
}

/** The facts that these events make; none of what is folded is changed. */
export function factsAfter(...events: readonly LeaseEvent[]): LeaseFacts {
  const facts = events.reduce<LeaseFacts | undefined>(
    (lease, each) => foldLease(frozen(lease), frozen(each)),
    undefined,
  );
  if (facts === undefined) throw new Error('no lease is left');
  return facts;
}
