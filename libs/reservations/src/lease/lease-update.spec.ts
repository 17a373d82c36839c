import { describe, expect, it } from '@jest/globals';
import type { LeaseChange } from '../contracts.js';
import type { LeaseEvent, Reservation } from './lease.events.js';
import type { LeaseFacts } from './lease.facts.state.js';
import {
  addressReservation,
  addressTerms,
  announcedAt,
  endsAt,
  factsAfter,
  flavorReservation,
  happened,
  hostReservation,
  hostTerms,
  instanceReservation,
  instanceTerms,
  leaseId,
  minute,
  startsAt,
} from './lease.samples.contract.js';
import { planUpdate, type UpdatePlan } from './lease-update.policy.js';

const { created, starting, started, announcing, announced, ending, ended } = happened;
const before = startsAt - 10 * minute;
const during = startsAt + 10 * minute;
const pending = factsAfter(created());
const active = factsAfter(created(), starting, started);
const wasAnnounced = factsAfter(created(), starting, started, announcing, announced);
const terminated = factsAfter(created(), starting, started, ending, ended);
const withReservations = (...reservations: readonly Reservation[]) => factsAfter(created({ reservations }));
const activeWith = (...reservations: readonly Reservation[]) =>
  factsAfter(created({ reservations }), starting, started);

const plan = (lease: LeaseFacts, change: LeaseChange, now: number) =>
  planUpdate(lease, change, now, { eventId: 'fresh' });
function planned(lease: LeaseFacts, change: LeaseChange, now: number): UpdatePlan {
  const result = plan(lease, change, now);
  if (result.kind === 'refused') throw new Error(result.code);
  return result;
}
const refused = (lease: LeaseFacts, change: LeaseChange, now: number, code: string, facts?: object) => {
  const result = plan(lease, change, now);
  expect(result).toMatchObject({ kind: 'refused', code });
  if (facts !== undefined) expect(result).toMatchObject({ facts });
};
const nothing = { kind: 'planned', events: [], reservations: [] };
const eventsOf = (lease: LeaseFacts, change: LeaseChange, now: number) =>
  Object.fromEntries(planned(lease, change, now).events.map(({ type, dueAt }) => [type, dueAt]));
const asked = (id: string, more: object = {}) => ({ reservations: [{ id, ...more }] });

describe('a new name', () => {
  it.each<[string, LeaseFacts]>([
    ['pending', pending],
    ['active', active],
    ['terminated', terminated],
    ['not started', factsAfter(created(), starting, happened.startFailed)],
    ['not ended', factsAfter(created(), starting, started, ending, happened.endFailed)],
    ['of flavors', withReservations(flavorReservation)],
  ])('is given to a lease that is %s, whatever its dates', (_how, lease) => {
    expect(plan(lease, { name: 'x' }, endsAt + 999 * minute)).toEqual({ ...nothing, name: 'x' });
    expect(plan(lease, { name: lease.name }, 0)).toEqual(nothing);
    expect(plan(lease, {}, 0)).toEqual(nothing);
  });

  it.each<[string, readonly LeaseEvent[]]>([
    ['starting', [starting]],
    ['announcing', [starting, started, announcing]],
    ['ending', [starting, started, ending]],
    ['deleting', [starting, started, happened.deleting]],
  ])('is not given while it is %s', (_how, events) => {
    refused(factsAfter(created(), ...events), { name: 'x' }, 0, 'lease-status-invalid', { facts: { leaseId } }.facts);
  });
});

