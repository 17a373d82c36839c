import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { pool } from './pool.aggregate.js';
import type { PoolCommand } from './pool.commands.js';
import type { PoolEvent } from './pool.events.js';
import { stockOf, vmOf } from './pool.looks.js';
import {
  ask,
  at,
  day,
  eventsOf,
  hour,
  minute,
  placement,
  plan,
  queues,
  readyNames,
  request,
  stateOf,
  stocked,
  threeReady,
} from './pool.samples.contract.js';

const { given } = decisionsOf(pool);
const configured = eventsOf(ask.configure());
const data = { pool: 'alma-9', at };
const booted = at + 40_000;

const retired = (reason: string, vms: readonly string[], when = at, more: object = {}): PoolEvent =>
  ({ type: 'VmsRetired', data: { pool: 'alma-9', vms, reason, ...more, at: when } }) as PoolEvent;

describe('a machine for stock', () => {
  const requested = (name: string, timeoutAt = at + 15 * minute): PoolEvent => ({
    type: 'VmRequested',
    data: { ...data, vm: plan(name), request: null, waiting: 0, timeoutAt },
  });

  it('is begun while fewer are ready or under way than wanted', () => {
    given(...configured)
      .when(ask.vm('one'))
      .then(requested('one'));
    given(...configured, ...['one', 'two'].map((name) => requested(name)))
      .when(ask.vm('three'))
      .then(requested('three'));
    given(...threeReady.slice(0, -1), requested('four'))
      .when(ask.vm('five'))
      .thenRefused('vm-not-wanted');
    given(...threeReady)
      .when(ask.vm('four'))
      .thenRefused('vm-not-wanted', { pool: 'alma-9' });
    given(...eventsOf(ask.configure({ settings: { size: 0 } })))
      .when(ask.vm('one'))
      .thenRefused('vm-not-wanted');
  });

  it('replaces one that was taken, not one that is held', () => {
    given(...threeReady, ...eventsOf(...some(), ask.hold('a', 1)).slice(-1))
      .when(ask.vm('four'))
      .thenRefused('vm-not-wanted');
    given(...threeReady, ...eventsOf(...some(), ask.checkOut(1)).slice(-1))
      .when(ask.vm('four'))
      .then(requested('four'));
  });

  const some = (): PoolCommand[] => [ask.configure(), ...stocked('one')];

  it('asked for again is the same one', () => {
    given(...configured, requested('one'))
      .when(ask.vm('one'))
      .then();
    given(...configured, requested('one'))
      .when(ask.vm('one', { plan: { vmId: 'another' } }))
      .thenRefused('vm-not-wanted');
  });

  it('is made from what the pool offers now, or not at all', () => {
    given(...configured)
      .when(ask.vm('one', { plan: { template: 'old' } }))
      .thenRefused('vm-not-wanted');
    given(...configured)
      .when(ask.vm('one', { plan: { cloneTarget: 'b' } }))
      .thenRefused('vm-not-wanted');
    const elsewhere = eventsOf(ask.configure({ rules: { cloneTarget: 'b' } }));
    given(...elsewhere)
      .when(ask.vm('one', { plan: { cloneTarget: 'b' } }))
      .thenEvents((events) => expect(events).toHaveLength(1));
  });

  it('has the time that its own pool gives it', () => {
    const own = eventsOf(ask.configure({ settings: { timeoutMinutes: 5, readyTtlMinutes: 0 } }));
    given(...own)
      .when(ask.vm('one'))
      .then(requested('one', at + 5 * minute));
    given(...own, requested('one'))
      .when(ask.offer('one'))
      .thenEvents(([ready]) => expect(ready?.data).toMatchObject({ staleAt: null }));
  });

  it('is cloned, and the time it took is counted once', () => {
    const decided = given(...configured, requested('one')).when(ask.cloned('one', { seconds: 2.345, ip: '192.0.2.7' }));
    const figures = { day, count: 1, total: 2.35, min: 2.35, max: 2.35 };
    decided.then({ type: 'VmCloned', data: { ...data, name: 'one', seconds: 2.35, ip: '192.0.2.7', figures } });
    decided.thenState((state) =>
      expect(vmOf(state, 'one')).toMatchObject({ clonedAt: at, cloneSeconds: 2.35, ip: '192.0.2.7' }),
    );
    given(...eventsOf(ask.configure(), ask.vm('one'), ask.cloned('one')))
      .when(ask.cloned('one'))
      .then();
  });

  it('is ready when it has booted, behind those that are ready', () => {
    const decided = given(...threeReady.slice(0, -1), requested('four')).when(ask.offer('four'));
    const figures = { day, count: 3, total: 121, min: 40, max: 41 };
    decided.then({
      type: 'VmReady',
      data: { pool: 'alma-9', name: 'four', seconds: 40, figures, staleAt: booted + hour, at: booted },
    });
    decided.thenState((state) => {
      expect(readyNames(state)).toEqual(['one', 'two', 'four']);
      expect(vmOf(state, 'four')).toMatchObject({ readyAt: booted, expiresAt: booted + hour });
    });
  });

  it('goes when there are enough by then', () => {
    given(...threeReady.slice(0, -1), requested('four'), ...threeReady.slice(-1))
      .when(ask.offer('four'))
      .then(retired('excess', ['four'], booted));
  });

  it('that could not be cloned goes', () => {
    given(...configured, requested('one'))
      .when(ask.cloneFailed('one', { permanent: true }))
      .then(
        {
          type: 'VmCloneFailed',
          data: {
            ...data,
            name: 'one',
            message: 'no such disk',
            permanent: true,
            request: null,
            failures: 0,
            waiting: 0,
          },
        },
        retired('clone-failed', ['one']),
      );
  });

  it.each<[string, PoolCommand]>([
    ['was cloned', ask.cloned('one')],
    ['could not be cloned', ask.cloneFailed('one')],
    ['has booted', ask.offer('one')],
  ])('that went meanwhile stays gone when it %s', (_what, command) => {
    given(...configured, requested('one'), retired('reset', ['one']))
      .when(command)
      .then();
    given(...configured)
      .when(command)
      .then();
    given(...configured, requested('one'))
      .when({ ...command, vmId: 'another' } as PoolCommand)
      .then();
    given().when(command).then();
  });
});

