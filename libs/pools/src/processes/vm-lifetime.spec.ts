import { describe, expect, it } from '@jest/globals';
import type { EventEnvelope } from '#kernel';
import { reactionsOf, RecordedHistory } from '#specs';
import { checkoutCatalog, type CheckoutCompleted } from '../checkout/checkout.events.js';
import { poolCatalog, type PoolEvent } from '../pool/pool.events.js';
import { vmNameCatalog } from '../vm-name/vm-name.events.js';
import { vmLifetimeSaga } from './vm-lifetime.saga.js';

const { given } = reactionsOf(vmLifetimeSaga);
const history = new RecordedHistory(poolCatalog, checkoutCatalog, vmNameCatalog);

function on(type: PoolEvent['type'], data: object, pool = 'a'): EventEnvelope {
  return history.on(`pool-${pool}`, { type, data: { pool, at: 1, ...data } });
}

const requestedVm = (name: string, timeoutAt: number, pool = 'a') =>
  on('VmRequested', { vm: { name, vmId: `id-${name}` }, timeoutAt }, pool);
const checkedOut = (expiresAt: number | null, ...names: readonly string[]) =>
  on('VmsCheckedOut', { vms: names.map((name) => ({ name })), expiresAt });
const retired = (...names: readonly string[]) => on('VmsRetired', { vms: names, reason: 'returned' });
const destroyed = (forgetAt: number, name = 'n', vmId = `id-${name}`, pool = 'a') =>
  on('VmDestroyed', { record: { name, vmId }, forgetAt }, pool);
const modified = (expiresAt: number | null) => on('VmModified', { name: 'n', tags: {}, figures: [], expiresAt });
const released = history.on('vmName-n', { type: 'VmNameReleased', data: { name: 'n', vmId: 'id-n', at: 1 } });

const requested = requestedVm('n', 100);
const ready = (staleAt: number | null) => on('VmReady', { name: 'n', staleAt });

const timer = (phase: string, at: number, name = 'n') => ({
  id: `vm.id-${name}.${phase}.${String(at)}`,
  dueAt: at,
  kind: phase === 'forget' ? 'vm-forget' : 'vm-expire',
  payload: { pool: 'a', name, vmId: `id-${name}` },
});
const schedule = (phase: string, at: number, name = 'n') =>
  ({ kind: 'schedule', timer: timer(phase, at, name) }) as const;
const cancel = (phase: string, at: number, name = 'n') =>
  ({ kind: 'cancel', timerId: timer(phase, at, name).id }) as const;

