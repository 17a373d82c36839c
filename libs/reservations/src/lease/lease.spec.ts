import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { decisionOf, lastDecision, lease, leaseIdOf, leaseOf, leaseStream } from './lease.aggregate.js';
import type { LeaseCommand } from './lease.commands.js';
import type { LeaseEvent } from './lease.events.js';
import { heldInOf } from './lease.looks.js';
import {
  addressReservation,
  announcedAt,
  committing,
  endsAt,
  happened,
  hostReservation,
  instanceReservation,
  leaseId,
  startsAt,
} from './lease.samples.contract.js';

const { given } = decisionsOf(lease);
const { created, starting, started, announcing, announced, ending, ended, deleting, deleted } = happened;
const create = committing('create', created());
const refuseIt = committing('refuse', happened.refused);
const abandon = committing('abandon-change', happened.abandoned);

const change = (changes: Parameters<typeof happened.updated>[0] = {}, version = 1): LeaseCommand => ({
  type: 'update',
  version,
  ...happened.updated({ name: 'x', ...changes }).data,
});
const healing = (version = 1, changes: Parameters<typeof happened.healed>[0] = {}): LeaseCommand => ({
  type: 'heal',
  version,
  ...happened.healed(changes).data,
});
const begin = (what: 'start' | 'announcement' | 'end' | 'deletion', at: number): LeaseCommand => ({
  type: `begin-${what}`,
  at,
});
const completeStart: LeaseCommand = { type: 'complete-start', ...started.data };
const completeAnnouncement: LeaseCommand = { type: 'complete-announcement', ...announced.data };
const completeEnd: LeaseCommand = { type: 'complete-end', at: ended.data.at };
const completeDeletion: LeaseCommand = { type: 'complete-deletion', at: deleted.data.at };
const failed = { reservationIds: ['r-hosts', 'another'], reason: 'no answer', at: endsAt + 1 };
const failStart: LeaseCommand = { ...failed, type: 'fail-start', reason: 'occupied', at: startsAt + 1 };
const failAnnouncement: LeaseCommand = { type: 'fail-announcement', reason: 'no answer', at: announcedAt + 1 };
const failEnd: LeaseCommand = { type: 'fail-end', ...failed };
const failDeletion: LeaseCommand = { type: 'fail-deletion', ...failed };

const history = {
  pending: [created()],
  starting: [created(), starting],
  active: [created(), starting, started],
  announcing: [created(), starting, started, announcing],
  announced: [created(), starting, started, announcing, announced],
  ending: [created(), starting, started, ending],
  terminated: [created(), starting, started, ending, ended],
  'not started': [created(), starting, happened.startFailed],
  'not ended': [created(), starting, started, ending, happened.endFailed],
  deleting: [created(), starting, started, deleting],
  'not deleted': [created(), starting, started, deleting, happened.deletionFailed],
} as const satisfies Record<string, readonly LeaseEvent[]>;
type Situation = keyof typeof history;
const inSituation = (situation: Situation) => given(...history[situation]);
const situations = Object.keys(history) as Situation[];
const but = (...allowed: readonly Situation[]) => situations.filter((each) => !allowed.includes(each));

describe('the creation of a lease', () => {
  it('is committed once, with the whole result', () => {
    given().when(create).then(created());
    given(created()).when(create).then();
    given(created())
      .when({ ...create, attempt: 'another' })
      .thenRefused('lease-exists', { leaseId });
    given(created(), deleted)
      .when({ ...create, attempt: 'another' })
      .thenRefused('lease-exists');
  });

  it('is refused once, and then not committed', () => {
    given().when(refuseIt).then(happened.refused);
    given(happened.refused).when(refuseIt).then();
    given(happened.refused).when(create).thenRefused('attempt-abandoned', { attempt: 'creation' });
  });

  it('committed is not refused afterwards', () => {
    given(created()).when(refuseIt).thenRefused('attempt-committed', { attempt: 'creation' });
    given(created(), deleted).when(refuseIt).thenRefused('attempt-committed');
  });

  it('may succeed at another attempt', () => {
    const again = { ...create, attempt: 'another' };
    given(happened.refused)
      .when(again)
      .then(created({ attempt: 'another' }));
    given(happened.refused, created({ attempt: 'another' }))
      .when({ ...refuseIt, attempt: 'third' })
      .thenEvents((events) => expect(events).toMatchObject([{ type: 'LeaseRefused', data: { attempt: 'third' } }]));
  });
});