describe('new dates', () => {
  it('1: of the start are refused once it has passed', () => {
    const later = { startsAt: startsAt + minute };
    refused(pending, later, startsAt + minute, 'lease-already-started');
    refused(pending, { startsAt: startsAt + 20 * minute }, startsAt + minute, 'lease-already-started');
    refused(active, later, startsAt, 'lease-already-started');
    expect(planned(pending, later, startsAt + minute - 1)).toMatchObject(later);
    expect(planned(active, { startsAt, endsAt: endsAt + minute }, during)).toMatchObject({ endsAt: endsAt + minute });
    const failed = factsAfter(created(), starting, happened.startFailed);
    refused(failed, later, startsAt, 'lease-already-started');
  });

  it('2: of the start are refused in the past', () => {
    refused(pending, { startsAt: before - minute }, before, 'start-in-past');
    expect(planned(pending, { startsAt: before }, before + minute - 1)).toMatchObject({ startsAt: before });
  });

  it('3: are refused when the lease is over', () => {
    refused(pending, { endsAt: endsAt + 99 * minute }, endsAt + minute, 'lease-over');
    refused(terminated, { endsAt: endsAt + 99 * minute }, endsAt, 'lease-over');
    refused(pending, asked('r-hosts'), endsAt + minute, 'lease-over');
    expect(planned(active, { endsAt: endsAt + minute }, endsAt + minute - 1)).toMatchObject({
      endsAt: endsAt + minute,
    });
    refused(terminated, { startsAt, endsAt: startsAt }, endsAt + minute, 'lease-over');
    refused(terminated, { startsAt: startsAt + minute }, endsAt + minute, 'lease-already-started');
  });

  it('4: of the end are refused in the past and before the start', () => {
    refused(active, { endsAt: during - minute }, during, 'end-invalid');
    refused(pending, { endsAt: startsAt - minute }, before, 'end-invalid');
    refused(pending, { startsAt: endsAt + minute }, before, 'end-invalid');
    expect(planned(active, { endsAt: during }, during + 5)).toMatchObject({ endsAt: during });
    expect(planned(active, { endsAt: startsAt }, startsAt)).toMatchObject({ endsAt: startsAt });
  });

  it('5: of the announcement are strictly inside the new ones', () => {
    for (const beforeEndAt of [startsAt, endsAt, 0, endsAt + minute])
      refused(pending, { beforeEndAt }, before, 'before-end-out-of-lease');
    const longer = { endsAt: endsAt + 2 * minute, beforeEndAt: endsAt };
    expect(eventsOf(pending, longer, before)).toMatchObject({ before_end_lease: endsAt });
    refused(pending, { endsAt: announcedAt, beforeEndAt: announcedAt }, before, 'before-end-out-of-lease');
  });

  it('are looked at in that order', () => {
    const all = { startsAt: before, endsAt: before - minute, beforeEndAt: 0, reservations: [{}] };
    refused(active, all, endsAt + minute, 'lease-already-started');
    refused(pending, { ...all, startsAt: before - minute }, before, 'start-in-past');
    refused(active, { ...all, startsAt }, endsAt + minute, 'lease-over');
    refused(active, { ...all, startsAt }, during, 'end-invalid');
    refused(active, { ...all, startsAt, endsAt }, during, 'before-end-out-of-lease');
    refused(active, { ...all, startsAt, endsAt, beforeEndAt: announcedAt }, during, 'reservation-id-missing');
    const wrong = [{ id: 'x', resource_type: 'y' }];
    refused(
      active,
      { startsAt, endsAt, beforeEndAt: announcedAt, reservations: wrong },
      during,
      'reservation-ids-unknown',
    );
  });
});

describe('the events of a changed lease', () => {
  const later = endsAt + 30 * minute;

  it('move with its dates, the announcement in its distance to the end', () => {
    expect(planned(pending, { endsAt: later }, before).events).toEqual([
      { id: 'e-end', type: 'end_lease', dueAt: later },
      { id: 'e-before', type: 'before_end_lease', dueAt: announcedAt + 30 * minute },
    ]);
    const earlier = { startsAt: startsAt - 5 * minute };
    expect(eventsOf(pending, earlier, before)).toEqual({ start_lease: startsAt - 5 * minute });
  });

  it('are left out where they stay', () => {
    expect(planned(pending, { startsAt, endsAt, beforeEndAt: announcedAt }, before)).toEqual(nothing);
    expect(planned(wasAnnounced, asked('r-hosts', { max: 3 }), during).events).toEqual([]);
  });

  it('are clipped to the start', () => {
    const short = startsAt + 20 * minute;
    expect(eventsOf(active, { endsAt: short }, during)).toEqual({ end_lease: short, before_end_lease: startsAt });
    expect(eventsOf(pending, { startsAt: announcedAt + minute }, before)).toEqual({
      ...{ start_lease: announcedAt + minute, before_end_lease: announcedAt + minute },
    });
  });

  it('take the moment that is asked for', () => {
    expect(eventsOf(pending, { beforeEndAt: endsAt - minute }, before)).toEqual({ before_end_lease: endsAt - minute });
    expect(eventsOf(pending, { endsAt: later, beforeEndAt: endsAt }, before)).toMatchObject({
      before_end_lease: endsAt,
    });
  });

  it('are due again when they move', () => {
    const { events } = planned(wasAnnounced, { endsAt: later }, endsAt);
    const facts = factsAfter(
      ...[created(), starting, started, announcing, announced],
      happened.updated({ endsAt: later, events, at: endsAt }),
    );
    expect(facts.events.map(({ type, status }) => [type, status])).toEqual([
      ['start_lease', 'DONE'],
      ['end_lease', 'UNDONE'],
      ['before_end_lease', 'UNDONE'],
    ]);
  });

  it('get an announcement that was not there only when it is asked for', () => {
    const events = created().data.events.filter(({ type }) => type !== 'before_end_lease');
    const silent = factsAfter(created({ events }));
    expect(eventsOf(silent, { endsAt: later }, before)).toEqual({ end_lease: later });
    expect(planned(silent, { beforeEndAt: announcedAt }, before).events).toEqual([
      { id: 'fresh', type: 'before_end_lease', dueAt: announcedAt },
    ]);
  });
});

