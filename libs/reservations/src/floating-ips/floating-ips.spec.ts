import { describe, expect, it } from '@jest/globals';
import { decisionsOf } from '#specs';
import { floatingIps, floatingIpsStream } from './floating-ips.aggregate.js';
import type { AddressWish, FloatingIpsCommand } from './floating-ips.commands.js';
import type { FloatingIpsEvent, HeldAddresses } from './floating-ips.events.js';
import {
  addressesOf,
  addressOffer,
  addressOffers,
  bookingEnds,
  floatingIpOf,
  heldAddressesOf,
  undecidedHolds,
} from './floating-ips.looks.js';

const { given } = decisionsOf(floatingIps);
const at = 1_000;
const net = 'net-1';

const addressOf = (n: number) => `203.0.113.${String(100 + n)}`;
const ipOf = (n: number) => `ip-${String(n)}`;
const added = (n: number, more: object = {}): FloatingIpsEvent => ({
  type: 'FloatingIpAdded',
  data: { id: ipOf(n), networkId: net, subnetId: 'sub-1', address: addressOf(n), at, ...more },
});
const three = [added(1), added(2), added(3)];

const wish = (more: Partial<AddressWish> = {}): AddressWish => ({
  ...{ reservationId: 'r1', window: { from: 10, to: 20 }, networkId: net, amount: 1, required: [], firm: false },
  ...more,
});
const of = (attempt: string) => ({ attempt, decidedBy: 'lease-l1', deadline: 9_000, leaseId: 'l1' });
const hold = (attempt: string, ...wishes: readonly AddressWish[]): FloatingIpsCommand => ({
  ...{ type: 'hold', ...of(attempt), wishes, at },
});
const share = (reservationId: string, ids: readonly number[], from = 10, to = 20): HeldAddresses => ({
  ...{ reservationId, window: { from, to }, floatingIpIds: ids.map(ipOf) },
});
const held = (attempt: string, ...reservations: readonly HeldAddresses[]): FloatingIpsEvent => ({
  type: 'AddressesHeld',
  data: { ...of(attempt), reservations, at },
});
const confirmed = (attempt: string): FloatingIpsEvent => ({ type: 'AddressHoldConfirmed', data: { attempt, at } });
const released = (attempt: string): FloatingIpsEvent => ({ type: 'AddressHoldReleased', data: { attempt, at } });
const has = (attempt: string, ...shares: readonly HeldAddresses[]) => [held(attempt, ...shares), confirmed(attempt)];
const gone = (...reservationIds: readonly string[]): FloatingIpsEvent => ({
  type: 'AddressesReleased',
  data: { leaseId: 'l1', reservationIds, at },
});

describe('a floating IP', () => {
  const add = (more: object = {}): FloatingIpsCommand => ({
    ...{ type: 'add', id: 'ip-9', networkId: net, subnetId: 'sub-1', address: addressOf(1), at },
    ...more,
  });

  it('is added once in its subnet', () => {
    given()
      .when(add({ id: 'ip-1' }))
      .then(added(1));
    given(added(1))
      .when(add())
      .thenRefused('floating-ip-exists', { address: addressOf(1) });
    given(added(1))
      .when(add({ id: 'ip-2', subnetId: 'sub-2' }))
      .then(added(2, { subnetId: 'sub-2', address: addressOf(1) }));
    given(added(1)).state((state) =>
      expect(floatingIpOf(state, 'ip-1')).toEqual({
        ...{ id: 'ip-1', networkId: net, subnetId: 'sub-1', address: addressOf(1), createdAt: at, updatedAt: null },
      }),
    );
    expect(floatingIpsStream).toBe('floatingIps');
  });

  it('is removed, and may come again', () => {
    const remove = { type: 'remove', id: 'ip-1', at } as const;
    const removed: FloatingIpsEvent = { type: 'FloatingIpRemoved', data: { id: 'ip-1', at } };
    given(added(1)).when(remove).then(removed);
    given().when(remove).thenRefused('floating-ip-unknown', { id: 'ip-1' });
    given(added(1), removed).when(remove).thenRefused('floating-ip-unknown');
    given(added(1), removed)
      .when(add())
      .then(added(9, { address: addressOf(1) }));
    given(added(1), removed).state((state) => expect(floatingIpOf(state, 'ip-1')).toBeUndefined());
    given(added(1), removed).when(hold('a', wish())).thenRefused('not-enough-floating-ips', { reservationId: 'r1' });
  });

  it('stays while a reservation has it, or may get it', () => {
    const remove = { type: 'remove', id: 'ip-1', at } as const;
    const holds = [of('a')];
    given(added(1), ...has('a', share('r1', [1]))).when(remove).thenRefused('floating-ip-reserved', { id: 'ip-1' });
    given(added(1), held('a', share('r1', [1]))).when(remove).thenRefused('held-by-others', { id: 'ip-1', holds });
    given(added(1), held('a', share('r1', [1])), released('a')).when(remove).thenEvents((events) =>
      expect(events).toHaveLength(1),
    );
    given(added(1), ...has('a', share('r1', [1])), gone('r1')).when(remove).thenEvents((events) =>
      expect(events).toHaveLength(1),
    );
  }); // prettier-ignore
});

