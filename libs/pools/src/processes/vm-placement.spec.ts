import { describe, expect, it } from '@jest/globals';
import { hypervisorCatalog, type HypervisorEvent } from '#inventory';
import { reactionsOf, RecordedHistory } from '#specs';
import { poolCatalog, type VmRequested } from '../pool/pool.events.js';
import { vmPlacementSaga } from './vm-placement.saga.js';

const saga = vmPlacementSaga(600_000);
const { given } = reactionsOf(saga);
const history = new RecordedHistory(poolCatalog, hypervisorCatalog);

const placed = history.on('hypervisor-h', {
  type: 'GuestPlaced',
  data: { uuid: 'h', guest: { uuid: 'v', name: 'n' }, owner: { kind: 'pool', id: 'a' }, at: 1_000 },
} as HypervisorEvent);
const removed = history.on('hypervisor-h', {
  type: 'GuestRemoved',
  data: { uuid: 'h', guestUuid: 'v', at: 2_000 },
} as HypervisorEvent);
const wished = history.on('pool-a', { type: 'VmRequested', data: { pool: 'a', vm: { vmId: 'v' } } } as VmRequested);

const timer = {
  id: 'vm.v.unclaimed.601000',
  dueAt: 601_000,
  kind: 'vm-unclaimed',
  payload: { pool: 'a', vmId: 'v', name: 'n', hypervisorUuid: 'h' },
};
const cancel = { kind: 'cancel', timerId: timer.id } as const;

describe('places of machines', () => {
  it('given nothing, when a guest is placed, then it is looked after in ten minutes', () => {
    const when = given().when(placed);
    when.then({ kind: 'schedule', timer });
    when.thenTimers(timer);
  });

  it('given it is placed, when its machine is wished for, then nobody looks', () => {
    const when = given(placed).when(wished);
    when.then(cancel);
    when.thenTimers();
  });

  it('given it is placed, when it is removed, then nobody looks', () => {
    given(placed).when(removed).then(cancel);
  });

  it('given its machine was wished for, when the guest is removed at last, then nothing', () => {
    given(placed, wished).when(removed).then();
  });

  it.each([
    [1, 1_000],
    [5_000, 60_000],
  ])('tries again for ever when a store does not answer: after attempt %d, %d ms', (attempt, afterMs) => {
    expect(saga.onFailure(new Error('x'), attempt)).toEqual({ kind: 'retry', afterMs });
  });
});