describe('the reservations of a changed lease', () => {
  const later = endsAt + minute;
  const all = [hostReservation, instanceReservation, addressReservation];

  it('6: are named by ids of their own', () => {
    refused(pending, { reservations: [{ max: 3 }] }, before, 'reservation-id-missing');
    refused(pending, { reservations: [{ id: null }] }, before, 'reservation-id-missing');
    const ids = ['x', '7', 'y'];
    const unknown = { reservations: [{ id: 'x' }, { id: 'r-hosts' }, { id: 7 }, { id: 'y' }, { id: 'x' }] };
    refused(pending, unknown, before, 'reservation-ids-unknown', { ids });
    expect(planned(pending, { reservations: [] }, before)).toEqual(nothing);
  });

  it('6: keep their type', () => {
    refused(pending, asked('r-hosts', { resource_type: 'virtual:instance' }), before, 'resource-type-fixed');
    refused(pending, asked('r-hosts', { resource_type: 7 }), before, 'resource-type-fixed');
    expect(planned(pending, asked('r-hosts', { resource_type: 'physical:host' }), before)).toEqual(nothing);
  });

  it('7: want all anew when the dates change, and need be free only beyond the former ones', () => {
    const of = (lease: LeaseFacts, change: LeaseChange, now: number) =>
      planned(lease, change, now).reservations.map(({ reservation, wants, window, grown, firm }) => ({
        ...{ id: reservation.id, wants, grown, firm },
        window: [window.from, window.to],
      }));
    expect(of(withReservations(...all), { endsAt: later }, before)).toEqual([
      { id: 'r-hosts', wants: 'hosts', grown: true, firm: false, window: [startsAt, later] },
      { id: 'r-instances', wants: 'hosts', grown: true, firm: false, window: [startsAt, later] },
      { id: 'r-addresses', wants: 'addresses', grown: true, firm: false, window: [startsAt, later] },
    ]);
    const [first] = of(activeWith(...all), { endsAt: announcedAt }, during);
    expect(first).toEqual({ id: 'r-hosts', wants: 'hosts', grown: false, firm: true, window: [startsAt, announcedAt] });
    const earlier = { startsAt: startsAt - minute, endsAt: endsAt - minute };
    expect(of(pending, earlier, before)).toMatchObject([{ grown: true }]);
    expect(of(pending, { startsAt: startsAt + minute }, before)).toMatchObject([{ grown: false }]);
  });

  it('7: change as they are asked to, one by one', () => {
    const lease = withReservations(...all);
    const change = asked('r-hosts', { min: 2, max: '4', hypervisor_properties: '[]', before_end: 'snapshot' });
    expect(planned(lease, change, before).reservations).toEqual([
      {
        reservation: lease.reservations[0],
        terms: { ...hostTerms, min: 2, max: 4, hypervisorProperties: '[]', beforeEnd: 'snapshot' },
        ...{ window: { from: startsAt, to: endsAt }, wants: 'hosts', grown: false, firm: false },
      },
    ]);
    const terms = (more: LeaseChange) => planned(lease, more, before).reservations.map((each) => each.terms);
    expect(terms(asked('r-hosts', { min: 1, max: 2 }))).toEqual([]);
    expect(terms({ reservations: [...asked('r-hosts', { max: 5 }).reservations, { id: 'r-hosts', max: 7 }] })).toEqual([
      { ...hostTerms, max: 7 },
    ]);
    expect(terms(asked('r-instances', { vcpus: 4, affinity: 'yes' }))).toEqual([
      { ...instanceTerms, vcpus: 4, affinity: true },
    ]);
    expect(terms(asked('r-addresses', { amount: 3, required_floatingips: [] }))).toEqual([
      { ...addressTerms, amount: 3, requiredFloatingIps: [] },
    ]);
  });

  it('7: keep their hosts where only the action before the end changes', () => {
    expect(planned(active, asked('r-hosts', { before_end: '' }), during).reservations).toMatchObject([
      { wants: null, terms: { ...hostTerms, beforeEnd: '' } },
    ]);
  });

  it.each<[object, string]>([
    [{ min: 'x' }, 'parameter-malformed'],
    [{ min: 0 }, 'range-below-one'],
    [{ min: 3 }, 'range-inverted'],
    [{ before_end: null }, 'parameter-malformed'],
    [{ resource_properties: '{' }, 'requirements-malformed'],
  ])('7: are checked as new ones are: %p', (more, code) => {
    refused(pending, asked('r-hosts', more), before, code);
  });

  it('7: that are in use give nothing back', () => {
    refused(active, asked('r-hosts', { max: 1 }), during, 'not-enough-hosts', { reservationId: 'r-hosts' });
    expect(planned(active, asked('r-hosts', { max: 5 }), during).reservations).toMatchObject([{ firm: true }]);
    expect(planned(pending, asked('r-hosts', { max: 1 }), before).reservations).toMatchObject([{ firm: false }]);
    const lease = activeWith(instanceReservation, addressReservation);
    refused(lease, asked('r-instances', { amount: 2 }), during, 'not-enough-hosts', { reservationId: 'r-instances' });
    const few = asked('r-addresses', { amount: 1, required_floatingips: [] });
    refused(lease, few, during, 'not-enough-floating-ips', { reservationId: 'r-addresses' });
    expect(planned(lease, asked('r-addresses', { amount: 3 }), during).reservations).toHaveLength(1);
  });

  it('7: of instances in use change in amount only', () => {
    const lease = activeWith(instanceReservation);
    for (const [name, value] of Object.entries({
      ...{ vcpus: 3, memory_mb: 1, disk_gb: 1, affinity: false, resource_properties: '["==", "$gpu", "x"]' },
    }))
      refused(lease, asked('r-instances', { amount: 5, [name]: value }), during, 'only-amount-changes', { name });
    const same = asked('r-instances', { amount: 5, vcpus: '2', affinity: 'None' });
    expect(planned(lease, same, during).reservations).toMatchObject([{ firm: true, terms: { amount: 5 } }]);
  });

  it('7: of a flavor are not changed, nor is anything of their lease but its name', () => {
    const lease = withReservations(hostReservation, flavorReservation);
    refused(lease, { endsAt: later }, before, 'flavor-instance-fixed');
    refused(lease, asked('r-hosts', { max: 5 }), before, 'flavor-instance-fixed');
    refused(lease, asked('r-flavor', { resource_type: 'physical:host' }), before, 'resource-type-fixed');
    refused(lease, { endsAt: startsAt - minute }, before, 'end-invalid');
  });

  it('7: of addresses keep their network, and may give up what they required', () => {
    const lease = withReservations(addressReservation);
    refused(lease, asked('r-addresses', { network_id: 'other' }), before, 'network-fixed');
    expect(planned(lease, asked('r-addresses', { network_id: 'net' }), before)).toEqual(nothing);
    const other = asked('r-addresses', { required_floatingips: ['203.0.113.10'] });
    refused(lease, other, before, 'required-addresses-fixed');
    expect(planned(lease, asked('r-addresses', { required_floatingips: ['203.0.113.9'] }), before)).toEqual(nothing);
  });

  it('7: that are in error are changed where they may be: of a lease that did not start nothing is in use', () => {
    const failed = factsAfter(created(), starting, happened.startFailed);
    expect(planned(failed, { endsAt: later }, during).reservations).toMatchObject([{ firm: false, wants: 'hosts' }]);
    const stuck = factsAfter(created(), starting, started, happened.deleting, happened.deletionFailed);
    expect(planned(stuck, { endsAt: later }, during).reservations).toMatchObject([{ firm: true, wants: 'hosts' }]);
    const half = factsAfter(
      created({ reservations: [hostReservation, instanceReservation] }),
      ...[starting, started, happened.deleting, happened.deletionFailed],
    );
    expect(planned(half, { endsAt: later }, during).reservations.map(({ reservation }) => reservation.id)).toEqual([
      'r-hosts',
    ]);
  });
});