describe('holding addresses', () => {
  it('takes those that nobody has booked, in storage order, and no more than wanted', () => {
    given(...three).when(hold('a', wish({ amount: 2 }))).then(held('a', share('r1', [1, 2])));
    given(...three).when(hold('a', wish({ amount: 4 }))).thenRefused('not-enough-floating-ips', { reservationId: 'r1' });
    given(...three).when(hold('a', wish({ networkId: 'other' }))).thenRefused('not-enough-floating-ips');
    given(...three).when(hold('a')).then();
  }); // prettier-ignore

  it('prefers unbooked ones only if there are enough; else those booked at other times come first', () => {
    const past = has('p', share('r0', [1, 2], 0, 10));
    given(...three, ...past).when(hold('a', wish())).then(held('a', share('r1', [3])));
    given(...three, ...past).when(hold('a', wish({ amount: 2 }))).then(held('a', share('r1', [1, 2])));
    given(...three, ...past).when(hold('a', wish({ amount: 3 }))).then(held('a', share('r1', [1, 2, 3])));
  }); // prettier-ignore

  it('is back to back, never at the same time', () => {
    const others = has('p', share('r0', [1], 10, 20));
    const at2 = (from: number, to: number) => wish({ window: { from, to } });
    given(added(1), ...others).when(hold('a', at2(0, 10))).then(held('a', share('r1', [1], 0, 10)));
    given(added(1), ...others).when(hold('a', at2(20, 30))).then(held('a', share('r1', [1], 20, 30)));
    for (const [from, to] of [[0, 11], [19, 30], [0, 30], [12, 13]] as const)
      given(added(1), ...others).when(hold('a', at2(from, to))).thenRefused('not-enough-floating-ips');
  }); // prettier-ignore

  it('gives those that are required, however they are written', () => {
    const required = (...texts: readonly string[]) => wish({ amount: 2, required: texts });
    given(...three).when(hold('a', required(addressOf(3)))).then(held('a', share('r1', [3, 1])));
    given(...three).when(hold('a', required(addressOf(3), addressOf(3)))).then(held('a', share('r1', [3, 1])));
    given(...three).when(hold('a', required('198.51.100.1'))).thenRefused('not-enough-floating-ips');
    given(...three, ...has('p', share('r0', [3]))).when(hold('a', required(addressOf(3)))).thenRefused('not-enough-floating-ips');
    given(added(1, { address: '2001:db8::1' }))
      .when(hold('a', wish({ required: ['2001:DB8:0::1'] })))
      .then(held('a', share('r1', [1])));
  }); // prettier-ignore

  it('serves several wishes, each seeing what those before it got, or none', () => {
    const [one, two] = [wish({ amount: 2 }), wish({ reservationId: 'r2' })];
    given(...three)
      .when(hold('a', one, two))
      .then(held('a', share('r1', [1, 2]), share('r2', [3])));
    given(...three)
      .when(hold('a', one, { ...two, amount: 2 }))
      .thenRefused('not-enough-floating-ips', { reservationId: 'r2' });
    given(...three)
      .when(hold('a', one, { ...two, window: { from: 20, to: 30 } }))
      .then(held('a', share('r1', [1, 2]), share('r2', [1], 20, 30)));
  });

  it('again is the same hold; an attempt that was decided holds no more', () => {
    given(added(1), held('a', share('r1', [1]))).when(hold('a', wish())).then();
    given(added(1), held('a', share('r1', [1])), released('a'))
      .when(hold('a', wish()))
      .thenRefused('attempt-decided', { attempt: 'a' });
    given(added(1), ...has('a', share('r1', [1]))).when(hold('a', wish())).thenRefused('attempt-decided');
  }); // prettier-ignore

  it('waits for what is undecided (C11)', () => {
    const holds = [of('p')];
    const facts = { reservationId: 'r1', holds };
    given(added(1), held('p', share('r0', [1]))).when(hold('a', wish())).thenRefused('held-by-others', facts);
    // The other one is free, so nobody has to wait.
    given(added(1), added(2), held('p', share('r0', [1]))).when(hold('a', wish())).then(held('a', share('r1', [2])));
    // Even without that hold it would not be enough.
    given(added(1), held('p', share('r0', [1]))).when(hold('a', wish({ amount: 2 }))).thenRefused('not-enough-floating-ips');
    given(added(1), added(2), held('p', share('r0', [1])), ...has('q', share('r9', [2])))
      .when(hold('a', wish({ amount: 2 })))
      .thenRefused('not-enough-floating-ips');
    // A required one is held, though others are free.
    given(...three, held('p', share('r0', [1])))
      .when(hold('a', wish({ required: [addressOf(1)] })))
      .thenRefused('held-by-others', facts);
  }); // prettier-ignore

  it('waits for a change that would give back what is missing', () => {
    const first = has('p', share('r0', [1, 2], 10, 40));
    const late = wish({ window: { from: 30, to: 40 } });
    const facts = { reservationId: 'r1', holds: [of('q')] };
    const two = [added(1), added(2), ...first];
    given(...two, held('q', share('r0', [1], 10, 40))).when(hold('a', late)).thenRefused('held-by-others', facts);
    given(...two, held('q', share('r0', [1, 2], 10, 30))).when(hold('a', late)).thenRefused('held-by-others', facts);
    given(...two, held('q', share('r0', [1, 2], 10, 50))).when(hold('a', late)).thenRefused('not-enough-floating-ips');
  }); // prettier-ignore
});

