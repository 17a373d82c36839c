import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { overlaps, type Interval } from '#kernel';
import { floatingIps } from './floating-ips.aggregate.js';
import type { FloatingIpsCommand } from './floating-ips.commands.js';
import type { FloatingIpsEvent, HeldAddresses } from './floating-ips.events.js';
import { floatingIpsSnapshot } from './floating-ips.snapshot.js';
import type { FloatingIps } from './floating-ips.state.js';

const { decide, evolve, initialState } = floatingIps.decider;
const networks = ['n1', 'n2'];
const reservations = ['r0', 'r1', 'r2', 'r3', 'r4', 'r5'];

const window = fc
  .tuple(fc.nat(20), fc.integer({ min: 1, max: 10 }))
  .map(([from, length]) => ({ from, to: from + length }));
const wish = fc.record({
  reservationId: fc.constantFrom(...reservations),
  window,
  networkId: fc.constantFrom('n1', 'n1', 'n2'),
  amount: fc.integer({ min: 1, max: 3 }),
  required: fc.oneof(fc.constant([]), fc.constantFrom(['192.0.2.1'], ['192.0.2.2', '192.0.2.3'])),
  firm: fc.boolean(),
});
const attempt = fc.integer({ min: 0, max: 7 }).map((n) => `a${String(n)}`);
const reservationIds = fc.uniqueArray(fc.constantFrom(...reservations), { maxLength: 2 });
const ipNumber = fc.integer({ min: 1, max: 5 });

const commands: fc.Arbitrary<readonly FloatingIpsCommand[]> = fc
  .array(
    fc.oneof(
      fc.record({
        type: fc.constant('hold' as const),
        attempt,
        wishes: fc.array(wish, { minLength: 1, maxLength: 2 }),
      }),
      fc.record({
        type: fc.constant('hold' as const),
        attempt,
        wishes: fc.array(wish, { minLength: 1, maxLength: 1 }),
      }),
      fc.record({ type: fc.constantFrom('confirm-hold' as const, 'release-hold' as const), attempt }),
      fc.record({ type: fc.constant('release' as const), leaseId: fc.constant('l'), reservationIds }),
      fc.record({ type: fc.constant('remove' as const), id: ipNumber.map((n) => `ip${String(n)}`) }),
      ipNumber.map((n) => ({ type: 'add' as const, n })),
    ),
    { minLength: 5, maxLength: 60 },
  )
  .map((steps) =>
    steps.map((step, index): FloatingIpsCommand => {
      const at = index;
      if (step.type === 'hold') {
        const wishes = step.wishes.filter(
          ({ reservationId }, place) =>
            step.wishes.findIndex((other) => other.reservationId === reservationId) === place,
        );
        const id = `${step.attempt}.${String(index)}`;
        return { ...step, wishes, attempt: id, decidedBy: `lease-${id}`, deadline: at + 100, leaseId: 'l', at };
      }
      if (step.type !== 'add') return { ...step, at };
      const { n } = step;
      const networkId = networks[n % 2] ?? '';
      return { type: 'add', id: `ip${String(n)}`, networkId, subnetId: 's', address: `192.0.2.${String(n)}`, at };
    }),
  );

/** Who has what, by the events alone. */
class Book {
  readonly has = new Map<string, HeldAddresses>();
  readonly holds = new Map<string, readonly HeldAddresses[]>();

  note(event: FloatingIpsEvent): void {
    const { data } = event;
    switch (event.type) {
      case 'AddressesHeld':
        this.holds.set(event.data.attempt, event.data.reservations);
        return;
      case 'AddressHoldConfirmed':
        for (const held of this.holds.get(event.data.attempt) ?? []) this.has.set(held.reservationId, held);
        this.holds.delete(event.data.attempt);
        return;
      case 'AddressHoldReleased':
        this.holds.delete(event.data.attempt);
        return;
      case 'AddressesReleased':
        if (!('reservationIds' in data)) return;
        for (const id of event.data.reservationIds) this.has.delete(id);
        for (const [key, held] of this.holds)
          this.holds.set(key, held.filter(({ reservationId }) => !event.data.reservationIds.includes(reservationId))); // prettier-ignore
        return;
      default:
    }
  }

