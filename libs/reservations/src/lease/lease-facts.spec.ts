import { describe, expect, it } from '@jest/globals';
import type { LeaseEvent } from './lease.events.js';
import { foldLease, type LeaseFacts } from './lease.facts.state.js';
import { isBusy, isValidCombination, mayGo } from './lease-status.policy.js';
import {
  endsAt,
  factsAfter,
  happened,
  hostOf,
  hostReservation,
  instanceReservation,
  minute,
  startsAt,
} from './lease.samples.contract.js';

const { created, starting, started, announcing, announced, ending, ended } = happened;
const both = created({ reservations: [hostReservation, instanceReservation] });
const statuses = (lease: LeaseFacts) => ({
  lease: lease.status,
  reservations: lease.reservations.map(({ status }) => status).join(' '),
  start: lease.events.find(({ type }) => type === 'start_lease')?.status,
  before: lease.events.find(({ type }) => type === 'before_end_lease')?.status,
  end: lease.events.find(({ type }) => type === 'end_lease')?.status,
});

describe('the facts of a lease', () => {
  it('when created: everything is new, and the lease itself is updated already', () => {
    const { at, leaseId: id, attempt: _attempt, heldIn: _heldIn, ...data } = created().data;
    expect(factsAfter(created())).toEqual({
      ...{ ...data, id, status: 'PENDING', degraded: false, createdAt: at, updatedAt: at },
      reservations: [
        {
          ...{ ...hostReservation, status: 'pending', missingResources: false, resourcesChanged: false },
          ...{ createdAt: at, updatedAt: null },
        },
      ],
      events: data.events.map((event) => ({ ...event, status: 'UNDONE', createdAt: at, updatedAt: null })),
    });
  });

  const before = [both, starting, started];
  it.each<[string, readonly LeaseEvent[], string, string, string, string, string]>([
    ['created', [both], 'PENDING', 'pending pending', 'UNDONE', 'UNDONE', 'UNDONE'],
    ['starting', [both, starting], 'STARTING', 'pending pending', 'IN_PROGRESS', 'UNDONE', 'UNDONE'],
    ['started', before, 'ACTIVE', 'active active', 'DONE', 'UNDONE', 'UNDONE'],
    ['not started', [both, starting, happened.startFailed], 'ERROR', 'error pending', 'ERROR', 'UNDONE', 'UNDONE'],
    ['announcing', [...before, announcing], 'ACTIVE', 'active active', 'DONE', 'IN_PROGRESS', 'UNDONE'],
    ['announced', [...before, announcing, announced], 'ACTIVE', 'active active', 'DONE', 'DONE', 'UNDONE'],
    [
      'not announced',
      [...before, announcing, happened.announcementFailed],
      ...(['ACTIVE', 'active active', 'DONE', 'ERROR', 'UNDONE'] as const),
    ],
    ['ending', [...before, ending], 'TERMINATING', 'active active', 'DONE', 'UNDONE', 'IN_PROGRESS'],
    ['ended', [...before, ending, ended], 'TERMINATED', 'deleted deleted', 'DONE', 'UNDONE', 'DONE'],
    ['not ended', [...before, ending, happened.endFailed], 'ERROR', 'error deleted', 'DONE', 'UNDONE', 'ERROR'],
    [
      'ended without having started',
      [both, starting, happened.startFailed, ending, ended],
      ...(['ERROR', 'deleted deleted', 'ERROR', 'UNDONE', 'DONE'] as const),
    ],
    ['being deleted', [...before, happened.deleting], 'DELETING', 'active active', 'DONE', 'UNDONE', 'UNDONE'],
    [
      'not deleted',
      [...before, happened.deleting, happened.deletionFailed],
      ...(['ERROR', 'error deleted', 'DONE', 'UNDONE', 'UNDONE'] as const),
    ],
  ])('when %s: what stands where', (_when, events, lease, reservations, start, beforeEnd, end) => {
    expect(statuses(factsAfter(...events))).toEqual({ lease, reservations, start, before: beforeEnd, end });
  });

  it('say when each part was changed last', () => {
    const facts = factsAfter(both, starting, started, announcing);
    const { at } = started.data;
    expect(facts.updatedAt).toBe(at);
    expect(facts.reservations.map(({ updatedAt }) => updatedAt)).toEqual([at, at]);
    expect(facts.events.map(({ updatedAt }) => updatedAt)).toEqual([at, null, announcing.data.at]);
    const failed = factsAfter(both, starting, happened.startFailed);
    expect(failed.reservations.map(({ updatedAt }) => updatedAt)).toEqual([happened.startFailed.data.at, null]);
    expect(factsAfter(both, ...[starting, started], ending).events[1]?.updatedAt).toBe(ending.data.at);
  });

  it('know the aggregate that instances were given', () => {
    const aggregates = [{ reservationId: 'r-instances', aggregateId: 99 }];
    const facts = factsAfter(both, starting, { ...started, data: { ...started.data, aggregates } });
    expect(facts.reservations.map(({ means }) => means?.aggregateId)).toEqual([undefined, 99]);
    expect(factsAfter(both, starting, started).reservations[1]?.means?.aggregateId).toBe(7);
  });

  it('when updated: only what is said changes, and what moved is due again', () => {
    const given = [both, starting, started, announcing, announced];
    const reservations = [{ ...hostReservation, hosts: [hostOf('1')] }];
    const moved = { id: 'e-before', type: 'before_end_lease', dueAt: 1_100 * minute } as const;
    const later = endsAt + 40 * minute;
    const at = announced.data.at + 5;
    const update = happened.updated({ name: 'cold-tunnel', endsAt: later, reservations, events: [moved], at });
    const [former, facts] = [factsAfter(...given), factsAfter(...given, update)];
    expect(facts).toMatchObject({ name: 'cold-tunnel', startsAt, endsAt: later, status: 'ACTIVE', updatedAt: at });
    const [hosts, instances] = facts.reservations;
    expect(hosts).toMatchObject({ hosts: [hostOf('1')], status: 'active', updatedAt: at });
    expect(instances).toEqual(former.reservations[1]);
    expect(facts.events[2]).toMatchObject({ ...moved, status: 'UNDONE', updatedAt: at });
    expect(facts.events.slice(0, 2)).toEqual(former.events.slice(0, 2));
    const renamed = factsAfter(...given, happened.updated({ name: 'x', at }));
    expect(renamed).toEqual({ ...former, name: 'x', updatedAt: at });
  });

  it('when updated: an event may be new', () => {
    const [start, end] = created().data.events;
    const without = created({ events: [start, end].filter((event) => event !== undefined) });
    const fresh = { id: 'e-new', type: 'before_end_lease', dueAt: 1_100 * minute } as const;
    expect(factsAfter(without, happened.updated({ events: [fresh], at: 7 })).events[2]).toEqual({
      ...{ ...fresh, status: 'UNDONE', createdAt: 7, updatedAt: null },
    });
  });

  it('when updated: also what was created in the same instant', () => {
    const { at } = created().data;
    const moved = { id: 'e-end', type: 'end_lease', dueAt: endsAt + minute } as const;
    const { events } = factsAfter(created(), happened.updated({ events: [moved], at }));
    expect(events[1]).toMatchObject({ ...moved, createdAt: at, updatedAt: at });
  });

  it('are the same when an event comes twice', () => {
    const moved = { id: 'e-end', type: 'end_lease', dueAt: endsAt + minute } as const;
    const fresh = { id: 'e-new', type: 'before_end_lease', dueAt: endsAt } as const;
    const update = happened.updated({ name: 'x', reservations: [hostReservation], events: [moved, fresh], at: 7 });
    const lives: readonly (readonly LeaseEvent[])[] = [
      [both, update, happened.healed(), happened.abandoned, starting, happened.startFailed, ending, ended],
      [both, starting, started, announcing, announced, update, announcing, happened.announcementFailed],
      [both, starting, started, happened.deleting, happened.deletionFailed, ending, happened.endFailed],
    ];
    for (const life of lives)
      for (let length = 1; length <= life.length; length += 1) {
        const events = life.slice(0, length);
        expect(factsAfter(...events, ...events.slice(-1))).toEqual(factsAfter(...events));
      }
  });

  it.each([
    ['pending, replaced', { resourcesChanged: false }, false, false, false],
    ['active, replaced', { resourcesChanged: true }, true, false, true],
    ['not replaced', { replacementHostId: null, hosts: [hostOf('1')] }, true, true, false],
  ])('when a host failed and is %s', (_how, changes, degraded, missingResources, resourcesChanged) => {
    const healed = happened.healed({ ...changes, at: 9 });
    const facts = factsAfter(both, healed);
    expect(facts).toMatchObject({ degraded, updatedAt: 9 });
    const { hosts } = healed.data;
    expect(facts.reservations[0]).toMatchObject({ hosts, missingResources, resourcesChanged, updatedAt: 9 });
    expect(facts.reservations[1]?.updatedAt).toBeNull();
    const again = factsAfter(both, healed, happened.healed({ hosts: [] }));
    expect(again).toMatchObject({ degraded, reservations: [{ hosts: [], missingResources, resourcesChanged }, {}] });
  });

  it('are left alone by attempts that failed, and gone when deleted', () => {
    expect(factsAfter(created(), happened.refused, happened.abandoned)).toEqual(factsAfter(created()));
    expect(foldLease(factsAfter(created()), happened.deleted)).toBeUndefined();
    for (const event of Object.values(happened))
      if (typeof event !== 'function') expect(foldLease(undefined, event)).toBeUndefined();
    expect(foldLease(undefined, happened.updated())).toBeUndefined();
    expect(foldLease(undefined, happened.healed())).toBeUndefined();
  });
});