describe('changing what a reservation has', () => {
  const two = [...three, ...has('p', share('r1', [2, 3]))];

  it('keeps its addresses as far as they are free', () => {
    const longer = wish({ amount: 2, window: { from: 10, to: 30 } });
    given(...two)
      .when(hold('a', longer))
      .then(held('a', share('r1', [2, 3], 10, 30)));
    given(...two, ...has('o', share('r0', [2], 20, 25)))
      .when(hold('a', longer))
      .then(held('a', share('r1', [3, 1], 10, 30)));
    given(...two, ...has('o', share('r0', [2], 20, 25)), ...has('n', share('r8', [1], 0, 40)))
      .when(hold('a', longer))
      .thenRefused('not-enough-floating-ips');
  });

  it('gives back the last, but none that is required', () => {
    given(...two).when(hold('a', wish())).then(held('a', share('r1', [2])));
    given(...two).when(hold('a', wish({ required: [addressOf(3)] }))).then(held('a', share('r1', [3])));
    given(...two).when(hold('a', wish({ amount: 3 }))).then(held('a', share('r1', [2, 3, 1])));
  }); // prettier-ignore

  it('gives back nothing that is in use', () => {
    const firm = (more: Partial<AddressWish>) => hold('a', wish({ firm: true, amount: 2, ...more }));
    const to30 = { window: { from: 10, to: 30 } };
    given(...two)
      .when(firm(to30))
      .then(held('a', share('r1', [2, 3], 10, 30)));
    given(...two)
      .when(firm({ amount: 3 }))
      .then(held('a', share('r1', [2, 3, 1])));
    given(...two)
      .when(firm({ amount: 1 }))
      .thenRefused('not-enough-floating-ips', { reservationId: 'r1' });
    given(...two, ...has('o', share('r0', [2], 20, 25)))
      .when(firm(to30))
      .thenRefused('not-enough-floating-ips');
    given(...two, held('o', share('r0', [2], 20, 25)))
      .when(firm(to30))
      .thenRefused('held-by-others', { reservationId: 'r1', holds: [of('o')] });
  });

  it('leaves it what it has until that is decided', () => {
    const shorter = held('a', share('r1', [2], 10, 15));
    const other = wish({ reservationId: 'r2', amount: 2, window: { from: 15, to: 20 } });
    given(...two, shorter).when(hold('b', other)).thenRefused('held-by-others');
    given(...two, shorter, confirmed('a')).when(hold('b', other)).then(held('b', share('r2', [1, 3], 15, 20)));
    given(...two, shorter, released('a')).when(hold('b', other)).thenRefused('not-enough-floating-ips');
    given(...two, shorter).state((state) =>
      expect(addressesOf(state, 'r1').map(({ floatingIpId }) => floatingIpId)).toEqual(['ip-2', 'ip-3']),
    );
  }); // prettier-ignore

  it('to nothing leaves nothing', () => {
    given(...two, ...has('a', share('r1', []))).state((state) => expect(addressesOf(state, 'r1')).toEqual([]));
    given(...two, ...has('a', share('r1', [])))
      .when(hold('b', wish({ reservationId: 'r2', amount: 3 })))
      .then(held('b', share('r2', [1, 2, 3])));
  });
});

