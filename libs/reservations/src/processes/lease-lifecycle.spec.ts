import { RecordedHistory, reactionsOf } from '#specs';
import {
  addressReservation,
  announcedAt,
  endsAt,
  happened,
  hostReservation,
  instanceReservation,
  minute,
  startsAt,
} from '../lease/lease.samples.contract.js';
import { leaseCatalog, type LeaseEvent } from '../lease/lease.events.js';
import { leaseLifecycleSaga } from './lease-lifecycle.saga.js';

const { given } = reactionsOf(leaseLifecycleSaga);
const history = new RecordedHistory(leaseCatalog);
const on = (event: LeaseEvent) => history.on('lease-lease-1', event);

const timer = (name: string, dueAt: number) => ({
  id: `lease.lease-1.${name}.${String(dueAt)}`,
  dueAt,
  kind: 'lease-due',
  payload: { leaseId: 'lease-1' },
});
const start = timer('start', startsAt);
const before = timer('before', announcedAt);
const end = timer('end', endsAt);
const deletion = timer('delete', endsAt);
const schedule = (its: typeof start) => ({ kind: 'schedule' as const, timer: its });
const cancel = (its: typeof start) => ({ kind: 'cancel' as const, timerId: its.id });
const align = (left: { reservationId: string; hostId: string } | null) => ({
  kind: 'do' as const,
  name: 'align',
  input: { leaseId: 'lease-1', left },
});

const created = on(happened.created());
const started = [created, on(happened.starting), on(happened.started)];

describe('what time does to a lease', () => {
  it('is a timer for each of its events, from its creation on', () => {
    given().when(created).then(schedule(start), schedule(end), schedule(before));
    given().when(created).thenTimers(start, end, before);
  });

  it('an event keeps its timer until it was carried out, so that another server goes on with it', () => {
    given(created).when(on(happened.starting)).then();
    given(created).when(on(happened.starting)).thenTimers(start, end, before);
    given(created, on(happened.starting)).when(on(happened.started)).then(cancel(start));
    given(...started)
      .when(on(happened.announcing))
      .thenTimers(end, before);
    for (const event of [happened.announced, happened.announcementFailed])
      given(...started)
        .when(on(event))
        .then(cancel(before));
    given(...started)
      .when(on(happened.ending))
      .then(cancel(before));
    given(...started, on(happened.ending))
      .when(on(happened.ended))
      .then(cancel(end));
    given(...started)
      .when(on(happened.ended))
      .thenTimers();
  });

  it('after a failed start is its end alone; after a failed end nothing', () => {
    given(created).when(on(happened.startFailed)).then(cancel(start), cancel(before));
    given(created).when(on(happened.startFailed)).thenTimers(end);
    given(...started)
      .when(on(happened.endFailed))
      .then(cancel(end), cancel(before));
    given(...started)
      .when(on(happened.endFailed))
      .thenTimers();
  });

  it('moves with it, and comes again where something is due again', () => {
    const later = { id: 'e-start', type: 'start_lease' as const, dueAt: startsAt + minute };
    given(created)
      .when(on(happened.updated({ events: [later] })))
      .then(cancel(start), schedule(timer('start', later.dueAt)));
    const again = { id: 'e-before', type: 'before_end_lease' as const, dueAt: announcedAt + minute };
    given(...started, on(happened.announced))
      .when(on(happened.updated({ events: [again] })))
      .then(schedule(timer('before', again.dueAt)));
    given(created)
      .when(on(happened.updated({ name: 'other' })))
      .then();
  });

  it('ends with a deletion at once', () => {
    given(created).when(on(happened.deleted)).then(cancel(start), cancel(end), cancel(before));
    given(created, on(happened.deleted)).when(on(happened.deleted)).then();
  });

  it('waits while a deletion is under way, which has a timer of its own', () => {
    given(...started)
      .when(on(happened.deleting))
      .then(cancel(end), cancel(before), schedule(deletion));
    given(...started)
      .when(on(happened.deleting))
      .thenTimers(deletion);
    const deleting = [...started, on(happened.deleting)];
    given(...deleting)
      .when(on(happened.deleted))
      .then(cancel(deletion));
    given(...deleting)
      .when(on(happened.deletionFailed))
      .then(schedule(end), cancel(deletion));
    given(...deleting)
      .when(on(happened.deletionFailed))
      .thenTimers(end);
    // Also where all else is over.
    const failed = [...started, on(happened.endFailed)];
    given(...failed)
      .when(on(happened.deleting))
      .thenTimers(deletion);
    given(...started, on(happened.ended))
      .when(on(happened.deleting))
      .thenTimers(deletion);
  });
});

describe('hosts of a lease that has begun', () => {
  const update = on(happened.updated({ reservations: [hostReservation] }));

  it('move in when they come by a change, and out when they failed', () => {
    given(...started)
      .when(update)
      .then(align(null));
    given(...started)
      .when(on(happened.healed()))
      .then(align({ reservationId: 'r-hosts', hostId: '2' }));
  });

  it('are left alone before its start and after its end', () => {
    for (const changed of [update, on(happened.healed())]) {
      given(created).when(changed).then();
      given(...started, on(happened.endFailed))
        .when(changed)
        .then();
    }
  });
});

it('what instances are booted with goes with the lease', () => {
  const reservations = [hostReservation, instanceReservation, addressReservation];
  const mixed = on(happened.created({ reservations, events: [] }));
  const removed = { kind: 'do' as const, name: 'remove-outfit', input: { reservationIds: ['r-instances'] } };
  given(mixed).when(on(happened.ended)).then(removed);
  given(mixed).when(on(happened.deleted)).then(removed);
  given(mixed, on(happened.deleting)).when(on(happened.deleted)).then(removed, cancel(deletion));
});

it('only tries again where a store does not answer, later and later', () => {
  expect([1, 2, 7, 50].map((attempt) => leaseLifecycleSaga.onFailure(new Error(), attempt).afterMs)).toEqual([
    1_000, 2_000, 60_000, 60_000,
  ]);
});
