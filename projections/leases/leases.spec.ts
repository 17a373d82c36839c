import { describe, expect, it } from '@jest/globals';
import type { Freshness } from '#read-store';
import { leaseCatalog, type LeaseEvent } from '#reservations';
import {
  documentsOf,
  FoldedStore,
  leaseCreated,
  leaseEvent,
  leaseUpdated,
  RecordedHistory,
  reservationOf,
} from '#specs';
import { GetLeaseHandler, ListLeasesHandler } from './leases.handler.js';
import { leasesProjection } from './leases.projection.js';
import { GetLease, ListLeases } from './leases.query.js';

const fresh: Freshness = { upToDate: async () => ({ stale: false }) };

const recorded = (events: readonly LeaseEvent[], history = new RecordedHistory(leaseCatalog)) =>
  events.map((event) => history.on(`lease-${event.data.leaseId}`, event));
const documents = (...events: readonly LeaseEvent[]) => documentsOf(leasesProjection, recorded(events));

const created = leaseCreated([reservationOf('r', ['1'])]);
const starting = leaseEvent('LeaseStarting', { at: 1_000 });
const started = leaseEvent('LeaseStarted', { aggregates: [{ reservationId: 'r', aggregateId: 3 }], at: 1_001 });
const announcing = leaseEvent('LeaseEndAnnouncing', { at: 1_500 });
const ending = leaseEvent('LeaseEnding', { at: 2_000 });
const ended = leaseEvent('LeaseEnded', { heldIn: [], at: 2_001 });
const failed = { reservationIds: ['r'], reason: 'no answer' };
const deleted = leaseEvent('LeaseDeleted', { heldIn: [], reservationIds: ['r'] });

describe('the read model of leases', () => {
  it.each<[string, readonly LeaseEvent[], object]>([
    ['created', [created], { _id: 'l', id: 'l', name: 'wind-tunnel', projectId: 'engines', startsAt: 1_000, endsAt: 2_000, status: 'PENDING', createdAt: 5, reservations: [{ id: 'r', status: 'pending', hosts: [{ hostId: '1' }] }] }],
    ['renamed and moved', [created, leaseUpdated({ name: 'b', endsAt: 3_000, events: [{ id: 'e-end', type: 'end_lease', dueAt: 3_000 }], at: 9 })], { name: 'b', endsAt: 3_000, updatedAt: 9, events: [{ dueAt: 1_000 }, { dueAt: 3_000 }] }],
    ['starting', [created, starting], { status: 'STARTING', events: [{ status: 'IN_PROGRESS' }, { status: 'UNDONE' }] }],
    ['started', [created, starting, started], { status: 'ACTIVE', reservations: [{ status: 'active' }], events: [{ status: 'DONE' }, { status: 'UNDONE' }] }],
    ['not started', [created, starting, leaseEvent('LeaseStartFailed', failed)], { status: 'ERROR', reservations: [{ status: 'error' }] }],
    ['announcing its end', [created, started, announcing], { status: 'ACTIVE' }],
    ['announced', [created, started, announcing, leaseEvent('LeaseEndAnnounced', { images: [] })], { status: 'ACTIVE' }],
    ['announced in vain', [created, started, announcing, leaseEvent('LeaseEndAnnouncementFailed', { reason: 'no answer' })], { status: 'ACTIVE' }],
    ['healed', [created, leaseEvent('ReservationHealed', { attempt: 'h', heldIn: [], reservationId: 'r', failedHostId: '1', replacementHostId: null, hosts: [], resourcesChanged: false })], { degraded: true, reservations: [{ hosts: [], missingResources: true }] }],
    ['ending', [created, started, ending], { status: 'TERMINATING' }],
    ['ended', [created, started, ending, ended], { status: 'TERMINATED', reservations: [{ status: 'deleted' }] }],
    ['ended badly', [created, started, ending, leaseEvent('LeaseEndFailed', { heldIn: [], ...failed })], { status: 'ERROR' }],
    ['being deleted', [created, started, leaseEvent('LeaseDeleting', {})], { status: 'DELETING' }],
    ['not deleted', [created, started, leaseEvent('LeaseDeleting', {}), leaseEvent('LeaseDeletionFailed', failed)], { status: 'ERROR' }],
  ])('%s', (_what, events, expected) => {
    expect(documents(...events)['leases/l']).toMatchObject(expected);
  }); // prettier-ignore

  it('has none that was refused or is deleted, whatever comes of it then', () => {
    const refused = leaseEvent('LeaseRefused', { attempt: 'creation', heldIn: [], reservationIds: [], reason: 'short' });
    expect(documents(refused, leaseEvent('LeaseChangeAbandoned', { attempt: 'a', heldIn: [], reason: 'short' }))).toEqual({});
    expect(documents(created, deleted, started, leaseUpdated({ name: 'x' }))).toEqual({});
  }); // prettier-ignore

  it('lists those of a project, or all, in the order of their creation', async () => {
    const folded = await FoldedStore.of(leasesProjection);
    const lease = (leaseId: string, projectId: string, at: number) => leaseCreated([], { leaseId, projectId, at });
    await folded.add(
      ...recorded([lease('c', 'engines', 1), lease('a', 'wings', 2), lease('b', 'engines', 3), lease('d', 'wings', 3)]),
    );
    const list = new ListLeasesHandler(folded.store, fresh);
    const ids = async (project: string | null) =>
      (await list.execute(new ListLeases(project))).value.map(({ id }) => id);
    expect(await ids(null)).toEqual(['c', 'a', 'b', 'd']);
    expect([await ids('engines'), await ids('wings'), await ids('none')]).toEqual([['c', 'b'], ['a', 'd'], []]);
  });

  it('hands out the same documents until they change, and says when it is behind', async () => {
    const folded = await FoldedStore.of(leasesProjection);
    const history = new RecordedHistory(leaseCatalog);
    await folded.add(...recorded([created, leaseCreated([], { leaseId: 'm', at: 6 })], history));
    const list = new ListLeasesHandler(folded.store, { upToDate: async () => ({ stale: true }) });
    const get = new GetLeaseHandler(folded.store, fresh);
    const before = await list.execute(new ListLeases(null));
    await folded.add(...recorded([leaseUpdated({ name: 'b' })], history));
    const after = await list.execute(new ListLeases(null));
    expect(after).toMatchObject({ value: [{ name: 'b' }, { id: 'm' }], stale: true });
    expect(after.value[1]).toBe(before.value[1]);
    expect((await get.execute(new GetLease('l'))).value).toBe(after.value[0]);
    expect(await get.execute(new GetLease('none'))).toEqual({ value: undefined, stale: false });
  });
});