describe('settling', () => {
  const confirm = { type: 'confirm-hold', attempt: 'a', at } as const;
  const release = { type: 'release-hold', attempt: 'a', at } as const;

  it('is once, and final', () => {
    given(added(1), held('a', share('r1', [1]))).when(confirm).then(confirmed('a'));
    given(added(1), held('a', share('r1', [1]))).when(release).then(released('a'));
    for (const command of [confirm, release]) {
      given().when(command).then();
      given(added(1), ...has('a', share('r1', [1]))).when(command).then();
      given(added(1), held('a', share('r1', [1])), released('a')).when(command).then();
    }
  }); // prettier-ignore

  it('releases what reservations have and hold when their lease is over', () => {
    const over = { type: 'release', leaseId: 'l1', reservationIds: ['r1', 'r2'], at } as const;
    given().when(over).then();
    given(...three, ...has('a', share('r1', [1]))).when(over).then(gone('r1'));
    given(...three, ...has('a', share('r1', [1]), share('r2', [2]))).when(over).then(gone('r1', 'r2'));
    given(...three, held('a', share('r1', [1]))).when(over).then(released('a'), gone('r1'));
    given(...three, held('a', share('r1', [1]), share('r3', [2]))).when(over).then(gone('r1'));
    given(...three, ...has('a', share('r1', [1])), gone('r1')).when(over).then();
  }); // prettier-ignore

  it('of a hold whose reservation is over gives nothing back to it', () => {
    const all = [...three, ...has('p', share('r1', [1])), held('a', share('r1', [1, 2], 10, 30), share('r2', [3]))];
    given(...all, gone('r1')).state((state) => {
      expect(heldAddressesOf(state, 'a')).toEqual([
        { reservationId: 'r2', addresses: [{ floatingIpId: 'ip-3', address: addressOf(3) }] },
      ]);
      expect(bookingEnds(state, net)).toEqual([20]);
    });
    given(...all, gone('r1', 'r2'))
      .when(confirm)
      .then();
    given(...all, gone('r1'), confirmed('a')).state((state) => {
      expect(addressesOf(state, 'r1')).toEqual([]);
      expect(addressesOf(state, 'r2')).toHaveLength(1);
    });
  });
});

describe('looks', () => {
  it('show what is held', () => {
    given(...three, held('a', share('r1', [2])), ...has('b', share('r2', [3], 0, 50))).state((state) => {
      expect(heldAddressesOf(state, 'a')).toEqual([
        { reservationId: 'r1', addresses: [{ floatingIpId: 'ip-2', address: addressOf(2) }] },
      ]);
      expect(heldAddressesOf(state, 'b')).toBeUndefined();
      expect(undecidedHolds(state)).toEqual([{ ...of('a'), reservationIds: ['r1'] }]);
      expect(bookingEnds(state, net)).toEqual([20, 50]);
      expect(bookingEnds(state, 'other')).toEqual([]);
    });
  });

  it('offer what a wish would get', () => {
    given(...three, held('a', share('r0', [1])), ...has('b', share('r9', [3], 20, 30))).state((state) => {
      expect(addressOffer(state, wish({ amount: 2 }))).toEqual({
        fits: true,
        available: 2,
        addresses: [
          { floatingIpId: 'ip-3', address: addressOf(3) },
          { floatingIpId: 'ip-2', address: addressOf(2) },
        ],
      });
      expect(addressOffer(state, wish({ amount: 3 }))).toEqual({ fits: false, available: 2, addresses: [] });
      const both = addressOffers(state, [wish(), wish({ reservationId: 'r2' }), wish({ reservationId: 'r3' })]);
      expect(both.map(({ fits, available }) => [fits, available])).toEqual([
        [true, 2],
        [true, 1],
        [false, 0],
      ]);
    });
  });
});
