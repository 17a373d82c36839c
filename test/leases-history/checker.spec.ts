import { describe, expect, it } from '@jest/globals';
import { violations } from './checker.js';
import type { Booking, History, LoggedEvent, Operation, Quiet, ShownLease } from './history.type.js';

const sent = { client: 0, sentAt: 0, heardAt: 1, answered: 202 };
const window = { from: 100, to: 200 };
const created: Operation = { kind: 'create', ...sent, name: 'a', window, min: 1, max: 2, leaseId: 'A' };
const shown = (more: Partial<ShownLease> = {}): ShownLease => ({
  id: 'A',
  name: 'a',
  status: 'PENDING',
  window,
  ...more,
});
const booking = (more: Partial<Booking> = {}): Booking => ({ host: 'h1', leaseId: 'A', window, ...more });
const quiet: Quiet = {
  lookedAt: 50,
  leases: [shown()],
  bookings: [booking()],
  afterDeletion: { leases: [], bookings: [], aggregates: new Map([['freepool', ['h1', 'h2']]]) },
};
const history = (more: Partial<History> = {}, calm: Partial<Quiet> = {}): History => ({
  seed: 1,
  hosts: ['h1', 'h2'],
  freePool: 'freepool',
  operations: [created],
  kills: 0,
  log: [],
  ...more,
  quiet: { ...quiet, ...calm },
});

const change = (more: object): Operation => ({
  kind: 'change',
  ...sent,
  leaseId: 'A',
  window: { from: 100, to: 300 },
  max: 2,
  ...more,
});
const deletion = (answered: number | undefined): Operation => ({ kind: 'delete', ...sent, leaseId: 'A', answered });
const after = (more: Partial<Quiet['afterDeletion']>) => ({ afterDeletion: { ...quiet.afterDeletion, ...more } });

const logged = (type: string, data: object, recordedAt = 100): LoggedEvent => ({
  stream: (data as { stream?: string }).stream ?? `lease-${(data as { leaseId?: string }).leaseId ?? ''}`,
  type,
  data,
  recordedAt,
});
const host = (name: string, slots: number | null = null) => ({
  ...{ serviceName: name, hostId: name, partition: 'x', slots },
});
type Host = ReturnType<typeof host>;
const leaseCreated = (leaseId: string, from: number, to: number, hosts: readonly Host[]) =>
  logged('LeaseCreated', {
    ...{
      leaseId,
      attempt: `at-${leaseId}`,
      heldIn: ['hostCalendar-x'],
      startsAt: from,
      endsAt: to,
      reservations: [{ id: `r-${leaseId}`, hosts }],
    },
    events: [
      { type: 'start_lease', dueAt: from },
      { type: 'end_lease', dueAt: to },
      { type: 'before_end_lease', dueAt: to - 5 },
    ],
  });
const calendar = { stream: 'hostCalendar-x' };
const held = (attempt: string, leaseId = 'A', hosts: readonly Host[] = [host('h1')]) =>
  logged('HostsHeld', {
    ...calendar,
    attempt,
    leaseId,
    reservations: [{ reservationId: `r-${leaseId}`, shares: hosts }],
  });
const confirmed = (attempt: string) => logged('HoldConfirmed', { ...calendar, attempt });
const whole = (leaseId: string, from: number, to: number, ...hosts: readonly Host[]) => [
  held(`at-${leaseId}`, leaseId, hosts),
  leaseCreated(leaseId, from, to, hosts),
  confirmed(`at-${leaseId}`),
];
const taken = (reservationId: string, fencingToken: number) =>
  logged('HostTaken', { uuid: 'u', reservationId, fencingToken });
const vacated = (reservationId: string) => logged('HostVacated', { uuid: 'u', reservationId });
const lease = leaseCreated('A', 100, 200, [host('h1')]);
const made = whole('A', 100, 200, host('h1'));