describe('a change of a lease', () => {
  it('is committed once', () => {
    given(created())
      .when(change())
      .then(happened.updated({ name: 'x' }));
    given(created(), happened.updated()).when(change()).then();
  });

  it('is abandoned once, and then not committed', () => {
    given(created()).when(abandon).then(happened.abandoned);
    given(created(), happened.abandoned).when(abandon).then();
    given(created(), happened.abandoned).when(change()).thenRefused('attempt-abandoned', { attempt: 'change' });
    given(created(), happened.abandoned)
      .when(healing(1, { attempt: 'change' }))
      .thenRefused('attempt-abandoned');
  });

  it('committed is not abandoned afterwards', () => {
    given(created(), happened.updated()).when(abandon).thenRefused('attempt-committed', { attempt: 'change' });
    given(created(), happened.healed())
      .when({ ...abandon, attempt: 'healing' })
      .thenRefused('attempt-committed');
  });

  it('can be abandoned, and is not committed, when the lease is gone', () => {
    given(created(), deleted).when(abandon).then(happened.abandoned);
    given(created(), deleted).when(change()).thenRefused('lease-unknown', { leaseId });
    given().when(change()).thenRefused('lease-unknown', { leaseId });
  });

  it('is made for the lease as it is', () => {
    given(created(), happened.updated({ attempt: 'first' }))
      .when(change())
      .thenRefused('lease-changed', { leaseId, version: 2 });
    given(created(), happened.updated({ attempt: 'first' }))
      .when(healing())
      .thenRefused('lease-changed');
    given(created(), { ...happened.abandoned, data: { ...happened.abandoned.data, attempt: 'first' } })
      .when(change())
      .then(happened.updated({ name: 'x' }));
  });

  it.each(['pending', 'active', 'announced', 'terminated', 'not started', 'not ended', 'not deleted'] as const)(
    'may rename one that is %s',
    (situation) => {
      inSituation(situation)
        .when(change({}, history[situation].length))
        .then(happened.updated({ name: 'x' }));
    },
  );

  it.each(['starting', 'announcing', 'ending', 'deleting'] as const)('leaves one alone that is %s', (situation) => {
    const command = change({}, history[situation].length);
    inSituation(situation).when(command).thenRefused('lease-status-invalid');
  });

  const moved = { id: 'e-end', type: 'end_lease', dueAt: endsAt + 1 } as const;
  it.each(['terminated', 'not ended'] as const)('does no more than rename one that is %s', (situation) => {
    const version = history[situation].length;
    for (const more of [{ startsAt: 1 }, { endsAt: 1 }, { reservations: [hostReservation] }, { events: [moved] }])
      inSituation(situation).when(change(more, version)).thenRefused('lease-status-invalid');
  });

  it('makes only the announcement due again', () => {
    const again = { id: 'e-before', type: 'before_end_lease', dueAt: announcedAt + 1 } as const;
    inSituation('announced')
      .when(change({ events: [again, moved] }, 5))
      .then(happened.updated({ name: 'x', events: [again, moved] }));
    inSituation('active')
      .when(change({ events: [{ id: 'e-start', type: 'start_lease', dueAt: startsAt + 1 }] }, 3))
      .thenRefused('lease-status-invalid', { leaseId, status: 'ACTIVE' });
  });
});

describe('the healing of a reservation', () => {
  it.each(['pending', 'active', 'announcing', 'announced'] as const)(
    'is committed when the lease is %s',
    (situation) => {
      inSituation(situation).when(healing(history[situation].length)).then(happened.healed());
      given(created(), happened.healed()).when(healing()).then();
    },
  );

  it.each(but('pending', 'active', 'announcing', 'announced'))('is refused when the lease is %s', (situation) => {
    inSituation(situation).when(healing(history[situation].length)).thenRefused('lease-status-invalid');
  });

  it('is refused for a reservation that is not there', () => {
    given(created())
      .when(healing(1, { reservationId: 'another' }))
      .thenRefused('lease-status-invalid');
  });
});