describe('what time brings to a machine', () => {
  it('given nothing, when it is wished for, then its time to boot runs', () => {
    const when = given().when(requested);
    when.then(schedule('timeout', 100));
    when.thenTimers(timer('timeout', 100));
  });

  it('given it is pending, when it is ready, then it is stock that grows old', () => {
    const when = given(requested).when(ready(200));
    when.then(cancel('timeout', 100), schedule('stale', 200));
    when.thenTimers(timer('stale', 200));
  });

  it('given it is pending, when it is ready for ever, then no time runs', () => {
    const when = given(requested).when(ready(null));
    when.then(cancel('timeout', 100));
    when.thenTimers();
  });

  it('given stock, when several are checked out together, then the lifetime of each runs', () => {
    const other = [requestedVm('m', 150), on('VmReady', { name: 'm', staleAt: null })];
    given(requested, ready(200), ...other)
      .when(checkedOut(300, 'n', 'm'))
      .then(cancel('stale', 200), schedule('end', 300), schedule('end', 300, 'm'));
  });

  it('given stock, when it is checked out for ever, then no time runs', () => {
    given(requested, ready(200)).when(checkedOut(null, 'n')).then(cancel('stale', 200));
  });

  it('given stock of several pools, when a checkout over them is completed, then each has its own pool’s end', () => {
    const elsewhere = [requestedVm('m', 150, 'b'), on('VmReady', { name: 'm', staleAt: null }, 'b')];
    const completed: CheckoutCompleted = {
      type: 'CheckoutCompleted',
      data: {
        checkout: { checkoutId: 'c', tokenHash: null, userId: null, lifetime: null },
        shares: [
          { pool: 'a', vms: [{ name: 'n' } as never], expiresAt: 300 },
          { pool: 'b', vms: [{ name: 'm' } as never], expiresAt: 400 },
        ],
        at: 1,
      },
    };
    const inB = { ...timer('end', 400, 'm'), payload: { pool: 'b', name: 'm', vmId: 'id-m' } };
    given(requested, ready(200), ...elsewhere)
      .when(history.on('checkout-c', completed))
      .then(cancel('stale', 200), schedule('end', 300), { kind: 'schedule', timer: inB });
  });

  it('given it is pending, when it is delivered to a request, then its lifetime runs', () => {
    given(requested)
      .when(on('VmDelivered', { name: 'n', expiresAt: 300 }))
      .then(cancel('timeout', 100), schedule('end', 300));
  });

  it('given it is running, when its lifetime is changed, then the new end counts', () => {
    const before = [requested, ready(200), checkedOut(300, 'n')];
    given(...before)
      .when(modified(500))
      .then(cancel('end', 300), schedule('end', 500));
    given(...before)
      .when(modified(300))
      .then();
    given(...before)
      .when(modified(null))
      .then(cancel('end', 300));
  });

  it('given it is stock, when tags are set, then it grows old as before', () => {
    const when = given(requested, ready(200)).when(modified(null));
    when.then();
    when.thenTimers(timer('stale', 200));
  });

  it('given it was held when its time came, when it comes back, then it is due again', () => {
    given(requested, ready(200))
      .when(on('VmsReturned', { attempt: 'c', vms: ['n'] }))
      .then(schedule('stale', 200));
  });

  it('given it is running, when it is retired, then no time runs', () => {
    const when = given(requested, ready(200), checkedOut(300, 'n')).when(retired('n'));
    when.then(cancel('end', 300));
    when.thenTimers();
  });

  it('given it is retired, when it is destroyed, then its name is kept as long as its record', () => {
    const when = given(requested, retired('n')).when(destroyed(900));
    when.then(
      { kind: 'do', name: 'retire-name', input: { name: 'n', vmId: 'id-n', forgetAt: 900 } },
      schedule('forget', 900),
    );
    when.thenTimers(timer('forget', 900));
  });

  it('given it is destroyed, when its record is changed, then it is forgotten as before', () => {
    given(requested, retired('n'), destroyed(900)).when(modified(null)).then();
  });

  it('given it is destroyed, when its name is released, then this life is over and the next one may begin', () => {
    const life = [requested, retired('n'), destroyed(900)];
    const when = given(...life).when(released);
    when.then(cancel('forget', 900));
    when.thenTimers();
    given(...life, released)
      .when(requestedVm('n', 1_000))
      .then(schedule('timeout', 1_000));
  });

  it('given it is running, when another pool’s machine of that name comes and goes, then nothing', () => {
    const before = [requested, ready(200), checkedOut(300, 'n')];
    given(...before)
      .when(on('VmsRetired', { vms: ['n'], reason: 'discovered' }, 'b'))
      .then();
    given(...before)
      .when(destroyed(900, 'n', 'other', 'b'))
      .then();
    given(...before)
      .when(destroyed(900, 'n', 'other'))
      .then();
  });

  it('given a machine that nobody wished for, when it is destroyed, then nothing', () => {
    given(retired('x')).when(destroyed(900, 'x')).then();
  });

  it.each([
    [1, 1_000],
    [7, 60_000],
    [5_000, 60_000],
  ])('tries again for ever when a store does not answer: after attempt %d, %d ms', (attempt, afterMs) => {
    expect(vmLifetimeSaga.onFailure(new Error('x'), attempt)).toEqual({ kind: 'retry', afterMs });
  });
});