describe('the status of a lease', () => {
  const all = [
    ...(['CREATING', 'PENDING', 'STARTING', 'ACTIVE', 'UPDATING', 'TERMINATING'] as const),
    ...(['TERMINATED', 'DELETING', 'ERROR'] as const),
  ];

  it.each([
    ['CREATING', 'PENDING DELETING'],
    ['PENDING', 'STARTING UPDATING DELETING'],
    ['STARTING', 'ACTIVE DELETING ERROR'],
    ['ACTIVE', 'UPDATING TERMINATING DELETING'],
    ['TERMINATING', 'TERMINATED DELETING ERROR'],
    ['TERMINATED', 'UPDATING DELETING'],
    ['ERROR', 'UPDATING TERMINATING DELETING'],
    ['UPDATING', 'PENDING ACTIVE TERMINATED DELETING ERROR'],
    ['DELETING', 'ERROR'],
  ] as const)('after %s', (from, to) => {
    expect(all.filter((status) => mayGo(from, status)).join(' ')).toBe(to);
  });

  const lease = (reservation: string, start: string, end: string, beforeEnd = 'UNDONE'): LeaseFacts => {
    const facts = factsAfter(created());
    return {
      ...facts,
      reservations: facts.reservations.map((each) => ({ ...each, status: reservation as never })),
      events: facts.events.map((each) => ({
        ...each,
        status: { start_lease: start, before_end_lease: beforeEnd, end_lease: end }[each.type] as never,
      })),
    };
  };

  it.each([
    ['pending', 'UNDONE', 'UNDONE', 'CREATING PENDING UPDATING DELETING'],
    ['pending', 'IN_PROGRESS', 'UNDONE', 'STARTING'],
    ['active', 'IN_PROGRESS', 'UNDONE', 'STARTING'],
    ['active', 'DONE', 'UNDONE', 'ACTIVE UPDATING DELETING'],
    ['error', 'ERROR', 'UNDONE', 'UPDATING DELETING ERROR'],
    ['pending', 'ERROR', 'UNDONE', 'UPDATING DELETING'],
    ['active', 'DONE', 'IN_PROGRESS', 'TERMINATING'],
    ['pending', 'DONE', 'IN_PROGRESS', ''],
    ['error', 'ERROR', 'IN_PROGRESS', 'TERMINATING'],
    ['deleted', 'DONE', 'DONE', 'UPDATING TERMINATED DELETING ERROR'],
    ['deleted', 'UNDONE', 'DONE', 'UPDATING DELETING'],
    ['error', 'DONE', 'ERROR', 'UPDATING DELETING ERROR'],
    ['active', 'DONE', 'ERROR', 'UPDATING DELETING'],
  ])('with reservations %s, start %s and end %s can be: %s', (reservation, start, end, valid) => {
    const found = all.filter((status) => isValidCombination(lease(reservation, start, end), status));
    expect(found.join(' ')).toBe(valid);
  });

  it('is busy while any of its events is carried out', () => {
    expect(isBusy(lease('active', 'DONE', 'UNDONE'))).toBe(false);
    expect(isBusy(lease('active', 'IN_PROGRESS', 'UNDONE'))).toBe(true);
    expect(isBusy(lease('active', 'DONE', 'UNDONE', 'IN_PROGRESS'))).toBe(true);
    expect(isBusy(lease('active', 'DONE', 'IN_PROGRESS'))).toBe(true);
  });
});