describe('the life of a lease', () => {
  it.each<[string, LeaseCommand, Situation, LeaseEvent]>([
    ['begins to start', begin('start', startsAt), 'pending', starting],
    ['starts', completeStart, 'starting', started],
    ['does not start', failStart, 'starting', happened.startFailed],
    ['begins to be announced', begin('announcement', announcedAt), 'active', announcing],
    ['is announced', completeAnnouncement, 'announcing', announced],
    ['is not announced', failAnnouncement, 'announcing', happened.announcementFailed],
    ['begins to end', begin('end', endsAt), 'active', ending],
    ['begins to end when it was announced', begin('end', endsAt), 'announced', ending],
    ['begins to end though it did not start', begin('end', endsAt), 'not started', ending],
    ['begins to end though it could not be deleted', begin('end', endsAt), 'not deleted', ending],
    ['ends', completeEnd, 'ending', ended],
    ['does not end', failEnd, 'ending', happened.endFailed],
    ['is deleted before it starts', begin('deletion', deleted.data.at), 'pending', deleted],
    ['is deleted after it has ended', begin('deletion', deleted.data.at), 'terminated', deleted],
    ['begins to be deleted when active', begin('deletion', endsAt), 'active', deleting],
    ['begins to be deleted when announced', begin('deletion', endsAt), 'announced', deleting],
    ['begins to be deleted when it did not start', begin('deletion', endsAt), 'not started', deleting],
    ['begins to be deleted when it did not end', begin('deletion', endsAt), 'not ended', deleting],
    ['begins to be deleted again', begin('deletion', endsAt), 'not deleted', deleting],
    ['is deleted', completeDeletion, 'deleting', deleted],
    ['is not deleted', failDeletion, 'deleting', happened.deletionFailed],
  ])('it %s', (_what, command, situation, event) => {
    inSituation(situation).when(command).then(event);
  });

  it.each<[string, LeaseCommand, readonly Situation[]]>([
    ['begin-start', begin('start', startsAt), ['starting']],
    ['complete-start', completeStart, but('pending', 'starting', 'not started')],
    ['fail-start', failStart, ['not started']],
    ['begin-announcement', begin('announcement', announcedAt), ['announcing']],
    ['complete-announcement', completeAnnouncement, ['announced']],
    ['begin-end', begin('end', endsAt), ['ending']],
    ['complete-end', completeEnd, ['terminated']],
    ['fail-end', failEnd, ['not ended']],
    ['begin-deletion', begin('deletion', endsAt), ['deleting']],
  ])('%s is nothing new where it is so already', (_type, command, all) => {
    for (const situation of all) inSituation(situation).when(command).then();
  });

  it.each<[string, LeaseCommand, readonly Situation[]]>([
    ['begin-start', begin('start', startsAt), but('pending', 'starting')],
    ['complete-start', completeStart, ['pending', 'not started']],
    ['fail-start', failStart, but('starting', 'not started')],
    ['begin-announcement', begin('announcement', announcedAt), but('active', 'announcing')],
    ['complete-announcement', completeAnnouncement, but('announcing', 'announced')],
    ['fail-announcement', failAnnouncement, but('announcing')],
    ['begin-end', begin('end', endsAt), ['pending', 'starting', 'announcing', 'terminated', 'not ended', 'deleting']],
    ['complete-end', completeEnd, but('ending', 'terminated')],
    ['fail-end', failEnd, but('ending', 'not ended')],
    ['begin-deletion', begin('deletion', endsAt), ['starting', 'announcing', 'ending']],
    ['complete-deletion', completeDeletion, but('deleting')],
    ['fail-deletion', failDeletion, but('deleting')],
  ])('%s is refused where its status does not allow it', (_type, command, all) => {
    for (const situation of all) inSituation(situation).when(command).thenRefused('lease-status-invalid');
  });

  it.each<[string, LeaseCommand, Situation, number]>([
    ['start', begin('start', startsAt - 1), 'pending', startsAt],
    ['announcement', begin('announcement', announcedAt - 1), 'active', announcedAt],
    ['end', begin('end', endsAt - 1), 'active', endsAt],
  ])('its %s is never early', (_what, command, situation, dueAt) => {
    inSituation(situation).when(command).thenRefused('not-due', { leaseId, dueAt });
  });

  it('is over for ever when it is deleted', () => {
    given(created(), deleted).when(completeDeletion).then();
    given().when(completeDeletion).thenRefused('lease-unknown');
    const others = [begin('start', startsAt), completeStart, failStart, begin('announcement', announcedAt)]
      .concat([completeAnnouncement, failAnnouncement, begin('end', endsAt), completeEnd, failEnd])
      .concat([begin('deletion', endsAt), failDeletion]);
    for (const command of others) given(created(), deleted).when(command).thenRefused('lease-unknown');
  });

  it('of a lease that wants nothing done is one step each', () => {
    for (const reservations of [[], [addressReservation]]) {
      const lease = created({ reservations });
      const ids = reservations.map(({ id }) => id);
      const { startedAtOnce, announcedAtOnce } = happened;
      const gone = { ...ended, data: { ...ended.data, at: endsAt } };
      given(lease).when(begin('start', startsAt)).then(startedAtOnce);
      given(lease, startedAtOnce).when(begin('start', startsAt)).thenRefused('lease-status-invalid');
      given(lease, startedAtOnce).when(begin('announcement', announcedAt)).then(announcedAtOnce);
      given(lease, startedAtOnce, announcedAtOnce).when(begin('end', endsAt)).then(gone);
      given(lease, startedAtOnce)
        .when(begin('deletion', deleted.data.at))
        .then({ ...deleted, data: { ...deleted.data, reservationIds: ids } });
    }
  });

  it('without an action of its hosts is announced in one step, and without an announcement not at all', () => {
    const silent = { ...hostReservation, terms: { ...hostReservation.terms, beforeEnd: '' as const } };
    const reservations = [silent as typeof hostReservation, instanceReservation];
    given(created({ reservations }), starting, started)
      .when(begin('announcement', announcedAt))
      .then(happened.announcedAtOnce);
    const events = created().data.events.filter(({ type }) => type !== 'before_end_lease');
    given(created({ events }), starting, started)
      .when(begin('announcement', announcedAt))
      .thenRefused('lease-status-invalid');
  });

  it('ends everywhere where its attempts held something, and names what it has', () => {
    const both = created({ reservations: [hostReservation, instanceReservation] });
    const more = [happened.updated({ heldIn: ['floatingIps', 'hostCalendar-default'] })];
    const heldIn = ['hostCalendar-default', 'floatingIps', 'hostCalendar-b'];
    given(both, ...more, happened.healed({ heldIn: ['hostCalendar-b'] }))
      .when(begin('deletion', 5))
      .then({
        type: 'LeaseDeleted',
        data: { leaseId, heldIn, reservationIds: ['r-hosts', 'r-instances'], at: 5 },
      });
    given(both, starting)
      .when(failStart)
      .thenEvents(([event]) => expect(event?.data).toMatchObject({ reservationIds: ['r-hosts', 'r-instances'] }));
  });
});

