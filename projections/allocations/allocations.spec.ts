import { describe, expect, it } from '@jest/globals';
import type { Freshness } from '#read-store';
import { leaseCatalog, type LeaseEvent } from '#reservations';
import {
  allocatedHosts,
  documentsOf,
  FoldedStore,
  leaseCreated,
  leaseEvent,
  leaseUpdated,
  RecordedHistory,
  reservationOf,
} from '#specs';
import type { AllocationDocument } from './allocations.document.js';
import { ListAllocationsHandler } from './allocations.handler.js';
import { allocationsProjection } from './allocations.projection.js';
import { ListAllocations } from './allocations.query.js';

const fresh: Freshness = { upToDate: async () => ({ stale: false }) };

const recorded = (events: readonly LeaseEvent[], history = new RecordedHistory(leaseCatalog)) =>
  events.map((event) => history.on(`lease-${event.data.leaseId}`, event));
const documents = (...events: readonly LeaseEvent[]) => documentsOf(allocationsProjection, recorded(events));
const allocations = (...events: readonly LeaseEvent[]) =>
  Object.entries(documents(...events))
    .filter(([key]) => key.startsWith('allocations/'))
    .map(([, document]) => document);

const created = leaseCreated([reservationOf('r', ['1', '2']), reservationOf('s', { '3': 4 })]);
const of = (_id: string, more: Partial<AllocationDocument> = {}): object => {
  const [reservationId, hostId] = _id.split('.');
  return { _id, hostId, reservationId, leaseId: 'l', slots: null, startsAt: 1_000, endsAt: 2_000, ...more };
};
const healed = leaseEvent('ReservationHealed', {
  attempt: 'h',
  heldIn: [],
  reservationId: 'r',
  failedHostId: '1',
  replacementHostId: '9',
  hosts: allocatedHosts(['2', '9']),
  resourcesChanged: false,
});
const gone = { heldIn: [], reservationIds: ['r', 's'] };

describe('the read model of allocations', () => {
  it.each<[string, readonly LeaseEvent[], readonly object[]]>([
    ['a creation', [created], [of('r.1'), of('r.2'), of('s.3', { slots: 4 })]],
    ['a creation without hosts', [leaseCreated([])], []],
    ['a new name', [created, leaseUpdated({ name: 'x' })], [of('r.1'), of('r.2'), of('s.3', { slots: 4 })]],
    ['other times', [created, leaseUpdated({ startsAt: 900, endsAt: 3_000 })], [of('r.1', { startsAt: 900, endsAt: 3_000 }), of('r.2', { startsAt: 900, endsAt: 3_000 }), of('s.3', { slots: 4, startsAt: 900, endsAt: 3_000 })]],
    ['other hosts', [created, leaseUpdated({ endsAt: 2_500, reservations: [reservationOf('r', ['2', '7'])] })], [of('r.2', { endsAt: 2_500 }), of('r.7', { endsAt: 2_500 }), of('s.3', { slots: 4, endsAt: 2_500 })]],
    ['other slots', [created, leaseUpdated({ reservations: [reservationOf('s', { '3': 1, '4': 3 })] })], [of('r.1'), of('r.2'), of('s.3', { slots: 1 }), of('s.4', { slots: 3 })]],
    ['a host in place of one that failed', [created, healed], [of('r.2'), of('r.9'), of('s.3', { slots: 4 })]],
    ['a start that failed', [created, leaseEvent('LeaseStartFailed', { reservationIds: ['r'], reason: 'occupied' })], [of('r.1'), of('r.2'), of('s.3', { slots: 4 })]],
    ['an attempt that failed', [leaseEvent('LeaseRefused', { attempt: 'a', heldIn: [], reservationIds: ['r'], reason: 'short' })], []],
  ])('follow from %s', (_what, events, expected) => {
    expect(allocations(...events)).toEqual(expected);
  }); // prettier-ignore

  it.each<[string, LeaseEvent]>([
    ['ends', leaseEvent('LeaseEnded', { heldIn: [] })],
    ['fails to end', leaseEvent('LeaseEndFailed', { ...gone, reason: 'no answer' })],
    ['is deleted', leaseEvent('LeaseDeleted', gone)],
  ])('are gone when the lease %s, whatever comes of it then', (_how, last) => {
    expect(documents(created, healed, last)).toEqual({});
    expect(documents(created, last, leaseUpdated({ name: 'x' }), leaseEvent('LeaseDeleted', gone))).toEqual({});
  });

  it('are listed by host, lease and reservation', async () => {
    const folded = await FoldedStore.of(allocationsProjection);
    const lease = (leaseId: string, endsAt: number, hosts: readonly string[]) =>
      leaseCreated([reservationOf(`r${leaseId}`, hosts), reservationOf(`s${leaseId}`, ['9'])], { leaseId, endsAt });
    await folded.add(...recorded([lease('1', 1_500, ['1']), lease('2', 2_000, ['1', '2']), lease('3', 3_000, ['1'])]));
    const list = new ListAllocationsHandler(folded.store, fresh);
    const listed = async (of: ListAllocations['of'], now = 2_000) =>
      (await list.execute(new ListAllocations(of, now))).value.map(({ _id }) => _id).sort();
    expect(await listed({})).toEqual(['r2.1', 'r2.2', 'r3.1', 's2.9', 's3.9']);
    expect(await listed({}, 2_001)).toEqual(['r3.1', 's3.9']);
    expect(await listed({ hostId: '1' })).toEqual(['r2.1', 'r3.1']);
    expect(await listed({ hostId: '1' }, 0)).toEqual(['r1.1', 'r2.1', 'r3.1']);
    expect(await listed({ leaseId: '1' })).toEqual(['r1.1', 's1.9']);
    expect(await listed({ reservationId: 's1' })).toEqual(['s1.9']);
    expect(await listed({ leaseId: '2', reservationId: 's1' })).toEqual([]);
    expect(await listed({ hostId: '1', leaseId: '2' })).toEqual(['r2.1']);
    expect(await listed({ hostId: '9', reservationId: 's3' })).toEqual(['s3.9']);
    expect(await listed({ hostId: '9', leaseId: 'none' })).toEqual([]);
  });
});