describe('a surplus', () => {
  const smaller = eventsOf(ask.configure(), { type: 'override-size', size: 1, at }).slice(1);

  it('goes, newest first, and with it all that is under way for stock', () => {
    const pending = eventsOf(
      ask.configure({ settings: { size: 9 } }),
      ask.queue(1),
      ask.vm('four'),
      ask.vm('od', { request }),
    ).slice(1);
    given(...threeReady, ...pending, ...smaller)
      .when({ type: 'shed', at })
      .then(retired('excess', ['three', 'two', 'four']));
    given(...threeReady, ...smaller).state((state) => expect(stockOf(state)?.surplus).toBe(2));
  });

  it('is not there while no more are ready than wanted', () => {
    given(...threeReady)
      .when({ type: 'shed', at })
      .then();
    given(...configured, ...eventsOf(ask.configure(), ask.vm('one')).slice(1), ...smaller)
      .when({ type: 'shed', at })
      .then();
    given().when({ type: 'shed', at }).then();
  });
});

describe('the end of a machine', () => {
  const over = eventsOf(...[ask.configure(), ...stocked('one'), ask.checkOut(1), ask.giveBack('one')]);

  it('leaves a record, which is kept for some time', () => {
    const decided = given(...over).when(ask.destroyed('one', at + 2 * hour));
    decided.thenEvents((events) => {
      expect(events).toHaveLength(1);
      expect(events[0]).toMatchObject({
        type: 'VmDestroyed',
        data: { pool: 'alma-9', forgetAt: at + 170 * hour, at: at + 2 * hour },
      });
      expect((events[0] as { data: { record: unknown } }).data.record).toEqual({
        name: 'one',
        vmId: 'id-one',
        pool: 'alma-9',
        generation: 1,
        placement,
        template: 'templates/alma-9',
        domain: 'lab.example.org',
        requestedAt: at,
        clonedAt: at,
        cloneSeconds: 2.5,
        ip: null,
        readyAt: booted,
        checkout: {
          checkoutId: 'checkout-1',
          requestedAs: 'alma-9',
          tokenHash: null,
          userId: null,
          lifetime: null,
          at: at + minute,
        },
        lifetime: null,
        tags: {},
        snapshots: [],
        disks: [],
        request: null,
        retiredAt: at + hour,
        retirement: 'returned',
      });
    });
    decided.thenState((state) => expect(queues(state)).toEqual({}));
  });

  it('is told once, and only of a machine that has gone', () => {
    given(...threeReady)
      .when(ask.destroyed('one'))
      .then();
    given(...over)
      .when({ ...ask.destroyed('one'), vmId: 'another' })
      .then();
    given(
      ...over,
      ...eventsOf(ask.configure(), ...stocked('one'), ask.checkOut(1), ask.giveBack('one'), ask.destroyed('one')).slice(
        -1,
      ),
    )
      .when(ask.destroyed('one'))
      .then();
    given().when(ask.destroyed('one')).then();
  });

  it('makes room for another one of that name', () => {
    const again = eventsOf(
      ...[ask.configure(), ask.vm('one'), ask.retire('vanished', 'one'), ask.destroyed('one')],
      ask.vm('one', { plan: { vmId: 'id-2', generation: 2 } }),
    );
    expect(stateOf(again).vms.get('one')).toMatchObject({ vmId: 'id-2', generation: 2, queue: 'pending' });
  });
});

describe('an unknown machine of the provider', () => {
  const discover: PoolCommand = { type: 'discover-vm', name: 'odd', vmId: 'id-odd', placement, at };

  it('is noted and goes', () => {
    const decided = given(...configured).when(discover);
    decided.then(
      { type: 'VmDiscovered', data: { ...data, name: 'odd', vmId: 'id-odd', placement } },
      retired('discovered', ['odd']),
    );
    decided.thenState((state) =>
      expect(vmOf(state, 'odd')).toMatchObject({
        queue: 'completed',
        generation: 0,
        retirement: 'discovered',
        retiredAt: at,
      }),
    );
  });

  it('that is known by now, or whose name is, stays as it is', () => {
    given(...threeReady)
      .when({ ...discover, name: 'one' })
      .then();
    given(...configured, ...eventsOf(ask.configure(), discover).slice(1))
      .when(discover)
      .then();
    given().when(discover).then();
  });
});