describe('what others see of a lease', () => {
  it('is its facts and its version, until it is deleted', () => {
    given().state((state) => expect(leaseOf(state)).toBeUndefined());
    given(created(), happened.abandoned, starting).state((state) =>
      expect(leaseOf(state)).toMatchObject({ version: 2, facts: { id: leaseId, status: 'STARTING' } }),
    );
    given(created(), deleted).state((state) => {
      expect(leaseOf(state)).toBeUndefined();
      expect(heldInOf(state)).toEqual(['hostCalendar-default']);
    });
  });

  it('is how its attempts were decided', () => {
    given(happened.refused, created({ attempt: 'second' }), happened.abandoned, happened.healed()).state((state) => {
      expect(['creation', 'second', 'change', 'healing', 'unheard'].map((each) => decisionOf(state, each))).toEqual([
        ...['abandoned', 'committed', 'abandoned', 'committed'],
        undefined,
      ]);
      expect(lastDecision(state)).toMatchObject({ attempt: 'healing', decision: 'committed' });
    });
    given().state((state) => expect(lastDecision(state)).toBeUndefined());
  });

  it('forgets attempts of former days when there are many', () => {
    const day = 24 * 3_600_000;
    const attempts = (count: number, at: number) =>
      Array.from({ length: count }, (_, index) => happened.updated({ attempt: `${String(at)}-${String(index)}`, at }));
    given(created({ at: 0 }), ...attempts(254, day), happened.updated({ attempt: 'last', at: 2 * day })).state(
      (state) => expect(decisionOf(state, 'creation')).toBe('committed'),
    );
    given(created({ at: 0 }), ...attempts(300, 2 * day), happened.updated({ at: 3 * day })).state((state) => {
      expect(decisionOf(state, 'creation')).toBeUndefined();
      expect(state.attempts.size).toBe(301);
    });
    given(created({ at: 0 }), ...attempts(300, day), happened.updated({ at: 3 * day })).state((state) => {
      expect(state.attempts.size).toBe(256);
      expect(decisionOf(state, 'change')).toBe('committed');
    });
  });

  it('is found by the name of its stream', () => {
    expect(leaseIdOf(leaseStream('abc'))).toBe('abc');
    expect(leaseIdOf('pool-abc')).toBeUndefined();
  });
});