describe('the checker of lease histories', () => {
  it('finds nothing wrong with what is right', () => {
    expect(violations(history())).toEqual([]);
    const operations = [created, change({ answered: undefined }), deletion(undefined)];
    expect(violations(history({ operations }))).toEqual([]);
    expect(violations(history({ operations }, { leases: [], bookings: [] }))).toEqual([]);
    expect(
      violations(
        history({ operations: [created, change({})] }, { leases: [shown({ window: { from: 100, to: 300 } })] }),
      ),
    ).toEqual([]);
    const log = [
      ...made,
      ...[
        taken('r-A', 1),
        logged('LeaseStarted', { leaseId: 'A' }),
        logged('LeaseEndAnnounced', { leaseId: 'A' }, 195),
      ],
      ...[vacated('r-A'), logged('LeaseEnded', { leaseId: 'A' }, 200), ...whole('B', 200, 300, host('h1'))],
      ...[...whole('C', 250, 260, host('h2', 3)), ...whole('D', 250, 260, host('h2', 4))],
    ];
    expect(violations(history({ log }))).toEqual([]);
  });

  it.each<[string, History]>([
    ['two leases seen on one host', history({ operations: [created, { kind: 'look', ...sent, bookings: [booking(), booking({ leaseId: 'B', window: { from: 199, to: 300 } })] }] })],
    ['two leases on one host in the end', history({}, { bookings: [booking(), booking({ leaseId: 'B', window: { from: 50, to: 101 } })] })],
    ['an acknowledged lease that is gone', history({}, { leases: [], bookings: [] })],
    ['a lease that nobody wanted', history({ operations: [] }, { leases: [shown({ status: 'ERROR' })] })],
    ['a lease that was created twice', history({}, { leases: [shown(), shown({ id: 'B', status: 'ERROR' })] })],
    ['a refused lease that is there', history({ operations: [{ ...created, answered: 500, leaseId: undefined }] })],
    ['a deleted lease that is there', history({ operations: [created, deletion(204)] })],
    ['a time that nobody asked for', history({}, { leases: [shown({ window: { from: 100, to: 201 } })] })],
    ['a time that was refused', history({ operations: [created, change({ answered: 500 })] }, { leases: [shown({ window: { from: 100, to: 300 } })] })],
    ['too few hosts', history({}, { bookings: [] })],
    ['too many hosts', history({}, { bookings: [booking(), booking({ host: 'h2' }), booking({ host: 'h3' })] })],
    ['a lease that cannot be deleted', history({}, after({ leases: [shown()] }))],
    ['a booking without a lease', history({}, after({ bookings: [booking()] }))],
    ['a host in no aggregate', history({}, after({ aggregates: new Map([['freepool', ['h1']]]) }))],
    ['an aggregate of nobody', history({}, after({ aggregates: new Map([['freepool', ['h1', 'h2']], ['r-A', []]]) }))],
    ['an answer that no contract names', history({ operations: [created, { kind: 'other', ...sent, what: 'GET /', answered: 502 }] })],
    ['a host committed twice', history({ log: [...made, ...whole('B', 150, 250, host('h1'))] })],
    ['a host committed twice by a change', history({ log: [...made, ...whole('B', 200, 300, host('h1')), logged('LeaseUpdated', { leaseId: 'A', attempt: 'u', heldIn: [], endsAt: 201, reservations: [], events: [] })] })],
    ['a host committed twice by a healing', history({ log: [...made, ...whole('B', 150, 250, host('h2')), held('h', 'B'), logged('ReservationHealed', { leaseId: 'B', attempt: 'h', heldIn: ['hostCalendar-x'], reservationId: 'r-B', hosts: [host('h1')], at: 160 }), confirmed('h')] })],
    ['a machine with two holders', history({ log: [taken('r-A', 1), taken('r-B', 2)] })],
    ['a machine vacated by another', history({ log: [taken('r-A', 1), vacated('r-B')] })],
    ['a fencing token that does not rise', history({ log: [taken('r-A', 2), vacated('r-A'), taken('r-B', 2)] })],
    ['an attempt decided twice', history({ log: [...made, logged('LeaseRefused', { leaseId: 'A', attempt: 'at-A' })] })],
    ['a hold that nobody ended', history({ log: [held('at-A')] })],
    ['a hold confirmed without a commit', history({ log: [held('x'), confirmed('x')] })],
    ['a committed hold that was released', history({ log: [held('at-A'), lease, logged('HoldReleased', { ...calendar, attempt: 'at-A' })] })],
    ['a host given without a hold', history({ log: [lease] })],
    ['another host given than was held', history({ log: [held('at-A', 'A', [host('h2')]), lease, confirmed('at-A')] })],
    ['a host that a healing takes away and nobody gave back', history({ log: [...made, logged('ReservationHealed', { leaseId: 'A', attempt: 'h', heldIn: [], reservationId: 'r-A', hosts: [], at: 110 })] })],
    ['an early start', history({ log: [...made, logged('LeaseStarted', { leaseId: 'A' }, 99)] })],
    ['a start that came twice', history({ log: [...made, logged('LeaseStarted', { leaseId: 'A' }), logged('LeaseStarted', { leaseId: 'A' })] })],
    ['an early end', history({ log: [...made, logged('LeaseEnded', { leaseId: 'A' }, 199)] })],
    ['an early announcement', history({ log: [...made, logged('LeaseEndAnnounced', { leaseId: 'A' }, 194)] })],
  ])('finds %s', (_what, planted) => {
    expect(violations(planted)).toHaveLength(1);
  }); // prettier-ignore
});