  all(): readonly { readonly ip: string; readonly reservationId: string; readonly window: Interval }[] {
    const shares = [...this.has.values(), ...[...this.holds.values()].flat()];
    return shares.flatMap(({ reservationId, window: at, floatingIpIds }) =>
      floatingIpIds.map((ip) => ({ ip, reservationId, window: at })),
    );
  }
}

describe('floating IPs, whatever comes', () => {
  it('are never promised to two reservations for the same time', () => {
    fc.assert(
      fc.property(commands, (steps) => {
        let state: FloatingIps = initialState();
        const book = new Book();
        let accepted = 0;
        for (const command of [...start(), ...resolved(steps)]) {
          const decision = decide(command, state);
          if (decision.kind === 'refused') continue;
          accepted += decision.events.length;
          for (const event of decision.events) {
            if (command.type === 'hold' && event.type === 'AddressesHeld')
              checkShares(command, event.data.reservations);
            book.note(event);
            state = evolve(state, event);
          }
          const all = book.all();
          for (const [place, one] of all.entries())
            for (const other of all.slice(place + 1))
              if (one.ip === other.ip && one.reservationId !== other.reservationId)
                expect(overlaps(one.window, other.window)).toBe(false);
          for (const { ip } of all) expect(state.ips.has(ip)).toBe(true);
          expect([...state.ips.values()].flatMap(({ bookings }) => bookings)).toHaveLength(all.length);
        }
        expect(accepted).toBeGreaterThan(4);
        checkSnapshot(state);
      }),
    );
  });
});

function start(): readonly FloatingIpsCommand[] {
  return [1, 2, 3, 4, 5].map((n) => ({
    ...{ type: 'add', id: `ip${String(n)}`, networkId: networks[n % 2] ?? '', subnetId: 's' },
    ...{ address: `192.0.2.${String(n)}`, at: 0 },
  }));
}

/** Attempts get names of their own, so that each holds once; what settles one names the latest. */
function resolved(steps: readonly FloatingIpsCommand[]): readonly FloatingIpsCommand[] {
  const latest = new Map<string, string>();
  return steps.map((step) => {
    if (step.type === 'hold') latest.set(step.attempt.split('.')[0] ?? '', step.attempt);
    if (step.type === 'confirm-hold' || step.type === 'release-hold')
      return { ...step, attempt: latest.get(step.attempt) ?? step.attempt };
    return step;
  });
}

function checkShares(
  { wishes }: Extract<FloatingIpsCommand, { type: 'hold' }>,
  shares: readonly HeldAddresses[],
): void {
  expect(shares.map(({ reservationId, window: at }) => [reservationId, at])).toEqual(
    wishes.map((asked) => [asked.reservationId, asked.window]),
  );
  for (const [place, { amount, required }] of wishes.entries()) {
    const ids = shares[place]?.floatingIpIds ?? [];
    expect(new Set(ids).size).toBe(amount < required.length ? required.length : amount);
    for (const address of required) expect(ids).toContain(`ip${address.split('.').at(-1) ?? ''}`);
  }
}

/** As it is on disk, and as it goes on from there. */
function checkSnapshot(state: FloatingIps): void {
  const stored = JSON.parse(JSON.stringify(floatingIpsSnapshot.write(state))) as never;
  const again = floatingIpsSnapshot.read(stored);
  expect(again).toEqual(state);
  const order = ({ ips }: FloatingIps) => [...ips.values()].map(({ id, bookings }) => [id, new Set(bookings)]);
  expect(order(again)).toEqual(order(state));
}
